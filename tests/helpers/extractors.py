"""Stand-ins for backbones: cheap, exact, and as fast or slow as a clock of their own says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray


class Clock:
    """Time that passes only where somebody lets it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """The time now."""
        return self.seconds


class MeanColour:
    """Gives each photo's mean colours and its mean from left to right; a mirrored photo differs in the last only.

    `seconds_each`: what a photo costs on `clock`. `off`: error added to all features.
    """

    def __init__(
        self,
        variant: str = "fake",
        *,
        batch: int = 4,
        clock: Clock | None = None,
        seconds_each: float = 0.0,
        off: float = 0.0,
    ) -> None:
        self.variant = variant
        self.batch = batch
        self.n_batches = 0
        self._clock = clock
        self._seconds_each = seconds_each
        self._off = off

    def features(self, batches: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        """See `Extractor`; one batch is always taken ahead."""
        pending: NDArray[np.uint8] | None = None
        for batch in batches:
            self.n_batches += 1
            if pending is not None:
                yield self._of(pending)
            pending = batch
        if pending is not None:
            yield self._of(pending)

    def _of(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        if self._clock is not None:
            self._clock.seconds += self._seconds_each * len(batch)
        across = np.linspace(-1.0, 1.0, batch.shape[2])
        lean = (batch.mean(axis=(1, 3)) * across).mean(axis=1, keepdims=True)
        found = np.concatenate([batch.mean(axis=(1, 2)), lean], axis=1)
        return np.asarray(found * (1.0 + self._off), dtype=np.float32)
