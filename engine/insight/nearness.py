"""How far off a mistake is: nearly right, or not even among what the model took for likely."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# A close mistake: the right class is second, and behind the answer by no more than this share of 0..1.
CLOSE_MARGIN = 0.2
# A far mistake: the right class is third or later, or is given less than this share of 0..1.
FAR_RANK, FAR_SHARE = 3, 0.05


def close_and_far(true_columns: NDArray[np.int32], probs: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Places, in 0..n-1, of the close mistakes and of the far ones: the nearest miss, and the farthest, first.

    No mistake is both; one whose right class is second by a wide margin, but not unlikely, is neither. Answers for
    photos whose class the model does not know are left out.

    Args:
        true_columns: (n,) column of the right class, -1 for one the model does not know. probs: (n, k), rows sum to 1.
    Returns:
        two arrays of int64. The words and both limits are ours; the rank is that of the top-k error.
    """
    rows = np.flatnonzero((true_columns >= 0) & (probs.argmax(axis=1) != true_columns))
    shares = probs[rows]
    of_true = shares[np.arange(len(rows)), true_columns[rows]]
    behind = shares.max(axis=1) - of_true
    rank = 1 + (shares > of_true[:, None]).sum(axis=1)
    # Two classes given exactly as much: the answer was the first of them, so the right one is second.
    rank = np.maximum(rank, 2)
    close = (rank == 2) & (behind <= CLOSE_MARGIN)
    far = ~close & ((rank >= FAR_RANK) | (of_true < FAR_SHARE))
    return _ordered(rows, close, behind), _ordered(rows, far, of_true)


def _ordered(rows: NDArray[Any], chosen: NDArray[np.bool_], by: NDArray[np.float32]) -> NDArray[Any]:
    """The chosen rows, the smallest value first."""
    return np.asarray(rows[chosen][np.argsort(by[chosen], kind="stable")], dtype=np.int64)
