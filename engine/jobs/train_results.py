"""What every way of training shares: names of the files it leaves, its headline number, and when it cannot begin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import UserError
from engine.base.events import Score
from engine.data.manifest import Manifest
from engine.insight.metrics import wilson

PREDICTIONS_FILE = "predictions.npz"
METRICS_FILE = "metrics.jsonl"


def check_enough(columns: NDArray[np.int32], manifest: Manifest) -> None:
    """Nothing, if photos of two classes at least are there to learn from; `columns` are theirs, (n,).

    Raises:
        UserError: fewer than two classes.
    """
    present = np.unique(columns)
    if len(present) < 2:
        names = ", ".join(manifest.classes[int(column)].name for column in present) or "none"
        raise UserError(
            "There is nothing to tell apart: fewer than two classes have photos to learn from.",
            safe="Your photos and labels are unchanged.",
            advice="Add photos to at least two classes; twenty or more in each make a useful model.",
            details=f"classes with photos: {names}",
        )


def score_of(part: str, probs: NDArray[np.float32], columns: NDArray[np.int32]) -> Score:
    """The headline number of (n, k) probabilities against (n,) true columns, n > 0."""
    n_right = int(np.count_nonzero(probs.argmax(axis=1) == columns))
    low, high = wilson(n_right, len(columns))
    return Score(part=part, n=len(columns), accuracy=n_right / len(columns), ci95_low=low, ci95_high=high)
