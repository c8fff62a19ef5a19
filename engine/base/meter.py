"""Progress summed up at the source: at most 20 events a second, with the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from engine.base.events import Emit, Phase

# 20/s: drawing per event costs frames and slows the job (DESIGN 2.4); the eye cannot follow more anyway.
MIN_GAP_SECONDS = 0.05
# The first moments (imports, warm-up) predict nothing; an estimate that jumps is worse than none.
MIN_SECONDS_FOR_ESTIMATE = 1.0


class Meter:
    """Counts pieces of work of one phase and emits `Phase` events, thinned out.

    Args:
        total: pieces expected; 0 if unknown.
        unit: what is counted.
    """

    def __init__(
        self,
        emit: Emit,
        name: str,
        total: int,
        *,
        unit: Literal["pieces", "bytes"] = "pieces",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._emit = emit
        self._name = name
        self._total = total
        self._unit = unit
        self._now = now
        self._begin = now()
        self._last = float("-inf")
        self.done = 0
        self._say(force=True)

    def add(self, n: int = 1) -> None:
        """`n` more pieces are done."""
        self.done += n
        self._say(force=self._total > 0 and self.done >= self._total)

    def set_total(self, total: int) -> None:
        """The number of pieces has become known or has grown."""
        self._total = total

    def finish(self) -> None:
        """The phase is over: a last event says so, whatever was expected."""
        self._total = self.done
        self._say(force=True)

    def _say(self, *, force: bool) -> None:
        now = self._now()
        if not force and now - self._last < MIN_GAP_SECONDS:
            return
        self._last = now
        self._emit(
            Phase(name=self._name, done=self.done, total=self._total, seconds_left=self._left(now), unit=self._unit)
        )

    def _left(self, now: float) -> float | None:
        elapsed = now - self._begin
        if not self._total or not self.done or elapsed < MIN_SECONDS_FOR_ESTIMATE:
            return None
        return max(0.0, elapsed / self.done * (self._total - self.done))
