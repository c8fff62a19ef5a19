"""A table as all pages show it: whole rows, no grid, sortable headings, as tall as it needs to be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gui.models.table_model import TableModel

_ROW_HEIGHT = 32
# Qt's own stretching would squeeze the names to nothing where the numbers need all the room.
_LEAST_NAME, _LEAST_CHART = 120, 72


class RowTable(QTableView):
    """A table over a `TableModel`; the column number `wide` takes the room that is left."""

    def __init__(
        self,
        model: TableModel,
        name: str,
        *,
        fit_height: bool = False,
        most_rows: int = 0,
        wide: int = 0,
        least_wide: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """`name` is read to people who cannot see it.

        `least_wide`: pixels that the wide column keeps where the others need more room; 0: what is usual.
        `fit_height`: as tall as its rows, the page scrolls instead; above `most_rows` (0: never) the table does.
        """
        super().__init__(parent)
        self._fit_height = fit_height
        self._most_rows = most_rows
        self._wide = wide
        self._least = least_wide or (_LEAST_CHART if wide else _LEAST_NAME)
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
        head.setSectionResizeMode(wide, QHeaderView.ResizeMode.Fixed)
        head.sectionResized.connect(self._share_width)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        # Where the table is made lower while it is laid out, no resizing tells that a bar has taken its room.
        self.verticalScrollBar().rangeChanged.connect(self._share_again, Qt.ConnectionType.QueuedConnection)
        if most_rows:
            # Columns are as wide as what is in sight needs: looking at every row takes the window's time.
            head.setResizeContentsPrecision(most_rows)
        if fit_height:
            if not most_rows:
                self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            model.modelReset.connect(self._fit)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width(-1)

    def share_width(self) -> None:
        """The wide column takes the room that is left now; to be called where columns were shown or hidden."""
        self._share_width(-1)

    @Slot(int)
    def _share_width(self, section: int) -> None:
        if section == self._wide:
            return
        head = self.horizontalHeader()
        others = sum(head.sectionSize(at) for at in range(head.count()) if at != self._wide)
        head.resizeSection(self._wide, max(self._least, self.viewport().width() - others))
        if self._fit_height:
            self._fit()

    @Slot()
    def _share_again(self) -> None:
        self._share_width(-1)

    def _fit(self) -> None:
        n_rows = min(self.model().rowCount(), self._most_rows or self.model().rowCount())
        height = self.horizontalHeader().sizeHint().height() + n_rows * _ROW_HEIGHT + 4
        if self.horizontalHeader().length() > self.viewport().width():
            height += self.horizontalScrollBar().sizeHint().height()
        if height != self.height():
            self.setFixedHeight(height)
