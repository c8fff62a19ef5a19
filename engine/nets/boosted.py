"""XGBoost behind scikit-learn's two words, on columns that need not be 0, 1, 2 ...; saved in its own binary JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xgboost

LEARNING_RATE = 0.2


class Boosted:
    """Boosted trees; `classes_`: (c,) the columns its outputs stand for, rising."""

    def __init__(self, booster: xgboost.Booster, classes: NDArray[np.int64]) -> None:
        self.booster = booster
        self.classes_ = classes

    @classmethod
    def fit(
        cls,
        features: NDArray[np.float32],
        labels: NDArray[np.int32],
        weights: NDArray[np.float64] | None,
        *,
        rounds: int,
        depth: int,
        share: float,
        seed: int,
        n: int,
    ) -> Boosted:
        """Fitted to (n, d) features and their (n,) columns; `share` of the features for each tree, `n` threads."""
        import xgboost

        classes, numbers = np.unique(labels, return_inverse=True)
        data = xgboost.DMatrix(features, label=numbers, weight=weights, nthread=n)
        parameters = {
            "objective": "multi:softprob",
            "num_class": len(classes),
            "tree_method": "hist",
            "max_depth": depth,
            "learning_rate": LEARNING_RATE,
            "colsample_bytree": share,
            "seed": seed,
            "nthread": n,
        }
        return cls(xgboost.train(parameters, data, num_boost_round=rounds), classes.astype(np.int64))

    def predict_proba(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, c) probabilities of (n, d) features, a column for each of `classes_`."""
        import xgboost

        found: NDArray[np.float32] = self.booster.predict(xgboost.DMatrix(features))
        return found.reshape(len(features), len(self.classes_))

    def to_bytes(self) -> bytes:
        """The trees as UBJSON; `classes_` stand elsewhere."""
        return bytes(self.booster.save_raw("ubj"))

    @classmethod
    def from_bytes(cls, data: bytes, classes: NDArray[np.int64]) -> Boosted:
        """The trees of `to_bytes`.

        Raises:
            xgboost.core.XGBoostError: not such bytes.
        """
        import xgboost

        booster = xgboost.Booster()
        booster.load_model(bytearray(data))
        return cls(booster, classes)
