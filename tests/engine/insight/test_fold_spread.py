"""What differs from fold to fold, and that a difference between models has to be larger than that."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.base.ids import RunId
from engine.data.predictions import NO_FOLD
from engine.insight.comparison import Judged, compare
from engine.insight.fold_spread import Folded, fold_spread
from engine.insight.paired import corrected_resampled_t

FOLDS = np.repeat(np.arange(5), 20).astype(np.int16)
TRUE = np.arange(100) % 2


def folded(n_right: tuple[int, ...], folds: np.ndarray = FOLDS) -> Folded:
    """So many right in each fold of twenty photos, the first ones of it."""
    right = np.arange(100) % 20 < np.repeat(n_right, 20)
    return Folded(true=TRUE, answered=np.where(right, TRUE, 1 - TRUE), folds=folds)


def test_each_fold_is_scored_by_its_own_photos() -> None:
    found = fold_spread(folded((10, 12, 14, 16, 18)))
    assert found is not None
    assert [score.accuracy for score in found.scores] == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9])
    assert [score.n for score in found.scores] == [20] * 5
    assert found.accuracy == pytest.approx(0.7)
    assert found.accuracy_sd == pytest.approx(np.std([0.5, 0.6, 0.7, 0.8, 0.9], ddof=1))
    # Both classes are right equally often in each fold, so that macro F1 is the share right.
    assert found.macro_f1 == pytest.approx(0.7)
    assert found.p_value is None


def test_photos_in_no_fold_do_not_count_and_one_fold_has_no_spread() -> None:
    partly = np.where(FOLDS == 4, NO_FOLD, FOLDS).astype(np.int16)
    found = fold_spread(folded((10, 12, 14, 16, 0), partly))
    assert found is not None
    assert [score.fold for score in found.scores] == [0, 1, 2, 3]
    assert fold_spread(folded((10, 12, 14, 16, 18), np.zeros(100, dtype=np.int16))) is None


def test_a_steady_gain_is_more_than_chance_and_one_that_comes_and_goes_is_not() -> None:
    base = folded((10, 12, 14, 16, 18))
    steady = fold_spread(folded((12, 14, 16, 18, 19)), base)
    fickle = fold_spread(folded((18, 8, 20, 10, 20)), base)
    assert steady is not None
    assert fickle is not None
    assert steady.p_value is not None
    assert fickle.p_value is not None
    assert steady.p_value < 0.05 < fickle.p_value


def test_the_same_gain_in_every_fold_has_no_spread_to_be_tested_by() -> None:
    base = folded((10, 12, 14, 16, 18))
    alike = fold_spread(folded((11, 13, 15, 17, 19)), base)
    assert alike is not None
    assert alike.p_value is None
    same = fold_spread(base, base)
    assert same is not None
    assert same.p_value == 1.0


def test_repeated_folds_are_tested_as_repetitions_of_few_folds_and_not_as_many_folds() -> None:
    def twice(n_right: tuple[int, ...]) -> Folded:
        once = folded(n_right)
        return Folded(
            true=np.tile(once.true, 2),
            answered=np.tile(once.answered, 2),
            folds=np.concatenate([FOLDS, FOLDS + 5]).astype(np.int16),
            n_repetitions=2,
        )

    found = fold_spread(twice((12, 14, 16, 18, 19)), twice((10, 12, 14, 16, 18)))
    assert found is not None
    differences = [0.1, 0.1, 0.1, 0.1, 0.05] * 2
    assert found.p_value == pytest.approx(corrected_resampled_t(differences, test_share=1 / 4), rel=1e-3)


def test_models_of_other_folds_are_not_tested_against_one_another() -> None:
    found = fold_spread(folded((10, 12, 14, 16, 18)), folded((10, 12, 14, 16, 18), FOLDS[::-1].copy()))
    assert found is not None
    assert found.p_value is None


def test_a_comparison_carries_the_spread_on_the_photos_that_all_share() -> None:
    def judged(number: int, answers: Folded, first: int) -> Judged:
        return Judged(
            run_id=RunId(number),
            name="",
            photo_ids=np.arange(100)[first:],
            true_classes=answers.true[first:],
            class_ids=np.array([0, 1]),
            probs=np.eye(2, dtype=np.float32)[answers.answered][first:],
            folds=answers.folds[first:],
        )

    runs = [judged(1, folded((10, 12, 14, 16, 18)), 0), judged(2, folded((12, 14, 16, 18, 19)), 20)]
    base, other = compare([*runs, dataclasses.replace(runs[0], run_id=RunId(3), folds=None)], RunId(1), {}).runs[:2]
    assert base.folds is not None
    assert other.folds is not None
    assert [score.fold for score in base.folds.scores] == [1, 2, 3, 4]
    assert base.folds.p_value is None
    assert other.folds.p_value is not None
