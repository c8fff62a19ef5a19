"""The table of compared runs: a click on a number that stands for photos asks for them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.base.ids import RunId
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
    """`photos_wanted` carries `NumberOfPhotos`; `chosen` follows the row that is the current one."""

    photos_wanted = Signal(object)
    chosen = Signal()

    def __init__(self, model: TableModel[ComparedModel], name: str, parent: QWidget | None = None) -> None:
        super().__init__(model, name, least_wide=_NAME_WIDTH, parent=parent)
        self._rows = model
        self.setMouseTracking(True)
        for column in (RIGHT_ALONE, WRONG_ALONE):
            self.setItemDelegateForColumn(column, _LinkDelegate(self))
        self.clicked.connect(self._tell)
        self.selectionModel().currentRowChanged.connect(self.chosen)

    def choose(self, run_id: RunId | None) -> None:
        """The row of the run is the current one, or the first."""
        places = {row.found.run_id: at for at, row in enumerate(self._rows.rows())}
        self.selectRow(0 if run_id is None else places.get(run_id, 0))

    def current(self) -> ComparedModel | None:
        """The row that is the current one."""
        row: ComparedModel | None = self.currentIndex().data(TableModel.ROW)
        return row

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
