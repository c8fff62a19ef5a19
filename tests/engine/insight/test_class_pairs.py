"""Hard and easy pairs of classes, and photos unlike their class, on clouds whose order is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.base.stop import StopToken
from engine.insight import class_pairs as subject
from engine.insight.class_pairs import class_pairs, neighbour_shares
from engine.insight.neighbours import Neighbours, neighbours
from engine.insight.outliers import LEAST_PHOTOS, outliers

N_EACH = 40
NEAR, MIDDLE, FAR = 0, 1, 2


def clouds() -> tuple[Neighbours, NDArray[np.int64]]:
    """Three classes of photos around directions: the first two overlap, the last is on the other side."""
    rng = np.random.default_rng(5)
    centres = np.eye(12)[[0, 0, 1]] * [[3.0], [3.0], [-3.0]] + np.eye(12)[[2, 3, 4]]
    features = np.concatenate([centre + rng.normal(0, 0.6, (N_EACH, 12)) for centre in centres]).astype(np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    classes = np.repeat(np.arange(3), N_EACH)
    # One photo of the last class looks like nothing else at all.
    features[-1] = np.eye(12)[11]
    return neighbours(features, np.arange(len(classes), dtype=np.int32), classes + 1, stop=StopToken()), classes


def test_pairs_are_ranked_by_how_far_they_overlap() -> None:
    near, classes = clouds()
    pairs = class_pairs(near, classes)
    assert (pairs[0].first, pairs[0].second) == (NEAR, MIDDLE)
    assert pairs[0].overlap > 0.05 > pairs[1].overlap
    assert pairs[0].overlap == pytest.approx((pairs[0].first_in_second + pairs[0].second_in_first) / 2)
    assert len(pairs) == 3
    for pair in pairs:
        assert pair.examples, "also the easiest pair is shown"
        shown = [row for one in pair.examples for row in (one.first, one.second)]
        assert len(set(shown)) == len(shown)
        assert {int(classes[one.first]) for one in pair.examples} == {pair.first}
        assert {int(classes[one.second]) for one in pair.examples} == {pair.second}
        values = [one.similarity for one in pair.examples]
        assert values == sorted(values, reverse=True)


def test_the_labels_of_today_count() -> None:
    near, classes = clouds()
    merged = np.where(classes == MIDDLE, NEAR, classes - (classes == FAR))
    assert [pair.overlap < 0.05 for pair in class_pairs(near, merged)] == [True]
    left_out = np.where(classes == NEAR, -1, classes - 1)
    [pair] = class_pairs(near, left_out)
    assert not {row for one in pair.examples for row in (one.first, one.second)} & set(range(N_EACH))


def test_of_many_pairs_the_hardest_and_the_easiest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    near, classes = clouds()
    everything = class_pairs(near, classes)
    monkeypatch.setattr(subject, "MOST_PAIRS", 2)
    assert class_pairs(near, classes) == (everything[0], everything[-1])


def test_shares_count_each_photos_nearest_labelled_ones() -> None:
    nearest = np.array([[1, 2, 3], [0, 2, -1], [3, 0, 1], [2, -1, -1]], dtype=np.int32)
    shares = neighbour_shares(nearest, np.array([0, 0, 1, -1]), 2)
    assert shares == pytest.approx(np.array([[0.5, 0.5], [1.0, 0.0]]))


def test_a_photo_unlike_its_class_is_an_outlier_and_the_limit_decides() -> None:
    near, classes = clouds()
    found = outliers(near.own_distance, classes)
    assert found.rows[0] == len(classes) - 1
    assert found.scores[0] > 3.5
    assert len(outliers(near.own_distance, classes, limit=0.5).rows) > len(found.rows)
    assert not len(outliers(near.own_distance, np.full(len(classes), -1)).rows)
    few = np.where(np.arange(len(classes)) >= len(classes) - LEAST_PHOTOS + 1, FAR, -1)
    assert not len(outliers(near.own_distance, few, limit=0.0).rows), "too few to say what is usual"
