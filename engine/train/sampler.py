"""In which order an epoch takes its photos."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def epoch_order(
    columns: NDArray[np.int32], *, seed: int, epoch: int, balanced: bool, n_versions: int = 1
) -> NDArray[np.int64]:
    """The items of an epoch in order: item // n_versions is the photo, item % n_versions its version.

    Equal arguments give equal orders, so a training that goes on takes the photos that were left.

    Args:
        columns: (n,) the class of each photo.
        balanced: as many draws as there are items, every class as often as any other (with repetition).
    Returns:
        (n * n_versions,) int64.
    """
    rng = np.random.default_rng([seed, epoch, 17])
    n = len(columns) * n_versions
    if not balanced:
        return rng.permutation(n)
    weights = (1.0 / np.bincount(columns)[columns]).repeat(n_versions)
    return rng.choice(n, size=n, p=weights / weights.sum())
