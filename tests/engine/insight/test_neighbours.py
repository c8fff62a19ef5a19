"""Who is near whom: by the numbers a plain computation gives, without relatives, and whatever the block size."""

from __future__ import annotations

import numpy as np
import pytest

from engine.base.errors import Stopped
from engine.base.stop import StopToken
from engine.insight import neighbours as subject
from engine.insight.neighbours import N_OWN, neighbours

N = 60


def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit rows, groups (some of two and three photos), classes 0 (none), 3, 5 and one of a single photo."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(N, 8)).astype(np.float32)
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    groups = rng.permutation(np.repeat(np.arange(N // 2), 2)).astype(np.int32)
    return features, groups, np.array([0] * 10 + [3] * 24 + [5] * 25 + [9], dtype=np.int64)


def test_neighbours_are_those_of_a_plain_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    features, groups, classes = drawn()
    monkeypatch.setattr(subject, "_BLOCK", 7 * N)
    found = neighbours(features, groups, classes, stop=StopToken())
    plain = features @ features.T
    plain[groups[:, None] == groups[None, :]] = -np.inf
    for row in range(N):
        expected = np.argsort(-plain[row])[: found.nearest.shape[1]]
        assert found.nearest[row].tolist() == expected.tolist()
        assert found.similarity[row] == pytest.approx(plain[row, expected], abs=1e-5)
        own = np.sort(plain[row, classes == classes[row]])[::-1][:N_OWN]
        own = own[np.isfinite(own)]
        if len(own):
            assert found.own_distance[row] == pytest.approx(1 - own.mean(), abs=1e-5)
        else:
            assert np.isnan(found.own_distance[row])
    first, second = found.closest[:, 0], found.closest[:, 1]
    assert found.closest_similarity == pytest.approx(plain[first, second], abs=1e-5)
    for one, other in ((3, 5), (3, 9), (5, 9)):
        between = (classes[first] == one) & (classes[second] == other)
        best = plain[np.ix_(classes == one, classes == other)].max()
        assert found.closest_similarity[between].max() == pytest.approx(best, abs=1e-5)
    assert 0 not in classes[found.closest], "photos without a class are no class to keep apart"


def test_relatives_only_leave_nobody_near() -> None:
    features, _, classes = drawn()
    found = neighbours(features, np.zeros(N, dtype=np.int32), classes, stop=StopToken())
    assert (found.nearest == -1).all()
    assert np.isnan(found.own_distance).all()
    assert not len(found.closest)


def test_it_can_be_stopped_and_wants_photos_by_class() -> None:
    features, groups, classes = drawn()
    stop = StopToken()
    stop.request()
    with pytest.raises(Stopped):
        neighbours(features, groups, classes, stop=stop)
    with pytest.raises(ValueError, match="by class"):
        neighbours(features, groups, classes[::-1], stop=StopToken())
