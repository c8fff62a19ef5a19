"""Draws one column of a table as a chart: bars made of parts, or boxes of quartiles or dots on a common scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.core import theme
from gui.models.table_model import TableModel

THICK = 14
RADIUS = 4.5
LEAST_WIDTH = 72


@dataclass(frozen=True, slots=True)
class Bar:
    """Parts side by side: share of the whole width (together at most 1), and theme token of each."""

    parts: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Five numbers of a distribution as shares of the whole width, 0..1, in order."""

    smallest: float
    quartile1: float
    median: float
    quartile3: float
    largest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """Single values and their mean as shares of the whole width, 0..1."""

    values: tuple[float, ...]
    mean: float


Shape = Bar | Box | Dots


class ChartDelegate(QStyledItemDelegate):
    """`shape` gives the chart of a row; shares are of the width of the column."""

    def __init__(self, shape: Callable[[object], Shape], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = shape

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(LEAST_WIDTH, super().sizeHint(option, index).height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hot = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hot:
            painter.fillRect(option.rect, theme.colour("accent_soft" if chosen else "hover"))
        row = index.data(TableModel.ROW)
        room = option.rect.adjusted(8, (option.rect.height() - THICK) // 2, -8, 0)
        room.setHeight(THICK)
        if row is None or room.width() < 2:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        shape = self._shape(row)
        if isinstance(shape, Bar):
            _paint_bar(painter, room, shape)
        elif isinstance(shape, Box):
            _paint_box(painter, room, shape)
        else:
            _paint_dots(painter, room, shape)
        painter.restore()


def _paint_bar(painter: QPainter, room: QRect, bar: Bar) -> None:
    left = float(room.left())
    for share, token in bar.parts:
        width = share * room.width()
        if width > 0.0:
            painter.setBrush(theme.colour(token))
            # However few, they are seen.
            painter.drawRoundedRect(round(left), room.top(), max(2, round(width)), room.height(), 2, 2)
        left += width


def _paint_dots(painter: QPainter, room: QRect, dots: Dots) -> None:
    middle = room.center().y() + 0.5
    painter.setPen(QPen(theme.colour("plot_grid"), 1))
    painter.drawLine(room.left(), round(middle), room.right(), round(middle))
    painter.setPen(Qt.PenStyle.NoPen)
    # Folds that are equally good lie on one another; the deeper colour says so.
    painter.setBrush(theme.colour("accent", 150))
    for value in dots.values:
        painter.drawEllipse(QPointF(room.left() + value * (room.width() - 1), middle), RADIUS, RADIUS)
    x = room.left() + round(dots.mean * (room.width() - 1))
    painter.setPen(QPen(theme.colour("plot_line_2"), 2))
    painter.drawLine(x, room.top() - 1, x, room.bottom() + 1)


def _paint_box(painter: QPainter, room: QRect, box: Box) -> None:
    def x(share: float) -> int:
        return room.left() + round(share * (room.width() - 1))

    middle = room.center().y()
    painter.setPen(QPen(theme.colour("border_strong"), 1))
    painter.drawLine(x(box.smallest), middle, x(box.largest), middle)
    for end in (box.smallest, box.largest):
        painter.drawLine(x(end), middle - 4, x(end), middle + 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent"))
    painter.drawRoundedRect(x(box.quartile1), room.top(), max(2, x(box.quartile3) - x(box.quartile1)), THICK, 2, 2)
    painter.setPen(QPen(theme.colour("on_accent"), 2))
    painter.drawLine(x(box.median), room.top() + 1, x(box.median), room.top() + THICK - 2)
