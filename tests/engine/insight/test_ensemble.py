"""Runs joined: how far each is believed is learned from cross-validated answers alone, and never from a test's."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.optimize import minimize

from engine.base.ids import RunId
from engine.insight.comparison import Judged, compare
from engine.insight.ensemble import Combined, joined, joined_unseen, likeliest_weights
from engine.insight.stacking import PENALTIES, fit_stack, group_folds
from engine.recipe.joining import LEARNED, METHODS, Method

CLASSES = np.array([30, 10, 20])
N = 240


def says(number: int, ids: range, share: float, *, sure: float = 0.8, classes: np.ndarray = CLASSES) -> Judged:
    """A model that is right on about that share of the photos; photo i shows class i modulo 3."""
    rng = np.random.default_rng([number, ids.start])
    photo_ids = np.array(ids)
    true = photo_ids % 3
    answer = np.where(rng.random(len(ids)) < share, true, (true + 1 + rng.integers(2, size=len(ids))) % 3)
    probs = np.full((len(ids), 3), (1 - sure) / 2, dtype=np.float32)
    probs[np.arange(len(ids)), answer] = sure
    order = [int(np.flatnonzero(i == CLASSES)[0]) for i in classes]
    return Judged(
        run_id=RunId(number),
        name=f"run {number}",
        photo_ids=photo_ids,
        true_classes=CLASSES[true],
        class_ids=classes,
        probs=probs[:, order],
    )


def combined(method: Method) -> Combined:
    return Combined(name="together", method=method, members=(RunId(1), RunId(2), RunId(3)))


SHARES = (0.9, 0.55, 0.34)
LEARNED_FROM = [says(n, range(N), share) for n, share in enumerate(SHARES, 1)]
ASKED = [says(n, range(N, 2 * N), share) for n, share in enumerate(SHARES, 1)]


def right(found: Judged) -> float:
    return float(np.mean(found.class_ids[found.probs.argmax(axis=1)] == found.true_classes))


@pytest.mark.parametrize("method", METHODS)
def test_labels_of_the_test_photos_move_no_probability(method: Method) -> None:
    relabelled = [dataclasses.replace(run, true_classes=np.roll(run.true_classes, 1)) for run in ASKED]
    found = joined(combined(method), RunId(-1), ASKED, LEARNED_FROM, {})
    again = joined(combined(method), RunId(-1), relabelled, LEARNED_FROM, {})
    assert found.probs.tobytes() == again.probs.tobytes()
    assert found.members == (1, 2, 3)
    assert found.probs.sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_weights_and_stacks_believe_the_good_member_where_the_mean_is_misled() -> None:
    mean, weighted, stacked = (joined(combined(method), RunId(-1), ASKED, LEARNED_FROM, {}) for method in METHODS)
    assert right(weighted) >= right(ASKED[0]) > right(mean)
    assert right(stacked) >= right(ASKED[0])
    table = compare([ASKED[0], mean, dataclasses.replace(stacked, run_id=RunId(-2))], RunId(1), {})
    assert [row.members for row in table.runs] == [(), (1, 2, 3), (1, 2, 3)]
    assert table.runs[2].log_loss < table.runs[0].log_loss, "it knows how sure it may be"


def test_weights_are_those_of_least_log_loss() -> None:
    likelihoods = np.random.default_rng(3).beta((4, 2, 2), (2, 2, 3), size=(200, 3)).T
    found = likeliest_weights(likelihoods)

    def loss(weights: np.ndarray) -> float:
        return float(-np.log(weights @ likelihoods).mean())

    bounds, whole = [(0.0, 1.0)] * 3, {"type": "eq", "fun": lambda weights: weights.sum() - 1}
    oracle = minimize(loss, np.full(3, 1 / 3), bounds=bounds, constraints=whole, tol=1e-10)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1.0)
    assert loss(found) == pytest.approx(oracle.fun, abs=1e-5)


def test_a_stack_is_the_least_of_its_penalised_loss() -> None:
    members = np.stack([run.probs for run in LEARNED_FROM]).astype(np.float64)
    columns = np.arange(N) % 3
    found = fit_stack(members, columns, np.arange(N))
    assert found.penalty in PENALTIES

    def loss(point: np.ndarray) -> float:
        scores = (np.log(members) * point[:9].reshape(3, 1, 3)).sum(axis=0) + point[9:]
        scores -= np.log(np.exp(scores).sum(axis=1, keepdims=True))
        moved = point - np.array([1 / 3] * 9 + [0.0] * 3)
        return float(-scores[np.arange(N), columns].mean() + found.penalty / 2 * moved @ moved)

    oracle = minimize(loss, np.zeros(12), method="L-BFGS-B", tol=1e-12)
    assert loss(np.concatenate([found.weights.ravel(), found.bias])) == pytest.approx(oracle.fun, abs=1e-4)


def test_a_cross_validated_answer_of_a_stack_does_not_know_the_label_of_its_group() -> None:
    groups = {i: i // 8 for i in range(N)}
    for method in LEARNED:
        found = joined_unseen(combined(method), RunId(-1), LEARNED_FROM, groups)
        changed = [
            dataclasses.replace(run, true_classes=np.where(run.photo_ids < 8, CLASSES[0], run.true_classes))
            for run in LEARNED_FROM
        ]
        again = joined_unseen(combined(method), RunId(-1), changed, groups)
        assert found.probs[:8].tobytes() == again.probs[:8].tobytes()
        assert found.probs.tobytes() != again.probs.tobytes(), "the others have learned from them"


def test_folds_are_of_whole_groups_and_alike_in_size() -> None:
    groups = np.repeat(np.arange(23), np.arange(23) % 4 + 1)
    folds = group_folds(groups)
    assert all(len(np.unique(folds[groups == group])) == 1 for group in np.unique(groups))
    counts = np.bincount(folds)
    assert len(counts) == 5
    assert counts.max() - counts.min() <= 4


def test_members_of_other_classes_and_photos_answer_for_what_they_share() -> None:
    few = says(2, range(N + 30, 2 * N + 30), 0.6, classes=CLASSES[[2, 0]])
    found = joined(combined("average"), RunId(-1), [ASKED[0], few, ASKED[2]], (), {})
    assert list(found.class_ids) == [30, 20]
    assert (found.photo_ids[0], found.photo_ids[-1]) == (N + 30, 2 * N - 1)
    assert found.probs.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(ValueError, match="no photo"):
        joined(combined("average"), RunId(-1), [ASKED[0], LEARNED_FROM[1]], (), {})
