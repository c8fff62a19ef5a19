"""Whether a run that was repeated says what it said: the same answers, and how far its probabilities moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.predictions import Predictions


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """Two runs of one recipe on the same photos.

    Args:
        n: answers that both gave, test photos and cross-validated ones. n_same: with the same likeliest class.
        largest: largest difference of a probability, 0..1. identical: every bit of every probability.
    """

    n: int
    n_same: int
    largest: float
    identical: bool


def repeated(before: Predictions, after: Predictions, photo_ids: Mapping[int, int]) -> Repeated | None:
    """How far `after` is from `before`; None if they did not answer for the same photos, or know other classes.

    Args:
        before, after: columns stand for the same classes. photo_ids: what each photo of `before` is called in `after`.
    """
    if len(before.class_ids) != len(after.class_ids):
        return None
    renamed = np.array([photo_ids.get(int(i), -1) for i in before.photo_ids], dtype=np.int64)
    old_order, new_order = _order(renamed, before.parts), _order(after.photo_ids, after.parts)
    same_photos = np.array_equal(renamed[old_order], after.photo_ids[new_order])
    if not same_photos or not np.array_equal(before.parts[old_order], after.parts[new_order]) or not len(renamed):
        return None
    old, new = before.probs[old_order], after.probs[new_order]
    return Repeated(
        n=len(old),
        n_same=int((old.argmax(axis=1) == new.argmax(axis=1)).sum()),
        largest=float(np.abs(old.astype(np.float64) - new).max()),
        identical=old.tobytes() == new.tobytes(),
    )


def _order(photo_ids: NDArray[np.int64], parts: NDArray[np.uint8]) -> NDArray[np.intp]:
    return np.lexsort((photo_ids, parts))
