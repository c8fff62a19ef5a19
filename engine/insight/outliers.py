"""Photos that look unlike the others of their class, by how far a network sees them from their nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.insight.overview import OUTLIER_SCORE, outlier_scores

# In a class of fewer photos nothing can be said of what is usual.
LEAST_PHOTOS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Outliers:
    """Photos beyond the limit, the farthest first: (m,) rows, and (m,) scores (see `outliers`), all above the limit."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]


def outliers(distances: NDArray[np.float32], classes: NDArray[np.int64], *, limit: float = OUTLIER_SCORE) -> Outliers:
    """Photos whose distance from their class is unusually large within it.

    The score is the modified z-score of the distance among those of the class: how many usual deviations it lies above
    the median. Scores of different classes can be compared, distances cannot: classes are not equally varied.

    Args:
        distances: (n,) as `Neighbours.own_distance`; NaN where unknown, which is never an outlier.
        classes: (n,) number of the class each distance is from; -1 for photos that do not count.
        limit: scores above are outliers.
    Source: the score: Iglewicz and Hoaglin 1993, "How to detect and handle outliers"; distances to the nearest as what
        makes an outlier: Ramaswamy, Rastogi and Shim 2000, "Efficient algorithms for mining outliers from large data
        sets" (SIGMOD).
    """
    scores = np.zeros(len(distances))
    counts = (classes >= 0) & np.isfinite(distances)
    for number in np.unique(classes[counts]):
        rows = np.flatnonzero(counts & (classes == number))
        if len(rows) >= LEAST_PHOTOS:
            values = distances[rows].astype(np.float64)
            scores[rows] = np.where(values > np.median(values), outlier_scores(values), 0.0)
    far = np.flatnonzero(scores > limit)
    order = far[np.argsort(-scores[far], kind="stable")]
    return Outliers(rows=order.astype(np.int64), scores=scores[order])
