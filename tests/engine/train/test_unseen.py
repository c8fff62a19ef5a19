"""What judges a photo has not seen it: each fold has a model fitted on the others."""

from __future__ import annotations

import numpy as np
import pytest

from engine.base.errors import Stopped
from engine.base.stop import StopToken
from engine.data.folds import ALWAYS_TRAIN
from engine.recipe.head_cfg import ClassicCfg, LogisticCfg
from engine.train.quick import train_quick
from engine.train.unseen import Unseen, unseen_classifiers, unseen_heads

pytestmark = pytest.mark.usefixtures("one_thread")

N, D, K = 60, 12, 3
LABELS = (np.arange(N) % K).astype(np.int32)
GROUPS = np.arange(N, dtype=np.int64)


def features(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = 0.8 * rng.normal(size=(K, D))
    return (centres[LABELS] + rng.normal(size=(N, D))).astype(np.float32)


def heads(x: np.ndarray, stop: StopToken | None = None) -> Unseen:
    return unseen_heads(
        x, LABELS, GROUPS, K, cfg=LogisticCfg(folds=3), strength=0.3, temperature=1.0, seed=4,
        stop=stop or StopToken(),
    )  # fmt: skip


def classifiers(x: np.ndarray, labels: np.ndarray = LABELS, groups: np.ndarray = GROUPS) -> Unseen:
    return unseen_classifiers(
        x, labels, groups, K, cfg=ClassicCfg(method="svm", folds=3), temperature=1.0, seed=4, stop=StopToken(),
        n_threads=1,
    )  # fmt: skip


def answers(found: Unseen, x: np.ndarray) -> np.ndarray:
    return np.stack([found.probs[int(fold)](row[None])[0] for fold, row in zip(found.folds, x, strict=True)])


def test_heads_say_what_cross_validation_said() -> None:
    x = features()
    quick = train_quick(
        x, LABELS, GROUPS, K, cfg=LogisticCfg(strengths=(0.3,), folds=3), seed=4, stop=StopToken()
    )  # fmt: skip
    assert (answers(heads(x), x).argmax(axis=1) == quick.cv.logits.argmax(axis=1)).all()


@pytest.mark.parametrize("make", [heads, classifiers])
def test_nothing_is_learned_from_the_photo_that_is_judged(make) -> None:
    x = features()
    plain = make(x)
    fold = int(plain.folds[0])
    inside = plain.folds == fold
    changed = x.copy()
    changed[inside] += 5.0
    again = make(changed)
    assert (again.folds == plain.folds).all()
    asked = features(seed=1)
    assert np.allclose(plain.probs[fold](asked), again.probs[fold](asked), atol=2e-3)
    other = next(number for number in plain.probs if number != fold)
    assert not np.allclose(plain.probs[other](asked), again.probs[other](asked), atol=2e-3)


@pytest.mark.parametrize("make", [heads, classifiers])
def test_probabilities_sum_to_one(make) -> None:
    x = features()
    assert np.allclose(answers(make(x), x).sum(axis=1), 1.0, atol=1e-5)


def test_a_class_that_is_one_group_is_never_held_out() -> None:
    labels = np.array([0, 0, 1, 1], dtype=np.int32)
    groups = np.array([0, 1, 2, 2], dtype=np.int64)
    found = classifiers(features()[:4], labels, groups)
    assert (found.folds[2:] == ALWAYS_TRAIN).all()
    assert set(found.probs) == {int(fold) for fold in found.folds[:2]}


def test_a_stop_is_heeded_between_two_fits() -> None:
    stop = StopToken()
    stop.request()
    with pytest.raises(Stopped):
        heads(features(), stop)
