"""Classic classifiers learn, answer with a distribution over all classes, and do it the same way every time."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.base.errors import Stopped
from engine.base.stop import StopToken
from engine.nets.classic_scores import scores
from engine.nets.heads import probabilities
from engine.recipe.head_cfg import ClassicCfg
from engine.train import classic
from engine.train.classic import fit_classic, has_xgboost, train_classic

METHODS = ("svm", "forest", "boosting", "neighbours")
K = 4


def blobs(n_each: int, *, k: int = K, d: int = 12, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Clouds around one point a class, in turn."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n_each * k, dtype=np.int32) % k
    centres = np.random.default_rng(99).normal(0, 2, (k, d))
    return (centres[labels] + rng.normal(0, 1, (len(labels), d))).astype(np.float32), labels


def cfg(method: str, **more: object) -> ClassicCfg:
    return msgspec.convert(
        {"kind": "classic", "method": method, "trees": 40, "rounds": 15, "folds": 3, **more}, ClassicCfg
    )


def trained(method: str, *, seed: int = 0) -> classic.ClassicModel:
    features, labels = blobs(15)
    groups = np.arange(len(labels), dtype=np.int64)
    return train_classic(features, labels, groups, K, cfg=cfg(method), seed=seed, stop=StopToken())


@pytest.mark.parametrize("method", METHODS)
def test_it_learns_and_is_checked_on_what_it_has_not_seen(method: str) -> None:
    model = trained(method)
    _, labels = blobs(15)
    assert list(model.held_out) == list(range(len(labels)))
    assert np.mean(model.logits.argmax(axis=1) == labels) > 0.8
    new, truth = blobs(15, seed=1)
    probs = probabilities(scores(model.estimator, new, K), model.temperature)
    assert np.allclose(probs.sum(axis=1), 1, atol=1e-5)
    assert np.mean(probs.argmax(axis=1) == truth) > 0.8


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_answers(method: str) -> None:
    new, _ = blobs(5, seed=2)
    first, second = (scores(trained(method).estimator, new, K) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("method", METHODS)
def test_two_classes_of_five_are_enough_and_the_others_are_never_answered(method: str) -> None:
    features, labels = blobs(10, k=2)
    estimator = fit_classic(cfg(method), features, labels * 2 + 1, seed=0, n_threads=1)
    probs = probabilities(scores(estimator, features, 5), 1.0)
    assert set(probs.argmax(axis=1)) == {1, 3}
    assert probs[:, [0, 2, 4]].max() < 1e-6
    assert np.mean(probs.argmax(axis=1) == labels * 2 + 1) > 0.9


@pytest.mark.parametrize("method", ["svm", "forest", "boosting"])
def test_balanced_classes_help_the_small_one(method: str) -> None:
    rng = np.random.default_rng(5)
    labels = np.repeat(np.array([0, 1], dtype=np.int32), [300, 12])
    features = (rng.normal(0, 1.0, (len(labels), 3)) + labels[:, None] * 1.1).astype(np.float32)
    found = [
        scores(
            fit_classic(cfg(method, balanced=balanced, strength=0.3, depth=2), features, labels, seed=0, n_threads=1),
            (rng.normal(0, 1.0, (400, 3)) + 1.1).astype(np.float32),
            2,
        ).argmax(axis=1)
        for balanced in (False, True)
    ]
    assert found[1].mean() > found[0].mean() + 0.1


def test_without_xgboost_boosting_is_scikit_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classic, "has_xgboost", lambda: False)
    model = trained("boosting")
    assert type(model.estimator).__name__ == "HistGradientBoostingClassifier"
    assert np.mean(model.logits.argmax(axis=1) == blobs(15)[1]) > 0.8


def test_where_it_has_wheels_boosting_is_xgboosts() -> None:
    if not has_xgboost():
        pytest.skip("XGBoost is not here")
    assert type(trained("boosting").estimator).__name__ == "Boosted"


def test_photos_of_a_group_are_never_on_both_sides() -> None:
    rng = np.random.default_rng(1)
    pairs = np.repeat(rng.normal(size=(30, 6)), 2, axis=0).astype(np.float32)
    labels = np.repeat(np.arange(30, dtype=np.int32) % 2, 2)
    groups = np.repeat(np.arange(30), 2).astype(np.int64)
    model = train_classic(pairs, labels, groups, 2, cfg=cfg("neighbours", neighbours=1), seed=0, stop=StopToken())
    right = np.mean(model.logits.argmax(axis=1) == labels)
    assert right < 0.8, "noise with its copy among the neighbours would be right every time"


def test_a_stop_is_heard_between_fits() -> None:
    stop = StopToken()
    stop.request()
    features, labels = blobs(6)
    with pytest.raises(Stopped):
        train_classic(features, labels, np.arange(len(labels)), K, cfg=cfg("svm"), seed=0, stop=stop)
