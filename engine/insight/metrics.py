"""Scores of one model on one set of photos, each with its n and, where it is a share, its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Two-sided 95 % of the normal distribution.
_Z95 = 1.959963984540054
TOP_K = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScore:
    """One class: shares in 0..1, `support` = number of photos that show it; interval None without photos."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int
    recall_ci95: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A model's score on `n` photos.

    Args:
        classes: names in column order; `confusion` is (k, k) int64, rows the true class, columns the answer.
        n_unknown: photos whose class the model does not know; they are in none of the other numbers.
        top5: share with the true class among the five likeliest; None with five classes or fewer.
        baseline: share of the largest class, what always answering with it would score.
        macro_precision, macro_recall, macro_f1: means over the classes that occur among the photos.
    """

    classes: tuple[str, ...]
    n: int
    n_unknown: int
    accuracy: float
    accuracy_ci95: tuple[float, float]
    top5: float | None
    macro_precision: float
    macro_recall: float
    macro_f1: float
    per_class: tuple[ClassScore, ...]
    confusion: NDArray[np.int64]
    baseline: float


def report(
    class_names: Sequence[str],
    true_columns: NDArray[np.int32],
    probs: NDArray[np.float32],
) -> Report:
    """The scores of probabilities against labels.

    Args:
        class_names: k names.
        true_columns: (n,) the column of each photo's label; -1 where the model does not know the class.
        probs: (n, k), rows sum to 1.
    Raises:
        ValueError: no photo has a known class, or shapes do not fit.
    """
    if probs.shape != (len(true_columns), len(class_names)):
        raise ValueError(f"probs {probs.shape} do not fit {len(true_columns)} labels and {len(class_names)} classes")
    known = true_columns >= 0
    true, scored = true_columns[known], probs[known]
    if not len(true):
        raise ValueError("no photo has a class the model knows")
    confusion = confusion_matrix(true, scored.argmax(axis=1), len(class_names))
    per_class = tuple(_class_score(name, confusion, column) for column, name in enumerate(class_names))
    present = [row for row in per_class if row.support]
    n, n_right = len(true), int(np.trace(confusion))
    return Report(
        classes=tuple(class_names),
        n=n,
        n_unknown=int((~known).sum()),
        accuracy=n_right / n,
        accuracy_ci95=wilson(n_right, n),
        top5=_top_k(true, scored) if len(class_names) > TOP_K else None,
        macro_precision=float(np.mean([row.precision for row in present])),
        macro_recall=float(np.mean([row.recall for row in present])),
        macro_f1=float(np.mean([row.f1 for row in present])),
        per_class=per_class,
        confusion=confusion,
        baseline=max(row.support for row in per_class) / n,
    )


def weighted_macro_f1s(
    true: NDArray[np.integer[Any]], answered: NDArray[np.integer[Any]], weights: NDArray[np.float32]
) -> NDArray[np.float64]:
    """(r,) macro F1 of each of several samples, over the classes that occur in it.

    Args:
        true, answered: (m,) classes. weights: (r, m) how often each photo is in each sample.
    """
    total, n_present = np.zeros(len(weights)), np.zeros(len(weights))
    for column in np.unique(true):
        is_one, is_said = true == column, answered == column
        support, said, hits = (weights[:, kind].sum(axis=1) for kind in (is_one, is_said, is_one & is_said))
        present = support > 0
        total += np.where(present, 2 * hits / np.maximum(support + said, 1), 0.0)
        n_present += present
    return np.asarray(total / np.maximum(n_present, 1), dtype=np.float64)


def confusion_matrix(true: NDArray[np.int32], answered: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """(k, k) counts: row the true column, column the answer."""
    pairs = true.astype(np.int64) * k + answered
    return np.bincount(pairs, minlength=k * k).reshape(k, k)


def wilson(n_right: int, n: int) -> tuple[float, float]:
    """95 % interval of a share, within [0, 1] and sensible for small n.

    Source: Wilson 1927, score interval.
    """
    share = n_right / n
    centre = (share + _Z95**2 / (2 * n)) / (1 + _Z95**2 / n)
    half = _Z95 * sqrt(share * (1 - share) / n + _Z95**2 / (4 * n * n)) / (1 + _Z95**2 / n)
    # Rounding must not push an exact 0 or 1 outside its own interval.
    low = 0.0 if n_right == 0 else max(0.0, centre - half)
    high = 1.0 if n_right == n else min(1.0, centre + half)
    return low, high


def _class_score(name: str, confusion: NDArray[np.int64], column: int) -> ClassScore:
    right = int(confusion[column, column])
    support, answered = int(confusion[column].sum()), int(confusion[:, column].sum())
    return ClassScore(
        name=name,
        precision=right / answered if answered else 0.0,
        recall=right / support if support else 0.0,
        f1=2 * right / (support + answered) if support + answered else 0.0,
        support=support,
        recall_ci95=wilson(right, support) if support else None,
    )


def _top_k(true: NDArray[np.int32], probs: NDArray[np.float32]) -> float:
    best = np.argpartition(-probs, TOP_K - 1, axis=1)[:, :TOP_K]
    return float((best == true[:, None]).any(axis=1).mean())
