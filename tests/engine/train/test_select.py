"""Cross-validation is honest, chooses sensibly, and stops when asked."""

import numpy as np
import pytest

from engine.base.errors import Stopped
from engine.base.stop import StopToken
from engine.data.folds import ALWAYS_TRAIN
from engine.nets.heads import log_softmax
from engine.recipe.head_cfg import LogisticCfg
from engine.train.head_fit import fit, principal_basis, scores
from engine.train.quick import Known, n_fits, train_quick
from engine.train.select import cross_validate, fit_temperature

RNG = np.random.default_rng(5)
LABELS = RNG.integers(0, 3, 90).astype(np.int32)
FEATURES = (RNG.normal(0, 1, (90, 40)) + np.eye(3)[LABELS] @ RNG.normal(0, 1.5, (3, 40))).astype(np.float32)
FOLDS = (np.arange(90) % 4).astype(np.int16)
CFG = LogisticCfg(strengths=(0.001, 0.1), folds=4)


def test_each_photo_is_scored_by_a_model_fitted_on_the_other_folds() -> None:
    basis = principal_basis(FEATURES)
    cv = cross_validate(basis, LABELS, FOLDS, 3, strengths=(0.1,), balanced=True, stop=StopToken())
    others = FOLDS != 2
    alone = fit(basis.rows[others], LABELS[others], 3, strength=0.1, balanced=True)
    assert np.array_equal(cv.held_out, np.arange(90))
    assert np.allclose(cv.logits[FOLDS == 2], scores(basis.rows[FOLDS == 2], alone), atol=1e-4)


def test_labels_without_any_sense_are_not_predicted_better_than_by_chance() -> None:
    labels = np.random.default_rng(0).permutation(np.repeat([0, 1], 100)).astype(np.int32)
    features = np.random.default_rng(1).normal(0, 1, (200, 300)).astype(np.float32)
    basis = principal_basis(features)
    folds = (np.arange(200) % 5).astype(np.int16)
    cv = cross_validate(basis, labels, folds, 2, strengths=(1.0,), balanced=True, stop=StopToken())
    assert 0.35 < cv.tried[0].accuracy < 0.65


def test_the_strength_of_lowest_log_loss_is_chosen_and_all_are_reported() -> None:
    basis = principal_basis(FEATURES)
    strengths = (10.0, 1e-5, 0.05)
    cv = cross_validate(basis, LABELS, FOLDS, 3, strengths=strengths, balanced=True, stop=StopToken())
    assert [row.strength for row in cv.tried] == sorted(strengths)
    assert cv.strength == min(cv.tried, key=lambda row: row.log_loss).strength != 1e-5


def test_photos_always_trained_on_are_not_scored() -> None:
    folds = FOLDS.copy()
    folds[:10] = ALWAYS_TRAIN
    cv = cross_validate(principal_basis(FEATURES), LABELS, folds, 3, strengths=(0.1,), balanced=True, stop=StopToken())
    assert np.array_equal(cv.held_out, np.arange(10, 90))


def test_where_nothing_can_be_held_out_the_middle_strength_is_taken() -> None:
    folds = np.full(90, ALWAYS_TRAIN, dtype=np.int16)
    cv = cross_validate(
        principal_basis(FEATURES), LABELS, folds, 3, strengths=(3.0, 0.1, 0.3), balanced=True, stop=StopToken()
    )
    assert (cv.strength, cv.temperature, len(cv.held_out)) == (0.3, 1.0, 0)


def test_a_request_to_stop_ends_it() -> None:
    stop = StopToken()
    with pytest.raises(Stopped):
        train_quick(FEATURES, LABELS, np.arange(90), 3, cfg=CFG, seed=0, stop=stop, on_fit=stop.request)


@pytest.mark.parametrize("truth", [0.5, 1.0, 2.0])
def test_the_temperature_under_which_labels_were_drawn_is_found(truth: float) -> None:
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 3, (4000, 4)).astype(np.float32)
    p = np.exp(log_softmax(logits / truth))
    labels = (p.cumsum(axis=1) < rng.uniform(size=(4000, 1))).sum(axis=1).astype(np.int32)
    assert fit_temperature(logits, labels) == pytest.approx(truth, rel=0.12)


def test_equal_seeds_give_equal_models() -> None:
    first, again = (
        train_quick(FEATURES, LABELS, np.arange(90), 3, cfg=CFG, seed=1, stop=StopToken()) for _ in range(2)
    )
    assert np.array_equal(first.head.weights, again.head.weights)
    assert np.array_equal(first.cv.logits, again.cv.logits)


def test_a_known_strength_is_kept_and_a_known_head_changes_nothing_else() -> None:
    groups = np.arange(90)
    searched = train_quick(FEATURES, LABELS, groups, 3, cfg=CFG, seed=1, stop=StopToken())
    known = Known(strength=searched.cv.strength, head=searched.head)
    again = train_quick(FEATURES, LABELS, groups, 3, cfg=CFG, seed=1, stop=StopToken(), known=known)
    assert [row.strength for row in again.cv.tried] == [searched.cv.strength]
    assert np.abs(again.head.probs(FEATURES) - searched.head.probs(FEATURES)).max() < 0.005


def test_progress_counts_every_fit() -> None:
    done = []
    train_quick(FEATURES, LABELS, np.arange(90), 3, cfg=CFG, seed=1, stop=StopToken(), on_fit=lambda: done.append(1))
    assert len(done) == n_fits(CFG, None) == 9
