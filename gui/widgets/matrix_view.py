"""The confusion matrix to look at and to walk through: heat by share of the row, a cell opens its photos."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui.core import theme
from gui.models.matrix_model import Cell, MatrixModel

CELL, LARGEST_CELL = 40, 72
NAME_ROOM = 116


class _CellDelegate(QStyledItemDelegate):
    """Ground: what is good in one hue, mistakes in another, both the stronger the larger the share of the row."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        cell: Cell | None = index.data(MatrixModel.CELL)
        if cell is None:
            return
        # In a difference fewer photos on the diagonal are bad, and fewer beside it good.
        good = (cell.true_column == cell.answer_column) == (cell.count >= 0)
        ground = _heat(cell, theme.token("matrix_right" if good else "matrix_wrong"))
        rect: QRect = option.rect.adjusted(1, 1, -1, -1)
        painter.fillRect(rect, ground)
        if cell.count:
            painter.setPen(QColor(theme.on_colour(ground.name())))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        if option.state & QStyle.StateFlag.State_Selected:
            pen = painter.pen()
            pen.setColor(theme.colour("text"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRect(rect.adjusted(1, 1, -1, -1))


def _heat(cell: Cell, full: str) -> QColor:
    """From the empty ground to the full hue; the root makes single mistakes visible beside large counts."""
    empty, hue = theme.colour("sunken"), QColor(full)
    if not cell.count:
        return empty
    weight = 0.12 + 0.88 * abs(cell.share) ** 0.5
    parts = ((a * (1 - weight) + b * weight) for a, b in zip(empty.getRgb()[:3], hue.getRgb()[:3], strict=True))
    return QColor(*(round(part) for part in parts))


class _UprightHeader(QHeaderView):
    """Column names written upwards, so that forty classes stand side by side."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), NAME_ROOM)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        painter.save()
        painter.setPen(theme.colour("text_muted"))
        painter.translate(rect.left(), rect.bottom())
        painter.rotate(-90)
        room = QRect(6, 0, rect.height() - 8, rect.width())
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class _NameHeader(QHeaderView):
    """Row names, to the right, close to their row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionsClickable(True)

    def sizeHint(self) -> QSize:
        return QSize(NAME_ROOM + 8, super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        text = str(self.model().headerData(section, Qt.Orientation.Vertical) or "")
        painter.setPen(theme.colour("text_muted"))
        room = rect.adjusted(4, 0, -8, 0)
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)


class MatrixView(QTableView):
    """`cell_chosen` carries the `Cell` that was clicked, or entered with the arrow keys.

    `cell_opened` carries the one that was double-clicked, or on which Enter was pressed.
    """

    cell_chosen = Signal(object)
    cell_opened = Signal(object)

    def __init__(self, model: MatrixModel, *, least: int = CELL, parent: QWidget | None = None) -> None:
        """`least`: pixels a cell has at least; where there are more cells than fit, the view scrolls."""
        super().__init__(parent)
        self._least = least
        self.setAccessibleName(self.tr("Confusion matrix: rows are the true classes, columns the answers"))
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(self))
        self.setHorizontalHeader(_UprightHeader(self))
        self.setVerticalHeader(_NameHeader(self))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setMinimumSectionSize(least)
            header.setDefaultSectionSize(least)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setCornerButtonEnabled(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        model.modelReset.connect(self._fit)
        self.selectionModel().currentChanged.connect(self._tell)
        # A click on the cell that is current already asks for its photos again.
        self.clicked.connect(self._tell)
        self.activated.connect(self._open)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Cells use the room there is; many classes scroll instead of shrinking below what can be read."""
        n = max(1, self.model().columnCount())
        room = min(self.viewport().width(), self.viewport().height())
        side = max(self._least, min(LARGEST_CELL, room // n))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setDefaultSectionSize(side)

    @Slot(QModelIndex)
    def _tell(self, index: QModelIndex) -> None:
        if index.isValid():
            self.cell_chosen.emit(index.data(MatrixModel.CELL))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.cell_opened.emit(index.data(MatrixModel.CELL))
