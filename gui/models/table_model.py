"""A table of frozen rows: the columns say what they show, how they sort and how they are aligned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """One column. `text` is what is shown, `key` what it sorts by (the text if None), `tip` explains the heading.

    `name`: what settings and files call it, whatever the language; empty where none speaks of it.
    """

    heading: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    tip: str = ""
    numeric: bool = False
    colour: Callable[[Row], Any] | None = None
    name: str = ""


class TableModel(QAbstractTableModel, Generic[Row]):
    """Rows given at once, sorted in place by any column; `ROW` gives the row itself."""

    ROW = Qt.ItemDataRole.UserRole + 1

    def __init__(self, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._given: tuple[Row, ...] = ()
        self._rows: list[Row] = []
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    def set_rows(self, rows: Sequence[Row]) -> None:
        """The table shows these rows, in their order or in the one chosen by the user."""
        self.beginResetModel()
        self._given = tuple(rows)
        self._arrange()
        self.endResetModel()

    def replace_row(self, position: int, row: Row) -> None:
        """The row at a position as given, while nothing is sorted, is this one now; what is chosen stays chosen."""
        self._given = (*self._given[:position], row, *self._given[position + 1 :])
        self._arrange()
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._columns) - 1))

    def row(self, position: int) -> Row:
        """The row at a position as shown."""
        return self._rows[position]

    def columns(self) -> tuple[Column[Row], ...]:
        """All columns, in their order."""
        return self._columns

    def rows(self) -> tuple[Row, ...]:
        """All rows as shown."""
        return tuple(self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and column.colour is not None:
            return column.colour(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.text(row)
        if role == self.ROW:
            return row
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.heading
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._rows[index.row()]) for index in self.persistentIndexList()]
        self._sorted_by = (column, order) if column >= 0 else None
        self._arrange()
        places = {id(row): at for at, row in enumerate(self._rows)}
        for index, row in kept:
            self.changePersistentIndex(index, self.index(places[id(row)], index.column()))
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        self._rows = list(self._given)
        if self._sorted_by is not None:
            number, order = self._sorted_by
            column = self._columns[number]
            key = column.key or column.text
            self._rows.sort(key=key, reverse=order == Qt.SortOrder.DescendingOrder)
