"""How much a cross-validated model's score differs from fold to fold, and whether two models differ by more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.predictions import NO_FOLD
from engine.insight.metrics import weighted_macro_f1s
from engine.insight.paired import corrected_resampled_t

# Shares are sums of numbers of four bytes; one photo more or less of a fold is far more than this.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldScore:
    """What the model that had not seen the photos of a fold has right of them; `fold` from 0, `n` its photos."""

    fold: int
    n: int
    accuracy: float
    macro_f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldSpread:
    """Scores fold by fold, with their plain mean and standard deviation (n - 1).

    `p_value`: that it and the reference are right equally often, by the corrected resampled t-test over the folds
    (`engine.insight.paired`); None for the reference, where it was not divided into the same folds, and where all folds
    differ by the same, which says nothing of how much they would.
    """

    scores: tuple[FoldScore, ...]
    accuracy: float
    accuracy_sd: float
    macro_f1: float
    macro_f1_sd: float
    p_value: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What a model answered, photo by photo.

    Args:
        true, answered: (m,) columns. folds: (m,) as of `engine.data.predictions.Predictions`, those of several
            repetitions numbered through. n_repetitions: how often all photos were divided into folds.
    """

    true: NDArray[np.integer[Any]]
    answered: NDArray[np.integer[Any]]
    folds: NDArray[np.int16]
    n_repetitions: int = 1


def fold_spread(one: Folded, reference: Folded | None = None) -> FoldSpread | None:
    """The spread of a model; None where its photos are not in two folds at least.

    Args:
        reference: the answers, to the same photos, that it is tested against.
    """
    scores = _scores(one)
    if len(scores) < 2:
        return None
    accuracies, f1s = np.array([row.accuracy for row in scores]), np.array([row.macro_f1 for row in scores])
    return FoldSpread(
        scores=scores,
        accuracy=float(accuracies.mean()),
        accuracy_sd=float(accuracies.std(ddof=1)),
        macro_f1=float(f1s.mean()),
        macro_f1_sd=float(f1s.std(ddof=1)),
        p_value=None if reference is None else _p_value(one, reference),
    )


def _scores(one: Folded) -> tuple[FoldScore, ...]:
    numbers = [int(number) for number in np.unique(one.folds) if number != NO_FOLD]
    inside = np.array([one.folds == number for number in numbers], dtype=np.float32).reshape(len(numbers), -1)
    n_right = inside @ (one.true == one.answered).astype(np.float32)
    f1s = weighted_macro_f1s(one.true, one.answered, inside)
    return tuple(
        FoldScore(fold=number, n=int(n), accuracy=float(right / n), macro_f1=float(f1))
        for number, n, right, f1 in zip(numbers, inside.sum(axis=1), n_right, f1s, strict=True)
    )


def _p_value(one: Folded, reference: Folded) -> float | None:
    if not np.array_equal(one.folds, reference.folds):
        return None
    pairs = zip(_scores(one), _scores(reference), strict=True)
    differences = [mine.accuracy - other.accuracy for mine, other in pairs]
    if any(differences) and max(differences) - min(differences) < _ROUNDING:
        return None
    return corrected_resampled_t(differences, test_share=1 / (len(differences) / one.n_repetitions - 1))
