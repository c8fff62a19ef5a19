"""Labels that are probably wrong, found from what models that had not seen the photos say of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Smaller probabilities are rounding; their logarithms would rank photos by it.
_LEAST = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspects:
    """Photos whose label is in doubt, the most doubtful first.

    Args:
        rows: (m,) int64, which of the photos.
        suggested: (m,) int64, the column they look like.
        doubt: (m,) float32, 0.5..1: chance of the suggested class, if it is that or the label and both are as common.
    """

    rows: NDArray[np.int64]
    suggested: NDArray[np.int64]
    doubt: NDArray[np.float32]


def label_errors(true_columns: NDArray[np.int32], probs: NDArray[np.float32]) -> Suspects:
    """Photos that look more like another class than like their label, ranked by how much more.

    How surely a model names a class differs from class to class, so each probability is divided by the mean that
    photos labelled so get (the threshold of confident learning). A photo is a suspect if another class is then ahead
    of its label; the ratio of the two ranks it. On simulated labels with known errors this order finds more of them
    within a given number of reviewed photos than the difference of the two does.

    Args:
        true_columns: (n,) label of each photo, in [0, k); probs: (n, k) by models that had not seen the photo.
    Source: the thresholds: Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset
        labels" (JAIR 70), section 3.1.
    """
    n, k = probs.shape
    at = np.arange(n)
    own = probs[at, true_columns].astype(np.float64)
    n_of = np.bincount(true_columns, minlength=k)
    usual = np.bincount(true_columns, weights=own, minlength=k) / np.maximum(n_of, 1)
    # A class without photos says nothing of how surely it is named, so it is never suggested.
    with np.errstate(divide="ignore"):
        likeness = np.where(n_of > 0, np.log(np.maximum(probs, _LEAST)) - np.log(np.maximum(usual, _LEAST)), -np.inf)
    own_likeness = likeness[at, true_columns]
    likeness[at, true_columns] = -np.inf
    suggested = likeness.argmax(axis=1)
    lead = likeness[at, suggested] - own_likeness
    rows = np.flatnonzero(lead > 0.0)
    order = rows[np.argsort(-lead[rows], kind="stable")]
    return Suspects(
        rows=order,
        suggested=suggested[order].astype(np.int64),
        doubt=(1.0 / (1.0 + np.exp(-lead[order]))).astype(np.float32),
    )
