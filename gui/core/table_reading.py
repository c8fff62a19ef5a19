"""A table on its way into the project: read and matched on pool threads, so that a large one holds nothing up."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.core.pool_work import on_pool
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.exchange.photo_names import PhotoNames
    from engine.exchange.side_table import TableMatch
    from engine.exchange.text_table import TextTable
    from engine.project.project import Project

PREVIEWED = 50


@dataclass(frozen=True, slots=True)
class Matched:
    """Which rows are of which photos, and how the photos of the first `PREVIEWED` rows are called, by line.

    `n_unread`: dates that can be read in several ways or none.
    """

    match: TableMatch
    photos: dict[int, str]
    n_unread: int


class TableReading(QObject):
    """Reads a table and finds the photos it speaks of; changes nothing.

    `read` carries the `TextTable`; `matched` a `Matched` for each column that was to name the photos; `failed` an
    `AppError`, if it is no table or no column names photos.
    """

    read = Signal(object)
    matched = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, file: bytes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = os.path.dirname(file)
        self._names: PhotoNames | None = None
        self._wanted: int | None = None
        self.table: TextTable | None = None
        on_pool(partial(_read, file), self._take_table, context=self, on_error=self.failed.emit)

    def match(self, key: int | None) -> None:
        """The rows are matched by that column, or by the one that names most photos; the last one asked for counts."""
        self._wanted = key
        if self.table is None or self._names is None:
            return
        work = partial(_match, self.table, self._names, self._folder, key)
        on_pool(work, lambda found: self._name_photos(*found, key), context=self, on_error=self.failed.emit)

    def _take_table(self, table: TextTable) -> None:
        self.table = table
        self.read.emit(table)
        self._session.store.ask(lambda project: project.tables.names(), self._take_names, context=self)

    def _take_names(self, names: PhotoNames) -> None:
        self._names = names
        self.match(self._wanted)

    def _name_photos(self, match: TableMatch, n_unread: int, key: int | None) -> None:
        if key != self._wanted:
            return
        first = [(photo_id, row.line) for photo_id, row in match.rows[:PREVIEWED]]

        def name(project: Project) -> dict[int, str]:
            rows = {int(row.id): row.shown for row in project.browse.rows([i for i, _ in first])}
            return {line: rows[i] for i, line in first if i in rows}

        self._session.store.ask(name, lambda names: self.matched.emit(Matched(match, names, n_unread)), context=self)


def _read(file: bytes) -> TextTable:
    from engine.exchange.text_table import read_table

    return read_table(file)


def _match(table: TextTable, names: PhotoNames, folder: bytes, key: int | None) -> tuple[TableMatch, int]:
    from engine.exchange.side_table import key_column, match_rows, unread_dates
    from engine.project.tables import no_key

    at = key_column(table, names, folder) if key is None else key
    if at is None:
        raise no_key()
    match = match_rows(table, at, names, folder)
    return match, unread_dates(table, [one for _, one in match.rows])
