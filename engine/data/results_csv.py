"""The table of classified photos as a CSV file: the same from the command line and from the window."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from engine.base.events import ClassifiedPhoto
from engine.base.files import atomic_open
from engine.base.fspath import to_text

# What spreadsheets take for the beginning of a formula (OWASP, "CSV injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class ResultsTable:
    """The CSV table: `path,class,confidence` and one column a class, UTF-8, a row at a time; 6 decimals.

    Paths are written so that any file name can be recovered (`fspath.from_text`). Text that a spreadsheet would take
    for a formula gets an apostrophe in front.
    """

    def __init__(self, out: BinaryIO, classes: Sequence[str]) -> None:
        """`classes`: names in the order of the probabilities; the heading is written at once."""
        self._out = out
        self._names = [plain_cell(name) for name in classes]
        self._write(["path", "class", "confidence", *self._names])

    def add(self, photo: ClassifiedPhoto) -> None:
        """One more row."""
        shares = [f"{p:.6f}" for p in photo.probs]
        self._write([plain_cell(to_text(photo.path)), self._names[photo.top], shares[photo.top], *shares])

    def _write(self, cells: list[str]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        self._out.write(line.getvalue().encode("utf-8"))


def write_results_csv(path: Path, classes: Sequence[str], photos: Iterable[ClassifiedPhoto]) -> None:
    """The file holds the table of these photos, atomically.

    Raises:
        StorageError: the disk refused; a file that was there before is unchanged.
    """
    with atomic_open(path) as out:
        table = ResultsTable(out, classes)
        for photo in photos:
            table.add(photo)


def plain_cell(text: str) -> str:
    """The text as a spreadsheet shows it, never computed."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
