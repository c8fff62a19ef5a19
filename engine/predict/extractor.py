"""What every way of running a backbone can do, whichever library does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

REFERENCE = "eager"
# Largest relative difference of any photo's features from the reference, ||f - r|| / ||r||. Full precision differs by
# the order of additions only (about 1e-6); bfloat16 keeps 8 bits and drifts by about 1 % over fifty layers.
EXACT_TOLERANCE = 1e-3
HALF_TOLERANCE = 0.05


class Extractor(Protocol):
    """A backbone ready to run.

    `variant`: its name in measurements. `batch`: how many photos it likes at once; fewer is allowed.
    """

    variant: str
    batch: int

    def features(self, batches: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        """For each (b, side, side, 3) uint8 RGB batch its (b, d) float32 features, in order.

        The next batches may be taken before the features of the last are given, so that both can be worked on at once.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A way to run the backbone; `tolerance`: how far its features may be from the reference's."""

    variant: str
    build: Callable[[], Extractor]
    tolerance: float
