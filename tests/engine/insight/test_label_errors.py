"""Labels in doubt: planted errors come first, at least as well as by cleanlab at the same number of reviewed photos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.insight.label_errors import label_errors


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Labels of which some are wrong, and what a fair model says."""

    labels: NDArray[np.int32]
    wrong: NDArray[np.bool_]
    probs: NDArray[np.float32]


def plant(seed: int) -> Planted:
    """Classes of unequal size, some named more readily than others; errors at random or always towards a neighbour."""
    rng = np.random.default_rng(seed)
    k, n = int(rng.integers(3, 20)), int(rng.integers(300, 1500))
    true = rng.choice(k, n, p=rng.dirichlet(np.full(k, 5.0)))
    true[: 2 * k] = np.tile(np.arange(k), 2)
    wrong = rng.random(n) < rng.uniform(0.03, 0.15)
    wrong[: 2 * k] = False
    steps = 1 if rng.random() < 0.5 else rng.integers(1, k, n)
    labels = np.where(wrong, (true + steps) % k, true)
    logits = rng.normal(size=(n, k)) + rng.normal(size=k) * 0.7
    logits[np.arange(n), true] += rng.uniform(1, 4) * rng.uniform(0.3, 1.5, n)
    # A model learns some of the wrong labels too.
    logits[np.arange(n), labels] += 0.3
    odds = np.exp(logits)
    probs = odds / odds.sum(axis=1, keepdims=True)
    return Planted(labels=labels.astype(np.int32), wrong=wrong, probs=probs.astype(np.float32))


def recall(planted: Planted, rows: NDArray[np.int64]) -> float:
    """Share of the errors among as many reviewed photos as there are errors."""
    budget = int(planted.wrong.sum())
    return float(planted.wrong[rows[:budget]].sum()) / budget


@pytest.mark.slow
def test_it_finds_as_many_errors_as_cleanlab_for_the_same_work() -> None:
    from cleanlab.filter import find_label_issues

    ours, theirs = [], []
    for seed in range(12):
        planted = plant(seed)
        ours.append(recall(planted, label_errors(planted.labels, planted.probs).rows))
        orders = ("normalized_margin", "self_confidence")
        ranked = (
            find_label_issues(planted.labels, planted.probs, return_indices_ranked_by=order, n_jobs=1)
            for order in orders
        )
        theirs.append(max(recall(planted, rows) for rows in ranked))
    assert np.mean(ours) >= np.mean(theirs)


def test_a_clear_error_is_first_and_says_what_it_looks_like() -> None:
    probs = np.array([[0.9, 0.1], [0.8, 0.2], [0.05, 0.95], [0.1, 0.9], [0.02, 0.98]], dtype=np.float32)
    found = label_errors(np.array([0, 0, 0, 1, 1], dtype=np.int32), probs)
    assert found.rows.tolist() == [2]
    assert found.suggested.tolist() == [1]
    assert 0.9 < found.doubt[0] <= 1.0


def test_a_class_that_is_always_named_faintly_is_not_all_doubt() -> None:
    labels = np.repeat(np.array([0, 1], dtype=np.int32), 10)
    probs = np.where(labels[:, None] == 0, [0.95, 0.05], [0.6, 0.4]).astype(np.float32)
    assert not len(label_errors(labels, probs).rows)


def test_a_class_nobody_is_labelled_with_is_never_suggested() -> None:
    probs = np.full((4, 3), 1 / 3, dtype=np.float32)
    probs[0] = (0.05, 0.05, 0.9)
    found = label_errors(np.array([0, 0, 1, 1], dtype=np.int32), probs)
    assert 2 not in found.suggested


@pytest.mark.parametrize("n", [0, 1])
def test_few_photos_are_no_trouble(n: int) -> None:
    found = label_errors(np.zeros(n, dtype=np.int32), np.full((n, 2), 0.5, dtype=np.float32))
    assert not len(found.rows)
