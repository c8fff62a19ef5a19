"""Whether a model's confidence is what it claims: how often answers of a given confidence are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

N_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers with a confidence in (low, high]: how many, their mean confidence, and the share of them that is right.

    Both are 0 where there are none.
    """

    low: float
    high: float
    n: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How honest the confidences are.

    Args:
        bins: of equal width, from 0 to 1. ece: mean distance between confidence and share right, weighted by photos.
        n: photos.
    """

    n: int
    bins: tuple[Bin, ...]
    ece: float


def calibration(true_columns: NDArray[np.int32], probs: NDArray[np.float32]) -> Calibration:
    """The reliability of the likeliest answers.

    Args:
        true_columns: (n,) column of each label, -1 where the model does not know the class; probs: (n, k).
    Raises:
        ValueError: no photo has a known class.
    Source: Naeini, Cooper and Hauskrecht 2015 (expected calibration error); Guo et al. 2017, section 2.
    """
    known = true_columns >= 0
    true, scored = true_columns[known], probs[known].astype(np.float64)
    if not len(true):
        raise ValueError("no photo has a class the model knows")
    confidence, right = scored.max(axis=1), scored.argmax(axis=1) == true
    at = bin_numbers(confidence)
    bins = tuple(_bin(number, confidence[at == number], right[at == number]) for number in range(N_BINS))
    ece = sum(row.n * abs(row.right - row.confidence) for row in bins) / len(true)
    return Calibration(n=len(true), bins=bins, ece=float(ece))


def bin_numbers(confidence: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """(n,) the bin, from 0, that each confidence in 0..1 falls into."""
    at = np.ceil(confidence.astype(np.float64) * N_BINS).astype(np.int64) - 1
    return np.asarray(np.clip(at, 0, N_BINS - 1), dtype=np.int64)


def _bin(number: int, confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> Bin:
    n = len(right)
    return Bin(
        low=number / N_BINS,
        high=(number + 1) / N_BINS,
        n=n,
        confidence=float(confidence.mean()) if n else 0.0,
        right=float(right.mean()) if n else 0.0,
    )
