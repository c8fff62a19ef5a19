"""One of the pictures a plot is made of: a scale at the left, the space for the lines, hairlines and a pointer.

Imported only once pyqtgraph has been loaded on another thread: see `gui.widgets.live_plot`.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from gui.core import theme

_AXIS_WIDTH = 62


class _Grid(pg.GraphicsObject):
    """Hairlines at the larger ticks. The grid of pyqtgraph's axes takes 20 ms to draw, this one less than one."""

    def __init__(self, across: pg.AxisItem, up: pg.AxisItem) -> None:
        super().__init__()
        self._across, self._up = across, up
        self._ticks: tuple[tuple[float, ...], tuple[list[float], list[float]]] = ((), ([], []))
        self.setZValue(-10)

    def boundingRect(self) -> QRectF:
        return QRectF(self.viewRect())

    def viewRangeChanged(self, *_: object) -> None:
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *_: object) -> None:
        seen = self.viewRect()
        pen = QPen(theme.colour("plot_grid"))
        pen.setCosmetic(True)
        painter.setPen(pen)
        xs, ys = self._ticks_of(seen)
        for x in xs:
            painter.drawLine(QPointF(x, seen.top()), QPointF(x, seen.bottom()))
        for y in ys:
            painter.drawLine(QPointF(seen.left(), y), QPointF(seen.right(), y))

    def _ticks_of(self, seen: QRectF) -> tuple[list[float], list[float]]:
        """Finding ticks takes a millisecond; they change more seldom than the lines do."""
        key = (seen.left(), seen.right(), seen.top(), seen.bottom(), self._across.width(), self._up.height())
        if key != self._ticks[0]:
            across = _large_ticks(self._across, seen.left(), seen.right(), self._across.width())
            up = _large_ticks(self._up, seen.top(), seen.bottom(), self._up.height())
            self._ticks = (key, (across, up))
        return self._ticks[1]


class PlotPanel:
    """One picture above the others: a scale at the left and the space the lines are drawn in.

    A `PlotItem` would bring menus and forms nobody sees, and takes ten times as long to make.
    """

    def __init__(self, layout: pg.GraphicsLayoutWidget, row: int, title: str, across: pg.AxisItem) -> None:
        self.left = pg.AxisItem("left")
        self.left.setLabel(title)
        self.left.setWidth(_AXIS_WIDTH)
        self.left.enableAutoSIPrefix(False)
        # The height follows what is seen; only the epochs are zoomed and moved.
        self.box = pg.ViewBox(enableMouse=True, enableMenu=False, defaultPadding=0.02)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.setAutoVisible(y=True)
        self.box.enableAutoRange(x=False, y=True)
        self.left.linkToView(self.box)
        layout.addItem(self.left, row=row, col=0)
        layout.addItem(self.box, row=row, col=1)
        self.box.addItem(_Grid(across, self.left), ignoreBounds=True)
        self.pointer = pg.InfiniteLine(angle=90, movable=False)
        self.pointer.hide()
        self.box.addItem(self.pointer, ignoreBounds=True)


def _large_ticks(axis: pg.AxisItem, low: float, high: float, length: float) -> list[float]:
    """Where the axis has numbers, or would have them."""
    levels = axis.tickValues(low, high, max(1.0, length))
    return [float(value) for _, values in levels[:1] for value in values]
