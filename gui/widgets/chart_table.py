"""A table whose rows are bars or boxes: a click on a cell, or Enter, asks for the photos it stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from gui.core.picking import Pick
from gui.models.table_model import TableModel
from gui.widgets.chart_delegate import ChartDelegate, Shape
from gui.widgets.table_view import RowTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Which column is drawn, and how a row is."""

    column: int
    shape: Callable[[Any], Shape]


class ChartTable(RowTable):
    """`picked` carries the `Pick` of a cell; `named` the row, for a cell that stands for no photos of its own.

    `pick` gives what a row and the number of a column stand for. Above `most_rows` the table scrolls.
    """

    picked = Signal(object)
    named = Signal(object)

    def __init__(
        self,
        model: TableModel,
        name: str,
        chart: Chart,
        pick: Callable[[Any, int], Pick | None],
        *,
        most_rows: int = 12,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, name, fit_height=True, most_rows=most_rows, wide=chart.column, parent=parent)
        self._pick = pick
        self.setProperty("role", "chart")
        self.setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.setItemDelegateForColumn(chart.column, ChartDelegate(chart.shape, self))
        self.clicked.connect(self._tell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._tell(self.currentIndex())
            return
        super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _tell(self, index: QModelIndex) -> None:
        row = index.data(TableModel.ROW) if index.isValid() else None
        if row is None:
            return
        found = self._pick(row, index.column())
        if found is not None:
            self.picked.emit(found)
        else:
            self.named.emit(row)
