"""What every way of training shares: names of the files it leaves, its headline number, and when it cannot begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import UserError
from engine.base.events import Emit, Score
from engine.data.manifest import Manifest, ManifestPhoto
from engine.data.predictions import NO_FOLD, PARTS, PREDICTIONS_FILE, Predictions, write_predictions
from engine.insight.metrics import wilson

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


def leave_predictions(
    folder: Path,
    manifest: Manifest,
    parts: Sequence[tuple[str, Sequence[ManifestPhoto], NDArray[np.float32]]],
    *,
    folds: NDArray[np.int16] | None = None,
) -> None:
    """The run folder holds the (n, k) probabilities of the photos of each part; `parts` names the part, see `PARTS`.

    Args:
        folds: of the photos of part `cv`, in their order, from 0; None where it was not folded.
    Raises:
        StorageError: the disk refused.
    """
    photos = [photo for _, rows, _ in parts for photo in rows]
    numbers = [PARTS.index(part) for part, rows, _ in parts for _ in rows]
    predictions = Predictions(
        class_ids=np.array([entry.class_id for entry in manifest.classes], dtype=np.int64),
        photo_ids=np.array([photo.photo_id for photo in photos], dtype=np.int64),
        parts=np.array(numbers, dtype=np.uint8),
        true_columns=np.array([photo.class_no for photo in photos], dtype=np.int32),
        probs=np.concatenate([probs for _, _, probs in parts]).astype(np.float32),
        folds=None if folds is None else _spread(np.array(numbers, dtype=np.uint8), folds),
    )
    write_predictions(folder / PREDICTIONS_FILE, predictions)


def _spread(numbers: NDArray[np.uint8], folds: NDArray[np.int16]) -> NDArray[np.int16]:
    """(n,) the fold of each photo, `NO_FOLD` for those of other parts than `cv`."""
    found = np.full(len(numbers), NO_FOLD, dtype=np.int16)
    found[numbers == PARTS.index("cv")] = folds
    return found


def say_scores(parts: Iterable[tuple[str, NDArray[np.float32], NDArray[np.int32]]], emit: Emit) -> None:
    """The headline number of each part that has photos is told."""
    for part, probs, columns in parts:
        if len(columns):
            emit(score_of(part, probs, columns))
