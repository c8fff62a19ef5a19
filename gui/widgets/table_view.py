"""A table as all pages show it: whole rows, no grid, sortable headings, as tall as it needs to be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gui.models.table_model import TableModel

_ROW_HEIGHT = 32
# Qt's own stretching would squeeze the names to nothing where the numbers need all the room.
_LEAST_NAME = 120


class RowTable(QTableView):
    """A table over a `TableModel`; the first column takes the room that is left."""

    def __init__(
        self, model: TableModel, name: str, *, fit_height: bool = False, parent: QWidget | None = None
    ) -> None:
        """`name` is read to people who cannot see it; `fit_height`: as tall as its rows, the page scrolls instead."""
        super().__init__(parent)
        self._fit_height = fit_height
        self.setAccessibleName(name)
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        head.sectionResized.connect(self._share_width)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        if fit_height:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            model.modelReset.connect(self._fit)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width(-1)

    @Slot(int)
    def _share_width(self, section: int) -> None:
        if section == 0:
            return
        head = self.horizontalHeader()
        others = sum(head.sectionSize(at) for at in range(1, head.count()))
        head.resizeSection(0, max(_LEAST_NAME, self.viewport().width() - others))
        if self._fit_height:
            self._fit()

    def _fit(self) -> None:
        height = self.horizontalHeader().sizeHint().height() + self.model().rowCount() * _ROW_HEIGHT + 4
        if self.horizontalHeader().length() > self.viewport().width():
            height += self.horizontalScrollBar().sizeHint().height()
        if height != self.height():
            self.setFixedHeight(height)
