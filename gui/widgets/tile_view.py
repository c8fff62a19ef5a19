"""Tiles of one size in lines, placed by arithmetic: a hundred thousand of them cost no more than ten.

Qt's own list view lays every item out anew when one goes: 100 ms for 100,000 photos, at each label. Here only what is
in sight is ever looked at.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

Index = QModelIndex | QPersistentModelIndex
_Move = QAbstractItemView.CursorAction
_Hint = QAbstractItemView.ScrollHint


class TileView(QAbstractItemView):
    """A view over a flat list model. `set_tile_size` decides the size of a tile; columns share the whole width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tile = QSize(100, 100)
        self._anchor = QPersistentModelIndex()
        self._extending = False
        self._band = QRect()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: a bar that comes and goes changes the number of columns, which makes it come and go.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def set_tile_size(self, size: QSize) -> None:
        """Tiles are at least this large; the width left over is shared among the columns."""
        self._tile = size
        self.updateGeometries()
        self.viewport().update()

    def n_columns(self) -> int:
        """Tiles in a line, at least 1."""
        return max(1, self.viewport().width() // self._tile.width())

    def cell_width(self) -> int:
        """Width of a column in pixels, at least that of a tile."""
        return max(self._tile.width(), self.viewport().width() // self.n_columns())

    def visible_rows(self) -> range:
        """Positions of the tiles that are at least partly in sight."""
        top = self.verticalOffset()
        begin = top // self._tile.height() * self.n_columns()
        end = ((top + self.viewport().height() - 1) // self._tile.height() + 1) * self.n_columns()
        n_rows = self._n_rows()
        return range(min(begin, n_rows), min(end, n_rows))

    def rows_in(self, area: QRect) -> list[tuple[int, int]]:
        """Stretches (first, last) of the tiles that meet `area`, in viewport coordinates."""
        area = area.normalized()
        n, width, height = self.n_columns(), self.cell_width(), self._tile.height()
        left = max(0, area.left() // width)
        right = min(n - 1, area.right() // width)
        first = max(0, (area.top() + self.verticalOffset()) // height)
        last = (area.bottom() + self.verticalOffset()) // height
        n_rows = self._n_rows()
        last = min(last, (n_rows - 1) // n)
        if right < left:
            return []
        stretches = ((line * n + left, min(line * n + right, n_rows - 1)) for line in range(first, last + 1))
        return [(begin, end) for begin, end in stretches if begin <= end]

    def visualRect(self, index: Index) -> QRect:
        if not index.isValid():
            return QRect()
        line, column = divmod(index.row(), self.n_columns())
        width, height = self.cell_width(), self._tile.height()
        return QRect(column * width, line * height - self.verticalOffset(), width, height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        column = point.x() // self.cell_width()
        line = (point.y() + self.verticalOffset()) // self._tile.height()
        row = line * self.n_columns() + column
        inside = 0 <= column < self.n_columns() and line >= 0 and row < self._n_rows()
        return self.model().index(row, 0) if inside else QModelIndex()

    def scrollTo(self, index: Index, hint: QAbstractItemView.ScrollHint = _Hint.EnsureVisible) -> None:
        self.executeDelayedItemsLayout()
        area, room = self.visualRect(index), self.viewport().height()
        bar = self.verticalScrollBar()
        if hint == _Hint.PositionAtCenter:
            bar.setValue(bar.value() + area.center().y() - room // 2)
        elif hint == _Hint.PositionAtTop or area.top() < 0:
            bar.setValue(bar.value() + area.top())
        elif hint == _Hint.PositionAtBottom or area.bottom() >= room:
            bar.setValue(bar.value() + area.bottom() + 1 - room)

    def moveCursor(self, action: QAbstractItemView.CursorAction, keys: Qt.KeyboardModifier) -> QModelIndex:
        n_rows = self._n_rows()
        if not n_rows:
            return QModelIndex()
        current = self.currentIndex()
        if not current.isValid():
            return self.model().index(0, 0)
        n = self.n_columns()
        page = max(1, self.viewport().height() // self._tile.height()) * n
        steps = {
            _Move.MoveLeft: -1,
            _Move.MovePrevious: -1,
            _Move.MoveRight: 1,
            _Move.MoveNext: 1,
            _Move.MoveUp: -n,
            _Move.MoveDown: n,
            _Move.MovePageUp: -page,
            _Move.MovePageDown: page,
            _Move.MoveHome: -n_rows,
            _Move.MoveEnd: n_rows,
        }
        wanted = current.row() + steps[action]
        if action in (_Move.MoveUp, _Move.MoveDown) and not 0 <= wanted < n_rows:
            return current
        return self.model().index(max(0, min(n_rows - 1, wanted)), 0)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: Index) -> bool:
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        chosen = QItemSelection()
        model = self.model()
        for begin, end in self._stretches(rect, command):
            chosen.append(QItemSelection(model.index(begin, 0), model.index(end, 0)))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        seen = self.visible_rows()
        for stretch in (selection.at(at) for at in range(selection.count())):
            for row in range(max(stretch.top(), seen.start), min(stretch.bottom() + 1, seen.stop)):
                region += QRegion(self.visualRect(self.model().index(row, 0)))
        return region

    def updateGeometries(self) -> None:
        super().updateGeometries()
        n_lines = -(-self._n_rows() // self.n_columns())
        room = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, n_lines * self._tile.height() - room))
        bar.setPageStep(max(1, room - self._tile.height() // 3))
        bar.setSingleStep(max(1, self._tile.height() // 4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometries()

    def reset(self) -> None:
        super().reset()
        self.updateGeometries()
        self.viewport().update()

    def rowsInserted(self, parent: Index, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        self.updateGeometries()
        self.viewport().update()

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        super().rowsAboutToBeRemoved(parent, start, end)
        # The base class lays out only views that ask for it; what is below moves up.
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def doItemsLayout(self) -> None:
        super().doItemsLayout()
        self.updateGeometries()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        # Not a copy of pixels: the tile under the pointer would carry its highlight along.
        self.viewport().update()

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if not self._extending:
            self._anchor = QPersistentModelIndex(current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._extending = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().keyPressEvent(event)
        self._extending = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._extending = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mousePressEvent(event)
        self._extending = False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if not self._band.isNull():
            self._band = QRect()
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        current, selected = self.currentIndex(), self._selected_in_sight()
        base = option.state & ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        base &= ~QStyle.StateFlag.State_HasFocus
        hot = self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())) if self.underMouse() else QModelIndex()
        model, delegate = self.model(), self.itemDelegate()
        for begin, end in self.rows_in(event.rect()):
            for row in range(begin, end + 1):
                index = model.index(row, 0)
                option.rect = self.visualRect(index)
                option.state = base
                if row in selected:
                    option.state |= QStyle.StateFlag.State_Selected
                if index == current and self.hasFocus():
                    option.state |= QStyle.StateFlag.State_HasFocus
                if index == hot:
                    option.state |= QStyle.StateFlag.State_MouseOver
                delegate.paint(painter, option, index)
        if not self._band.isNull():
            band = self.palette().highlight().color()
            painter.setPen(band)
            band.setAlpha(48)
            painter.setBrush(band)
            painter.drawRect(self._band)

    def _stretches(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> list[tuple[int, int]]:
        """What is selected: by a drag all it touches, with Shift everything from tile to tile, line after line."""
        if self.state() == QAbstractItemView.State.DragSelectingState:
            self._band = rect.normalized()
            self.viewport().update()
            return self.rows_in(rect)
        current = self.currentIndex()
        if command & QItemSelectionModel.SelectionFlag.Current and self._anchor.isValid() and current.isValid():
            low, high = sorted((self._anchor.row(), current.row()))
            return [(low, high)]
        return self.rows_in(rect)

    def _selected_in_sight(self) -> set[int]:
        seen, found = self.visible_rows(), set[int]()
        selection = self.selectionModel().selection()
        for at in range(selection.count()):
            stretch = selection.at(at)
            found.update(range(max(stretch.top(), seen.start), min(stretch.bottom() + 1, seen.stop)))
        return found

    def _n_rows(self) -> int:
        model = self.model()
        return model.rowCount() if model is not None else 0
