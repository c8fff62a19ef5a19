"""A log that grows at its end, as a table of times and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.core import theme
from gui.core.run_log import LogRow

Index = QModelIndex | QPersistentModelIndex
INK = {"plain": "text", "good": "success", "warning": "warning"}


class LogModel(QAbstractTableModel):
    """Rows in the order they came; the first column is the time since the beginning, the second the sentence."""

    def __init__(self, headings: tuple[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headings = headings
        self._rows: list[LogRow] = []

    def set_rows(self, rows: Sequence[LogRow]) -> None:
        """The log is this one."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def append(self, row: LogRow) -> None:
        """The row stands at the end."""
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
        self._rows.append(row)
        self.endInsertRows()

    def rows(self) -> tuple[LogRow, ...]:
        """All rows."""
        return tuple(self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return clock_text(row.seconds) if index.column() == 0 else row.text
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.colour("text_muted" if index.column() == 0 else INK[row.level])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def clock_text(seconds: float) -> str:
    """`0:07`, `12:40`, `1:02:03`."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
