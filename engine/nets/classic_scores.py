"""What a fitted classic classifier says of features: scores, the softmax of which is a distribution."""

from __future__ import annotations

from copy import copy
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

# A probability of nothing has no logarithm; one photo in a million is nothing to these classifiers.
SMALLEST = 1e-6
# The score of a class the classifier does not know: never predicted, and still a number.
ABSENT_SCORE = -30.0


class Estimator(Protocol):
    """A fitted classifier of scikit-learn's kind; `classes_`: (c,) the columns it knows."""

    classes_: NDArray[np.int64]


def scores(estimator: Estimator, features: NDArray[np.float32], n_classes: int) -> NDArray[np.float32]:
    """(n, k) scores of (n, d) normalised features, the softmax of which is a distribution; unknown classes get none.

    An SVM's come from its decision values, see `_margins`, those of neighbours from their votes, see `_votes`, the
    others' are the logarithms of their probabilities.
    """
    found = np.full((len(features), n_classes), ABSENT_SCORE, dtype=np.float32)
    given: Any = estimator
    if hasattr(given, "decision_function_shape"):
        values = _margins(given, features)
    elif hasattr(given, "n_neighbors"):
        values = np.log(_votes(given, features))
    else:
        values = np.log(np.maximum(given.predict_proba(features), SMALLEST))
    found[:, np.asarray(estimator.classes_, dtype=np.int64)] = values
    return found


def _votes(nearest: Any, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, c) the shares of the nearest photos' votes, with one more neighbour that votes for all classes alike.

    A class that none of five photos is of is unlikely, not impossible. Without this a single photo of such a class
    would outweigh all others when the temperature is fitted, and make every confidence too small.
    """
    shares = np.asarray(nearest.predict_proba(features), dtype=np.float64)
    return np.asarray((nearest.n_neighbors * shares + 1 / shares.shape[1]) / (nearest.n_neighbors + 1))


def _margins(svm: Any, features: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, c) for each class the sum of its margins against every other one, over the root of their number.

    What scikit-learn gives for each class is little more than how many of these contests it wins: of 14 classes the
    winner then has 13, the next 12, however clear or close the photo is. The sums tell the two apart. The class that
    wins most contests, the SVM's answer, keeps the highest score: where another has the larger sum, they change places.
    """
    pairwise = copy(svm)
    pairwise.decision_function_shape = "ovo"
    values = np.asarray(pairwise.decision_function(features), dtype=np.float64)
    if values.ndim == 1:
        # With two classes there is one value: how much it is the second.
        return np.stack([-values, values], axis=1) / 2
    n, c = len(features), len(svm.classes_)
    first, second = np.triu_indices(c, 1)
    sums = np.zeros((n, c))
    for column, (one, other) in enumerate(zip(first, second, strict=True)):
        sums[:, one] += values[:, column]
        sums[:, other] -= values[:, column]
    at, best = np.arange(n), sums.argmax(axis=1)
    answer = np.searchsorted(svm.classes_, svm.predict(features))
    sums[at, best], sums[at, answer] = sums[at, answer].copy(), sums[at, best].copy()
    return np.asarray(sums / np.sqrt(c - 1))
