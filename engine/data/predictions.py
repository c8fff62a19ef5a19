"""What a model said of each photo, stored by photo id: the file a training job leaves and the project takes in."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import StorageError
from engine.base.files import atomic_write

# `cv`: out-of-fold, from a model that did not see the photo; `test`: the final model on photos it never saw.
PARTS: tuple[str, ...] = ("test", "cv")
NO_FOLD = -1
# In the run folder.
PREDICTIONS_FILE = "predictions.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """Probabilities of one run.

    Args:
        class_ids: (k,) int64, the class of each column.
        photo_ids: (n,) int64.
        parts: (n,) uint8, index into `PARTS`.
        true_columns: (n,) int32, the column of the label the photo had when the run was made.
        probs: (n, k) float32, rows sum to 1.
        folds: (n,) int16, which of the folds of a cross-validation each photo was answered in, from 0; `NO_FOLD` where
            in none. None where that is not known.
    """

    class_ids: NDArray[np.int64]
    photo_ids: NDArray[np.int64]
    parts: NDArray[np.uint8]
    true_columns: NDArray[np.int32]
    probs: NDArray[np.float32]
    folds: NDArray[np.int16] | None = None


def write_predictions(path: Path, predictions: Predictions) -> None:
    """The file holds the predictions, atomically (npz, no pickle)."""
    out = io.BytesIO()
    folded: dict[str, Any] = {} if predictions.folds is None else {"folds": predictions.folds}
    np.savez(
        out,
        class_ids=predictions.class_ids,
        photo_ids=predictions.photo_ids,
        parts=predictions.parts,
        true_columns=predictions.true_columns,
        probs=predictions.probs,
        **folded,
    )
    atomic_write(path, out.getvalue())


def read_predictions(path: Path) -> Predictions:
    """The predictions a file holds.

    Raises:
        StorageError: the file is missing, damaged, or its arrays do not fit together.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(error) from error
    return decode_predictions(data)


def read_folds(path: Path) -> dict[int, int]:
    """The fold in which each cross-validated photo was answered, by photo id; empty where the file does not say.

    A file that cannot be read says nothing: what it held besides is in the project.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if "folds" not in arrays:
                return {}
            inside = arrays["folds"] != NO_FOLD
            ids, folds = arrays["photo_ids"][inside], arrays["folds"][inside]
    except (OSError, KeyError, ValueError, IndexError, zipfile.BadZipFile):
        return {}
    return dict(zip(ids.tolist(), folds.tolist(), strict=True))


def decode_predictions(data: bytes) -> Predictions:
    """The predictions that the content of such a file says.

    Raises:
        StorageError: it is damaged, or its arrays do not fit together.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            found = Predictions(
                class_ids=arrays["class_ids"].astype(np.int64),
                photo_ids=arrays["photo_ids"].astype(np.int64),
                parts=arrays["parts"].astype(np.uint8),
                true_columns=arrays["true_columns"].astype(np.int32),
                probs=arrays["probs"].astype(np.float32),
                folds=arrays["folds"].astype(np.int16) if "folds" in arrays else None,
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise _unreadable(error) from error
    n = len(found.photo_ids)
    columns = (found.parts, found.true_columns, *(() if found.folds is None else (found.folds,)))
    if found.probs.shape != (n, len(found.class_ids)) or any(len(column) != n for column in columns):
        raise StorageError("The run's predictions do not fit together.", details=f"probs {found.probs.shape}, n {n}")
    return found


def _unreadable(error: Exception) -> StorageError:
    return StorageError("The run's predictions could not be read.", details=repr(error))
