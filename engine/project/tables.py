"""Verbs on side tables: what a CSV file says of photos that are in the project already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.base.changes import Changes
from engine.base.errors import UserError
from engine.base.ids import OpId, PhotoId
from engine.exchange.catalogue import CataloguePhoto
from engine.exchange.photo_names import NamedPhoto, PhotoNames
from engine.exchange.side_table import TableMatch, key_column, match_rows, meta_of
from engine.exchange.text_table import TableRow, TextTable
from engine.project.context import Context
from engine.project.tags import MAX_LENGTH
from engine.project.taking import Taken, Taking, fill_in
from engine.store.catalogue import photo_places


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """What was taken from a table. `columns`: the headings; `conflicts`: photos whose label is another and stays."""

    n_photos: int
    n_changed: int
    n_labelled: int
    columns: tuple[str, ...]
    classes_made: tuple[str, ...]
    conflicts: tuple[str, ...]


class Tables:
    """Reads what others know of the photos; looks at names of photos alone, never at a file the table names."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def names(self) -> PhotoNames:
        """The photos of the project by their names, to match rows with on another thread."""
        return photo_names(self._context)

    def match(self, table: TextTable, folder: bytes, *, key: str | int | None = None) -> TableMatch:
        """Which rows are of which photos.

        Args:
            folder: where the table lies.
            key: heading or number of the column that names the photos; None: the one that names most.
        Raises:
            UserError: no column names a photo, or there is none called `key`.
        """
        names = self.names()
        at = column_of(table, key) if key is not None else key_column(table, names, folder)
        if at is None:
            raise no_key()
        return match_rows(table, at, names, folder)

    def take(
        self,
        table: TextTable,
        match: TableMatch,
        *,
        title: str,
        columns: Sequence[int] | None = None,
        labels: int | None = None,
        replace: bool = False,
    ) -> tuple[TableSummary, Changes]:
        """What the rows say is known of their photos. One undo step.

        Places, dates and cameras also fill in what the photos themselves do not say. Empty cells say nothing.

        Args:
            title: of the step.
            columns: numbers of those to take; None: all but the key.
            labels: number of the column that says what photos show; it is no column of facts then.
            replace: labels that are there give way; else they stay, and that is a conflict.
        """
        wanted = [
            at
            for at in (range(len(table.headings)) if columns is None else columns)
            if at not in (match.key, labels) and 0 < len(" ".join(table.headings[at].split())) <= MAX_LENGTH
        ]
        told = [(PhotoId(i), _photo(table, row, wanted, labels)) for i, row in match.rows]
        taken = Taken()

        def act(op: OpId) -> int:
            nonlocal taken
            taking = Taking(self._context, op, replace=replace)
            taken = taking.taken
            return taking.take_all(told)

        with self._context.db.transaction():
            filled = fill_in(self._context, told)
        changes = self._context.step("import", Changes(title=title, photos=True, classes=True, labels=True), act)
        summary = TableSummary(
            n_photos=len(told),
            n_changed=taken.n_changed,
            n_labelled=taken.n_labelled,
            columns=tuple(table.headings[at] for at in wanted),
            classes_made=tuple(taken.classes_made),
            conflicts=tuple(taken.conflicts),
        )
        return summary, changes | Changes(photos=filled)


def no_key() -> UserError:
    """What is to be said of a table of other photos."""
    return UserError(
        "No column of the table names photos of this project.",
        safe="Nothing was changed.",
        advice="One column must hold file names, or paths, as the project knows them.",
    )


def photo_names(context: Context) -> PhotoNames:
    """All photos of the project by their names."""
    places = photo_places(context.db, context.folder_bytes)
    return PhotoNames(NamedPhoto(int(i), path, rel_path.count(b"/") + 1) for i, path, rel_path, _ in places)


def column_of(table: TextTable, key: str | int) -> int:
    """The number of the column that is meant by its heading (case or not) or number.

    Raises:
        UserError: there is none.
    """
    at = key if isinstance(key, int) else table.column(key.casefold())
    if at is None or not 0 <= at < len(table.headings):
        listed = ", ".join(table.headings[:20])
        raise UserError(f"The table has no column {key}.", safe="Nothing was changed.", advice=f"It has: {listed}.")
    return at


def _photo(table: TextTable, row: TableRow, columns: Sequence[int], labels: int | None) -> CataloguePhoto:
    label = "" if labels is None else row.cells[labels]
    meta = meta_of(table, row)
    return CataloguePhoto(
        path=b"",
        rel_path="",
        class_name=label,
        state="labelled" if label else "unlabelled",
        columns=tuple((table.headings[at], row.cells[at]) for at in columns if row.cells[at]),
        taken=meta.taken,
        camera=meta.camera,
        latitude=meta.latitude,
        longitude=meta.longitude,
    )
