"""The headings of a CSV manifest, and one photo as the cells of a row."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from engine.base.files import atomic_open
from engine.base.fspath import to_text
from engine.exchange.catalogue import CataloguePhoto
from engine.exchange.cells import join_words, to_cell

FIXED = (
    "path", "label", "split", "state", "reason", "former_label", "tags", "sha256", "width", "height", "taken", "camera",
    "latitude", "longitude",
)  # fmt: skip
# What other programs call the same; the first that is there counts.
PATHS = ("path", "file_name", "filename", "filepath", "file")
LABELS = ("label", "class", "category", "species")
PARTS = ("split", "part", "subset")
# Before a heading of the user's own that is called like one of these.
OWN = "column:"
_TAKEN = frozenset((*FIXED, *PATHS, *LABELS, *PARTS))


def to_heading(column: str) -> str:
    """The heading of a column of the user's own, distinct from all that mean something here."""
    taken = column.casefold() in _TAKEN or column.casefold().startswith(OWN)
    return f"{OWN}{column}" if taken else column


def from_heading(heading: str) -> str:
    """The column that a heading of the user's own stands for."""
    return heading[len(OWN) :] if heading.casefold().startswith(OWN) else heading


def columns_of(photos: Iterable[CataloguePhoto]) -> tuple[str, ...]:
    """The user's own columns of which any photo has a value, by name."""
    return tuple(sorted({name for photo in photos for name, _ in photo.columns}))


def path_cell(path: bytes) -> str:
    """The path as `to_text` writes it; white space at its ends, which is taken off cells, is percent-encoded too."""
    text = to_text(path)
    return text if text == text.strip() else quote(path, safe="/")


def fixed_cells(photo: CataloguePhoto, path: str) -> list[str]:
    """The cells below `FIXED`; `path` as it stands in the table."""
    place = ["" if value is None else repr(value) for value in (photo.latitude, photo.longitude)]
    size = [str(value) if value else "" for value in (photo.width, photo.height)]
    words = (photo.reason, photo.former_label, join_words(photo.tags), photo.sha256.hex())
    return [path, photo.label, photo.part or "", photo.state, *words, *size, photo.taken, photo.camera, *place]


def own_cells(photo: CataloguePhoto, columns: Sequence[str]) -> list[str]:
    """The cells below the user's own columns."""
    values = dict(photo.columns)
    return [values.get(name, "") for name in columns]


def write_rows(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]], *, bom: bool = False) -> None:
    """The file holds the table: UTF-8, commas, no cell that a spreadsheet would compute.

    Args:
        bom: begin with a byte order mark, by which Excel knows the encoding.
    Raises:
        StorageError: the disk refused.
    """
    with atomic_open(path) as out:
        out.write(codecs.BOM_UTF8 if bom else b"")
        for row in (headings, *rows):
            line = io.StringIO(newline="")
            # Only the signs of the line's end are put between quotation marks: with these two, both are.
            csv.writer(line, lineterminator="\r\n").writerow([to_cell(cell) for cell in row])
            out.write(line.getvalue().encode("utf-8"))
