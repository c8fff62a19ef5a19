"""Scores of predictions: checked against scikit-learn and SciPy, and by hand at the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support, top_k_accuracy_score

from engine.insight.metrics import report, wilson


def drawn(n: int, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities of a middling model."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, k, n).astype(np.int32)
    probs = rng.dirichlet(np.ones(k), n)
    probs[np.arange(n), true] += rng.random(n)
    return true, (probs / probs.sum(axis=1, keepdims=True)).astype(np.float32)


def names(k: int) -> tuple[str, ...]:
    return tuple(f"class {i}" for i in range(k))


def one_hot(columns: list[int], k: int) -> np.ndarray:
    return np.eye(k, dtype=np.float32)[columns]


@pytest.mark.parametrize(("n", "k", "seed"), [(7, 2, 0), (60, 3, 1), (200, 9, 2), (500, 40, 3)])
def test_scores_agree_with_scikit_learn(n: int, k: int, seed: int) -> None:
    true, probs = drawn(n, k, seed)
    answered = probs.argmax(axis=1)
    found = report(names(k), true, probs)
    precision, recall, f1, support = precision_recall_fscore_support(true, answered, labels=range(k), zero_division=0.0)
    assert found.n == n
    assert found.accuracy == pytest.approx(accuracy_score(true, answered))
    assert np.array_equal(found.confusion, confusion_matrix(true, answered, labels=range(k)))
    assert [row.precision for row in found.per_class] == pytest.approx(precision.tolist())
    assert [row.recall for row in found.per_class] == pytest.approx(recall.tolist())
    assert [row.f1 for row in found.per_class] == pytest.approx(f1.tolist())
    assert [row.support for row in found.per_class] == support.tolist()


@pytest.mark.parametrize(("k", "seed"), [(6, 0), (14, 1), (50, 2)])
def test_top_five_agrees_with_scikit_learn(k: int, seed: int) -> None:
    true, probs = drawn(300, k, seed)
    found = report(names(k), true, probs)
    assert found.top5 == pytest.approx(top_k_accuracy_score(true, probs, k=5, labels=range(k)))


def test_top_five_is_not_reported_where_it_would_always_be_right() -> None:
    true, probs = drawn(30, 5, 0)
    assert report(names(5), true, probs).top5 is None


def test_macro_averages_are_over_the_classes_that_occur() -> None:
    true = np.array([0, 0, 1, 1], dtype=np.int32)
    found = report(names(3), true, one_hot([0, 1, 1, 2], 3))
    precision, recall, f1, _ = precision_recall_fscore_support(
        true, [0, 1, 1, 2], labels=[0, 1], average="macro", zero_division=0.0
    )
    assert (found.macro_precision, found.macro_recall, found.macro_f1) == pytest.approx((precision, recall, f1))


def test_a_class_never_answered_scores_zero_and_not_an_error() -> None:
    found = report(names(2), np.array([0, 1], dtype=np.int32), one_hot([0, 0], 2))
    assert (found.per_class[1].precision, found.per_class[1].recall, found.per_class[1].f1) == (0.0, 0.0, 0.0)


def test_a_class_without_photos_has_no_interval() -> None:
    found = report(names(3), np.array([0, 1], dtype=np.int32), one_hot([0, 1], 3))
    assert found.per_class[2].support == 0
    assert found.per_class[2].recall_ci95 is None


def test_photos_of_classes_the_model_does_not_know_are_counted_apart() -> None:
    true = np.array([0, -1, 1, -1], dtype=np.int32)
    found = report(names(2), true, one_hot([0, 1, 1, 0], 2))
    assert (found.n, found.n_unknown, found.accuracy) == (2, 2, 1.0)
    assert found.confusion.sum() == 2


def test_the_baseline_is_the_share_of_the_largest_class() -> None:
    true = np.array([0, 0, 0, 1], dtype=np.int32)
    assert report(names(2), true, one_hot([1, 1, 1, 1], 2)).baseline == 0.75


def test_nothing_to_score_is_refused() -> None:
    with pytest.raises(ValueError, match="no photo"):
        report(names(2), np.array([-1], dtype=np.int32), one_hot([0], 2))


def test_probabilities_of_other_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        report(names(3), np.array([0], dtype=np.int32), one_hot([0], 2))


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_agrees_with_scipy(case: tuple[int, int]) -> None:
    n_right, n = case
    exact = binomtest(n_right, n).proportion_ci(0.95, method="wilson")
    assert wilson(n_right, n) == pytest.approx((exact.low, exact.high), abs=1e-9)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_a_share(case: tuple[int, int]) -> None:
    n_right, n = case
    low, high = wilson(n_right, n)
    assert 0.0 <= low <= n_right / n <= high <= 1.0
