"""Whether a model's confidence is what it claims: how often answers of a given confidence are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

N_BINS = 10
# A probability below this is rounding.
_LEAST = 1e-30


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
class Scaling:
    """By what the confidences were scaled so that they are as often right as they say.

    Args:
        temperature: > 0; the scores were divided by it. n_fitted: photos it was fitted on, none for testing and none of
            which the model had learned from; None where that is not known. ece_before: as of `Calibration`, without it.
    """

    temperature: float
    n_fitted: int | None
    ece_before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How honest the confidences are.

    Args:
        bins: of equal width, from 0 to 1. ece: mean distance between confidence and share right, weighted by photos.
        n: photos. scaling: None where they are as the model gave them.
    """

    n: int
    bins: tuple[Bin, ...]
    ece: float
    scaling: Scaling | None = None


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


def unscaled(probs: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """(n, k) probabilities as they were before the scores behind them were divided by `temperature`; rows sum to 1."""
    # The logarithms are the scores up to what all of a row share.
    logs = temperature * np.log(np.maximum(probs.astype(np.float64), _LEAST))
    raised = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def scaling_text(found: Calibration) -> str:
    """What the temperature did, in a sentence; empty where there is none."""
    by = found.scaling
    if by is None:
        return ""
    photos = "photos" if by.n_fitted is None else f"{by.n_fitted:,} photos"
    return (
        f"Confidences were scaled by a temperature of {by.temperature:.2f}, fitted on {photos} it had not learned "
        f"from: calibration error {100 * by.ece_before:.1f} % before, {100 * found.ece:.1f} % after."
    )


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
