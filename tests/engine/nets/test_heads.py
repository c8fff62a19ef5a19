"""Scores become probabilities that sum to one, whatever the scores are."""

import numpy as np
import pytest

from engine.nets.heads import Head, log_softmax, probabilities


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e4])
def test_probabilities_sum_to_one_for_scores_of_any_size(size: float) -> None:
    logits = np.random.default_rng(0).normal(0, size, (20, 7)).astype(np.float32)
    assert np.allclose(probabilities(logits, 1.0).sum(axis=1), 1.0, atol=1e-5)
    assert np.isfinite(log_softmax(logits)).all()


def test_a_higher_temperature_makes_a_head_less_sure_but_not_of_another_opinion() -> None:
    rng = np.random.default_rng(1)
    weights, bias = rng.normal(0, 1, (8, 3)).astype(np.float32), np.zeros(3, dtype=np.float32)
    features = rng.uniform(0, 1, (10, 8)).astype(np.float32)
    sure = Head(weights=weights, bias=bias).probs(features)
    shy = Head(weights=weights, bias=bias, temperature=3.0).probs(features)
    assert np.array_equal(sure.argmax(axis=1), shy.argmax(axis=1))
    assert (shy.max(axis=1) < sure.max(axis=1)).all()


def test_no_photos_give_no_probabilities() -> None:
    head = Head(weights=np.zeros((8, 3), dtype=np.float32), bias=np.zeros(3, dtype=np.float32))
    assert head.probs(np.zeros((0, 8), dtype=np.float32)).shape == (0, 3)
