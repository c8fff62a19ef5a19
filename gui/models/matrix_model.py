"""A confusion matrix as a table: a row for each true class, a column for each answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.insight.metrics import Report

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `share`: count as a share of the row's photos, 0..1."""

    true_column: int
    answer_column: int
    count: int
    share: float


class MatrixModel(QAbstractTableModel):
    """Counts of one report; `CELL` gives the `Cell`."""

    CELL = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._counts: list[list[int]] = []
        self._sums: list[int] = []

    def show_report(self, report: Report | None) -> None:
        """The matrix of this report; empty for None."""
        self.show_counts(() if report is None else report.classes, [] if report is None else report.confusion.tolist())

    def show_counts(self, names: Sequence[str], counts: list[list[int]]) -> None:
        """The matrix of these counts: a row for each true class, a column for each answer."""
        self.beginResetModel()
        self._names = tuple(names)
        self._counts = counts
        self._sums = [sum(row) for row in counts]
        self.endResetModel()

    def name(self, column: int) -> str:
        """The class of a row or column."""
        return self._names[column]

    def total(self, row: int) -> int:
        """How many photos the row counts."""
        return self._sums[row]

    def text_of(self, cell: Cell) -> str:
        """What stands in a cell; nothing in those without photos."""
        return f"{cell.count:,}" if cell.count else ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._names)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._names):
            return None
        cell = self.cell(index.row(), index.column())
        if role == self.CELL:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text_of(cell)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.sentence(cell)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if section >= len(self._names):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._names[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            if orientation == Qt.Orientation.Vertical:
                return self.tr("{0}: {1} photos").format(self._names[section], self.total(section))
            return self.tr("Answered “{0}”").format(self._names[section])
        return None

    def cell(self, row: int, column: int) -> Cell:
        """What the model counts there."""
        count = self._counts[row][column]
        return Cell(row, column, count, count / self._sums[row] if self._sums[row] else 0.0)

    def sentence(self, cell: Cell) -> str:
        """The cell in words."""
        true, answer = self._names[cell.true_column], self._names[cell.answer_column]
        of = self.tr("{0} of {1} photos, {2} %").format(
            cell.count, self._sums[cell.true_column], round(cell.share * 100)
        )
        if cell.true_column == cell.answer_column:
            return self.tr("{0} recognised: {1}").format(true, of)
        return self.tr("{0} taken for {1}: {2}").format(true, answer, of)
