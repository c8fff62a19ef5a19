"""The CSV manifest: one row a photo with everything that is said of it, for people, spreadsheets and programs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from engine.base.errors import DamagedInput
from engine.base.fspath import shown
from engine.data.manifest import Part
from engine.data.scan import part_named
from engine.exchange.catalogue import STATES, Catalogue, CataloguePhoto, State
from engine.exchange.cells import split_words
from engine.exchange.forms import Form
from engine.exchange.layout import Placed, as_they_lie
from engine.exchange.manifest_columns import (
    FIXED,
    LABELS,
    PARTS,
    PATHS,
    columns_of,
    fixed_cells,
    from_heading,
    own_cells,
    path_cell,
    to_heading,
    write_rows,
)
from engine.exchange.reading import Reading, ReadPhoto, place_below
from engine.exchange.side_table import meta_of
from engine.exchange.text_table import RowProblem, TableRow, TextTable, read_table

FILE = "manifest.csv"


def place(catalogue: Catalogue) -> tuple[Placed, ...]:
    """The photos lie beside the table as they lie in their set."""
    return as_they_lie(catalogue.photos, besides=(FILE,))


def write(folder: Path, placed: Sequence[Placed], *, bom: bool = False) -> None:
    """`manifest.csv` is in the folder; headings `FIXED`, then the user's own columns.

    Raises:
        StorageError: the disk refused.
    """
    photos = [one.photo for one in placed]
    own = columns_of(photos)
    rows = ([*fixed_cells(one.photo, path_cell(one.path)), *own_cells(one.photo, own)] for one in placed)
    write_rows(folder / FILE, (*FIXED, *map(to_heading, own)), rows, bom=bom)


def is_manifest(table: TextTable) -> bool:
    """Whether the table says of files what they show."""
    return table.column(*PATHS) is not None and table.column(*LABELS) is not None


def read(file: bytes) -> Reading:
    """The photos that a manifest names, relative to its own folder; also one of another program with two columns.

    In a folder that is called like a part of a split (as Hugging Face has them) that is the part of all photos.

    Raises:
        DamagedInput: no table, or none that says of files what they show.
    """
    table = read_table(file)
    if not is_manifest(table):
        raise DamagedInput(
            "damaged",
            f"{shown(file).rpartition('/')[2]} does not say of files what they show.",
            safe="Nothing was changed.",
            advice="It needs a column `path` (or `file_name`) and a column `label`. "
            "Other facts of photos that are in the project already are read as a table.",
        )
    reader = _Reader(table, os.path.dirname(file))
    photos = tuple(ReadPhoto(row.line, photo) for row in table.rows if (photo := reader.photo(row)) is not None)
    form: Form = "huggingface" if table.column("path") is None and table.column("file_name") is not None else "csv"
    return Reading(
        form=form, file=file, folder=reader.folder, photos=photos, problems=(*table.problems, *reader.problems),
        notes=table.notes,
    )  # fmt: skip


class _Reader:
    """Reads rows one after the other, and collects what cannot be used."""

    def __init__(self, table: TextTable, folder: bytes) -> None:
        self.folder = folder
        self._table = table
        self.problems: list[RowProblem] = []
        self._folder_part = part_named(os.path.basename(folder))
        self._at = {name: table.column(name) for name in FIXED}
        self._at.update(path=table.column(*PATHS), label=table.column(*LABELS), split=table.column(*PARTS))
        used = {at for at in self._at.values() if at is not None}
        self._own = [(at, from_heading(h)) for at, h in enumerate(table.headings) if h and at not in used]

    def photo(self, row: TableRow) -> CataloguePhoto | None:
        path = self._cell(row, "path")
        if not path:
            self.problems.append(RowProblem(row.line, "It names no file."))
            return None
        meta, state = meta_of(self._table, row), self._state(row)
        columns = {name: row.cells[at] for at, name in self._own if row.cells[at]}
        return CataloguePhoto(
            path=place_below(self.folder, path),
            rel_path=path,
            sha256=self._sha256(row),
            class_name=self._cell(row, "label") if state == "labelled" else self._former_label(row),
            state=state,
            reason=self._cell(row, "reason") if state == "excluded" else "",
            tags=tuple(sorted(set(split_words(self._cell(row, "tags"))))),
            columns=tuple(sorted(columns.items())),
            part=self._part(row),
            taken=meta.taken,
            camera=meta.camera,
            latitude=meta.latitude,
            longitude=meta.longitude,
            width=self._number(row, "width"),
            height=self._number(row, "height"),
        )

    def _cell(self, row: TableRow, name: str) -> str:
        at = self._at[name]
        return "" if at is None else row.cells[at]

    def _former_label(self, row: TableRow) -> str:
        return self._cell(row, "former_label") or self._cell(row, "label")

    def _state(self, row: TableRow) -> State:
        text = self._cell(row, "state").casefold()
        usual: State = "labelled" if self._cell(row, "label") else "unlabelled"
        if not text or text == usual:
            return usual
        if text not in STATES or text == "labelled":
            self.problems.append(RowProblem(row.line, f"“{text[:40]}” is no state it can have; it is {usual}."))
            return usual
        return cast("State", text)

    def _part(self, row: TableRow) -> Part | None:
        text = self._cell(row, "split")
        if not text:
            return self._folder_part
        part = part_named(text.encode("latin-1", "replace"))
        if part is None:
            self.problems.append(RowProblem(row.line, f"“{text[:40]}” is no part of a split; it has none."))
        return part

    def _sha256(self, row: TableRow) -> bytes:
        try:
            digest = bytes.fromhex(self._cell(row, "sha256"))
        except ValueError:
            return b""
        return digest if len(digest) == 32 else b""

    def _number(self, row: TableRow, name: str) -> int:
        text = self._cell(row, name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
