"""The table of classified photos as a CSV file: what `classify` and the window save alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.base.events import ClassifiedPhoto
from engine.base.files import atomic_write
from engine.base.fspath import to_text

DECIMALS = 6


def results_csv(classes: Sequence[str], photos: Iterable[ClassifiedPhoto]) -> str:
    """One line a photo: `path,class,confidence` and a column for each class, RFC 4180, UTF-8.

    `path` as `engine.base.fspath.to_text` writes it, so that every file name survives; probabilities with 6 decimals.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["path", "class", "confidence", *classes])
    for photo in photos:
        shares = [f"{p:.{DECIMALS}f}" for p in photo.probs]
        writer.writerow([to_text(photo.path), classes[photo.top], shares[photo.top], *shares])
    return out.getvalue()


def write_results_csv(path: Path, classes: Sequence[str], photos: Iterable[ClassifiedPhoto]) -> None:
    """The file holds the table, atomically.

    Raises:
        StorageError: the disk refused; a file that was there before is unchanged.
    """
    atomic_write(path, results_csv(classes, photos).encode())
