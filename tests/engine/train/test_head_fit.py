"""The head is what scikit-learn's logistic regression would be, and does not depend on how it was reached."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from engine.nets.heads import log_softmax, normalise
from engine.train.head_fit import class_weights, fit, head_of, principal_basis, scores, solution_of

Features = NDArray[np.float32]
Labels = NDArray[np.int32]


def blobs(n: int, d: int, k: int, seed: int = 0) -> tuple[Features, Labels]:
    """Overlapping clouds of unequal size, non-negative as activations are."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(k, n, p=np.arange(1, k + 1) / np.arange(1, k + 1).sum()).astype(np.int32)
    centres = rng.normal(0, 0.6, (k, d))
    return np.abs(centres[labels] + rng.normal(0, 1, (n, d))).astype(np.float32), labels


def probs(features: Features, labels: Labels, k: int, **options: object) -> NDArray[np.float64]:
    basis = principal_basis(features)
    return np.exp(log_softmax(scores(basis.rows, fit(basis.rows, labels, k, **options))))  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "d"), [(60, 100), (200, 30)])
@pytest.mark.parametrize("strength", [0.01, 1.0])
@pytest.mark.parametrize("balanced", [True, False])
def test_probabilities_are_those_of_scikit_learn(n: int, d: int, strength: float, balanced: bool) -> None:
    features, labels = blobs(n, d, 4)
    ours = probs(features, labels, 4, strength=strength, balanced=balanced)
    model = LogisticRegression(C=strength, class_weight="balanced" if balanced else None, tol=1e-8, max_iter=5000).fit(
        features, labels
    )
    assert np.abs(ours - model.predict_proba(features)).max() < 0.01


def test_a_fit_on_some_rows_of_a_common_basis_is_the_fit_on_those_photos_alone() -> None:
    features, labels = blobs(80, 200, 3)
    some = np.arange(80) % 3 != 0
    basis = principal_basis(features)
    common = fit(basis.rows[some], labels[some], 3, strength=0.1, balanced=True)
    alone = probs(features[some], labels[some], 3, strength=0.1, balanced=True)
    assert np.abs(np.exp(log_softmax(scores(basis.rows[some], common))) - alone).max() < 0.003


def test_where_a_fit_begins_does_not_change_where_it_ends() -> None:
    features, labels = blobs(120, 40, 4)
    basis = principal_basis(features)
    cold = fit(basis.rows, labels, 4, strength=0.3, balanced=True)
    start = fit(basis.rows, labels, 4, strength=0.01, balanced=True)
    warm = fit(basis.rows, labels, 4, strength=0.3, balanced=True, start=start)
    difference = np.exp(log_softmax(scores(basis.rows, cold))) - np.exp(log_softmax(scores(basis.rows, warm)))
    assert np.abs(difference).max() < 0.005


def test_a_class_without_photos_is_never_predicted() -> None:
    features, labels = blobs(60, 20, 3)
    found = probs(features, labels, 5, strength=1.0, balanced=True)
    assert found[:, 3:].max() < 1e-6


def test_a_class_that_was_absent_where_the_fit_began_is_learned() -> None:
    features, labels = blobs(90, 20, 3)
    basis = principal_basis(features)
    old = labels != 2
    start = fit(basis.rows[old], labels[old], 3, strength=0.1, balanced=True)
    warm = fit(basis.rows, labels, 3, strength=0.1, balanced=True, start=start)
    cold = fit(basis.rows, labels, 3, strength=0.1, balanced=True)
    assert np.abs(warm - cold).max() < 0.02


def test_the_head_scores_features_as_the_solution_scores_rows() -> None:
    features, labels = blobs(50, 80, 3)
    basis = principal_basis(features)
    solution = fit(basis.rows, labels, 3, strength=0.1, balanced=True)
    head = head_of(basis, solution, 1.0)
    assert np.allclose(head.logits(features), scores(basis.rows, solution), atol=1e-3)
    assert np.allclose(solution_of(basis, head), solution, atol=1e-4)


def test_identical_photos_of_two_classes_do_not_break_the_fit() -> None:
    features = np.ones((6, 4), dtype=np.float32)
    labels = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)
    assert np.allclose(probs(features, labels, 2, strength=1.0, balanced=True), 0.5, atol=1e-3)


def test_balanced_weights_give_every_class_the_same_sum_and_the_mean_one() -> None:
    labels = np.array([0] * 8 + [2] * 2, dtype=np.int32)
    weights = class_weights(labels, 3, balanced=True)
    assert weights[labels == 0].sum() == pytest.approx(weights[labels == 2].sum())
    assert weights.mean() == pytest.approx(1.0)


def test_normalised_rows_have_one_length_and_keep_their_signs() -> None:
    features = np.array([[4.0, -9.0, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    rows = normalise(features)
    assert np.linalg.norm(rows[0]) == pytest.approx(np.sqrt(3))
    assert rows[0, 1] / rows[0, 0] == pytest.approx(-1.5)
    assert not rows[1].any()
