"""A repeated run against the first: photo by photo, whatever the photos are called and in whichever order they come."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.predictions import Predictions
from engine.insight.repeated import repeated


def said(ids: list[int], probs: list[list[float]]) -> Predictions:
    return Predictions(
        class_ids=np.array([1, 2]),
        photo_ids=np.array(ids),
        parts=np.zeros(len(ids), np.uint8),
        true_columns=np.zeros(len(ids), np.int32),
        probs=np.array(probs, np.float32),
    )


def test_probabilities_are_compared_photo_by_photo() -> None:
    before = said([5, 6], [[0.9, 0.1], [0.4, 0.6]])
    turned = repeated(before, said([1, 2], [[0.4, 0.6], [0.9, 0.1]]), {5: 2, 6: 1})
    assert turned is not None
    assert turned.identical
    moved = repeated(before, said([1, 2], [[0.6, 0.4], [0.9, 0.1]]), {5: 2, 6: 1})
    assert moved is not None
    assert (moved.n, moved.n_same) == (2, 1)
    assert moved.largest == pytest.approx(0.2)
    assert repeated(before, said([1, 3], [[0.6, 0.4], [0.9, 0.1]]), {5: 2, 6: 1}) is None
