"""Scores of classic classifiers: their softmax is a distribution that knows a clear photo from a close one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from engine.nets.classic_scores import ABSENT_SCORE, scores
from engine.nets.heads import probabilities
from engine.train.select import fit_temperature


def clouds(k: int, n: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Points of k overlapping clouds and the cloud of each."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, k, n).astype(np.int32)
    centres = np.random.default_rng(0).normal(size=(k, 12)) * 1.1
    return (centres[labels] + rng.normal(size=(n, 12))).astype(np.float32), labels


@pytest.mark.parametrize("k", [2, 3, 10])
def test_an_svm_s_likeliest_class_is_its_answer(k: int) -> None:
    svm = SVC().fit(*clouds(k, 300, 1))
    points, _ = clouds(k, 400, 2)
    np.testing.assert_array_equal(scores(svm, points, k).argmax(axis=1), svm.predict(points))


def test_an_svm_is_surer_where_it_is_right_and_about_as_sure_as_it_is_right() -> None:
    k = 10
    svm = SVC().fit(*clouds(k, 600, 1))
    tuning, tuned = clouds(k, 600, 2)
    temperature = fit_temperature(scores(svm, tuning, k), tuned)
    points, labels = clouds(k, 2000, 3)
    probs = probabilities(scores(svm, points, k), temperature)
    right = probs.argmax(axis=1) == labels
    sure = probs.max(axis=1)
    assert sure[right].mean() > sure[~right].mean() + 0.15
    assert abs(sure.mean() - right.mean()) < 0.05


def test_neighbours_are_about_as_sure_as_they_are_right_and_rule_no_class_out() -> None:
    k = 10
    nearest = KNeighborsClassifier(5, weights="distance").fit(*clouds(k, 600, 1))
    tuning, tuned = clouds(k, 600, 2)
    temperature = fit_temperature(scores(nearest, tuning, k), tuned)
    points, labels = clouds(k, 2000, 3)
    found = scores(nearest, points, k)
    np.testing.assert_array_equal(found.argmax(axis=1), nearest.predict(points))
    assert np.exp(found).min() == pytest.approx(1 / (6 * k))
    probs = probabilities(found, temperature)
    assert abs(probs.max(axis=1).mean() - (probs.argmax(axis=1) == labels).mean()) < 0.08


def test_a_class_it_does_not_know_is_never_likely() -> None:
    points, labels = clouds(3, 100, 1)
    svm = SVC().fit(points, labels * 2)
    found = scores(svm, points, 6)
    assert (found[:, [1, 3, 5]] == ABSENT_SCORE).all()
    assert set(found.argmax(axis=1)) <= {0, 2, 4}


def test_scoring_leaves_the_classifier_as_it_was() -> None:
    points, labels = clouds(4, 100, 1)
    svm = SVC().fit(points, labels)
    before = svm.decision_function(points)
    scores(svm, points, 4)
    np.testing.assert_array_equal(svm.decision_function(points), before)
