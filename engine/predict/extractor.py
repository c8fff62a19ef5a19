"""What every way of running a backbone can do, whichever library does it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


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
