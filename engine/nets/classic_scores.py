"""What a fitted classic classifier says of features: scores, the softmax of which is a distribution."""

from __future__ import annotations

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

    An SVM's are its decision values, the others' the logarithms of their probabilities.
    """
    found = np.full((len(features), n_classes), ABSENT_SCORE, dtype=np.float32)
    given: Any = estimator
    if hasattr(given, "decision_function"):
        values = given.decision_function(features)
        # With two classes there is one value: how much it is the second.
        values = np.stack([-values, values], axis=1) / 2 if values.ndim == 1 else values
    else:
        values = np.log(np.maximum(given.predict_proba(features), SMALLEST))
    found[:, np.asarray(estimator.classes_, dtype=np.int64)] = values
    return found
