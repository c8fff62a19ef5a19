"""The table of compared runs: a click on a number that stands for photos asks for them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.core import theme
from gui.models.comparison_model import RIGHT_ALONE, WRONG_ALONE, ComparedModel, photos_of
from gui.models.table_model import TableModel
from gui.widgets.table_view import RowTable

_NAME_WIDTH = 220


class _LinkDelegate(QStyledItemDelegate):
    """Numbers that stand for photos look like links."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        row = index.data(TableModel.ROW)
        if row is not None and photos_of(row, index.column()) is not None:
            option.font.setUnderline(True)
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
                option.palette.setColor(role, theme.colour("accent"))


class ComparisonTable(RowTable):
    """`photos_wanted` carries `NumberOfPhotos`; `chosen` follows the rows that are chosen and the current one."""

    photos_wanted = Signal(object)
    chosen = Signal()

    def __init__(self, model: TableModel[ComparedModel], name: str, parent: QWidget | None = None) -> None:
        super().__init__(model, name, least_wide=_NAME_WIDTH, parent=parent)
        self._rows = model
        self.setMouseTracking(True)
        self.setSelectionMode(RowTable.SelectionMode.ExtendedSelection)
        for column in (RIGHT_ALONE, WRONG_ALONE):
            self.setItemDelegateForColumn(column, _LinkDelegate(self))
        self.clicked.connect(self._tell)
        self.selectionModel().currentRowChanged.connect(self.chosen)
        self.selectionModel().selectionChanged.connect(self.chosen)

    def current(self) -> ComparedModel | None:
        """The row that is the current one."""
        row: ComparedModel | None = self.currentIndex().data(TableModel.ROW)
        return row

    def chosen_rows(self) -> tuple[ComparedModel, ...]:
        """The chosen rows, from top to bottom."""
        return tuple(self._rows.row(at) for at in sorted(index.row() for index in self.selectionModel().selectedRows()))

    def keep_chosen(self, change: Callable[[], object]) -> None:
        """`change` gives the table other rows, or others in another order; those chosen stay chosen, if they are there.

        If none is, the first row is the chosen one.
        """
        ids = {row.found.run_id for row in self.chosen_rows()}
        current = self.current()
        change()
        places = [at for at, row in enumerate(self._rows.rows()) if row.found.run_id in ids]
        if not places:
            self.selectRow(0)
            return
        selection = QItemSelection()
        for at in places:
            selection.select(self._rows.index(at, 0), self._rows.index(at, self._rows.columnCount() - 1))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        at = next(
            (at for at in places if current and self._rows.row(at).found.run_id == current.found.run_id), places[0]
        )
        self.selectionModel().setCurrentIndex(self._rows.index(at, 0), QItemSelectionModel.SelectionFlag.NoUpdate)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._tell(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = index.data(TableModel.ROW)
        is_link = row is not None and photos_of(row, index.column()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor)

    @Slot(QModelIndex)
    def _tell(self, index: QModelIndex) -> None:
        row = index.data(TableModel.ROW)
        found = None if row is None else photos_of(row, index.column())
        if found is not None:
            self.photos_wanted.emit(found)
