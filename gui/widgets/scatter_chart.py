"""Points by width and height, both on scales by powers: a click on one, a drawn frame, or Enter asks for its photos."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.core import theme
from gui.core.pool_work import on_pool

HEIGHT = 320
LEFT, BOTTOM, TOP, RIGHT = 56, 40, 12, 12
SMALLEST, LARGEST = 3.0, 11.0
NEAR = 14
# Both scales span at least so many doublings.
LEAST_SPAN = 2.5
_DRAG = 6


class Point(Protocol):
    """Photos of one width and height in pixels; outliers are drawn in another colour."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def n(self) -> int: ...

    @property
    def is_outlier(self) -> bool: ...


class _Measured(NamedTuple):
    """Points, where they are on the scales as (n, 2) powers of two, and as (2, 2) where the scales begin and end."""

    points: tuple[Point, ...]
    logs: NDArray[np.float64]
    ends: NDArray[np.float64]


class ScatterChart(QWidget):
    """`chosen` carries the numbers of the points that were clicked or framed. Left and right walk through the points.

    However many points there are, they are drawn on another thread, once for each size of the chart.
    """

    chosen = Signal(object)

    def __init__(self, name: str, across: str, up: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._across, self._up = across, up
        self._points: tuple[Point, ...] = ()
        self._logs: NDArray[np.float64] = np.zeros((0, 2))
        self._range = np.array([[0.0, 0.0], [1.0, 1.0]])
        self._picture: QImage | None = None
        self._n_given = self._n_asked = 0
        self._current = -1
        self._pressed: QPoint | None = None
        self._frame = QRect()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_points(self, points: Sequence[Point]) -> None:
        """These points are drawn, soon."""
        self._n_given += 1
        on_pool(partial(_measured, tuple(points)), partial(self._take_points, self._n_given), context=self)

    def n_points(self) -> int:
        """How many points are drawn."""
        return len(self._points)

    def position_of(self, at: int) -> QPoint:
        """Where a point is on the chart."""
        x, y = self._places(self._logs[at : at + 1])[0]
        return QPoint(round(x), round(y))

    def sizeHint(self) -> QSize:
        return QSize(460, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, HEIGHT)

    # Drawing

    def _take_points(self, number: int, found: _Measured) -> None:
        if number != self._n_given:
            return
        self._points, self._logs, self._range = found
        self._current = min(self._current, len(self._points) - 1)
        self._say()
        self._draw()

    def _draw(self) -> None:
        self._n_asked += 1
        ratio = self.devicePixelRatioF()
        colours = (theme.colour("accent", 170), theme.colour("plot_line_2", 210))
        work = partial(_drawn, self.size(), ratio, self._places(self._logs), self._points, colours)
        on_pool(work, partial(self._take, self._n_asked), context=self)

    def _take(self, number: int, picture: QImage) -> None:
        if number == self._n_asked:
            self._picture = picture
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_scales(painter)
        if self._picture is not None:
            painter.drawImage(QPoint(0, 0), self._picture)
        if self._current >= 0 and self.hasFocus():
            painter.setPen(QPen(theme.colour("text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.position_of(self._current), LARGEST + 3, LARGEST + 3)
        if not self._frame.isNull():
            painter.setPen(theme.colour("accent"))
            painter.setBrush(theme.colour("accent", 40))
            painter.drawRect(self._frame)

    def _paint_scales(self, painter: QPainter) -> None:
        room = self._room()
        low, high = self._range
        for axis in (0, 1):
            for value in ticks(2.0 ** low[axis], 2.0 ** high[axis]):
                logs = np.array([[math.log2(value)] * 2])
                x, y = (round(v) for v in self._places(logs)[0])
                painter.setPen(theme.colour("plot_grid"))
                painter.drawLine(
                    *((x, room.top(), x, room.bottom()) if axis == 0 else (room.left(), y, room.right(), y))
                )
                painter.setPen(theme.colour("text_muted"))
                where = QRect(x - 30, room.bottom() + 2, 60, 18) if axis == 0 else QRect(0, y - 9, LEFT - 6, 18)
                side = Qt.AlignmentFlag.AlignHCenter if axis == 0 else Qt.AlignmentFlag.AlignRight
                painter.drawText(where, side | Qt.AlignmentFlag.AlignVCenter, f"{value:,}")
        painter.setPen(theme.colour("text_muted"))
        beneath = QRect(room.left(), self.height() - 20, room.width(), 20)
        painter.drawText(beneath, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, self._across)
        painter.save()
        painter.translate(0, room.bottom())
        painter.rotate(-90)
        painter.drawText(QRect(0, 0, room.height(), 16), Qt.AlignmentFlag.AlignHCenter, self._up)
        painter.restore()

    def _room(self) -> QRect:
        return self.rect().adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def _places(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) pixels across and down of the points."""
        room = self._room()
        shares = (logs - self._range[0]) / np.maximum(1e-9, self._range[1] - self._range[0])
        x = room.left() + shares[:, 0] * room.width()
        y = room.bottom() - shares[:, 1] * room.height()
        return np.stack([x, y], axis=1)

    # Choosing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position().toPoint()
        if self._pressed is not None and (here - self._pressed).manhattanLength() > _DRAG:
            self._frame = QRect(self._pressed, here).normalized()
            self.update()
            return
        at = self._nearest(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if at >= 0 else Qt.CursorShape.ArrowCursor)
        if at >= 0:
            QToolTip.showText(event.globalPosition().toPoint(), self._words(at), self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        frame, self._frame, self._pressed = self._frame, QRect(), None
        self.update()
        found = self._inside(frame) if not frame.isNull() else [self._nearest(event.position())]
        found = [at for at in found if at >= 0]
        if found:
            self._current = found[0]
            self._say()
            self.chosen.emit(tuple(found))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._points) - 1
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and last >= 0:
            self._current = max(0, min(last, self._current + step))
            self._say()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self.chosen.emit((self._current,))
        else:
            super().keyPressEvent(event)

    def _nearest(self, where: QPointF) -> int:
        if not self._points:
            return -1
        distance = np.hypot(*(self._places(self._logs) - (where.x(), where.y())).T)
        at = int(distance.argmin())
        return at if distance[at] <= NEAR else -1

    def _inside(self, frame: QRect) -> list[int]:
        x, y = self._places(self._logs).T
        inside = (x >= frame.left()) & (x <= frame.right()) & (y >= frame.top()) & (y <= frame.bottom())
        return [int(at) for at in np.flatnonzero(inside)]

    # In words

    def _words(self, at: int) -> str:
        point = self._points[at]
        text = self.tr("{0} × {1}: %n photo(s)", "", point.n).format(f"{point.width:,}", f"{point.height:,}")
        return text + (self.tr(", unlike the others") if point.is_outlier else "")

    def _say(self) -> None:
        self.setAccessibleDescription(self._words(self._current) if self._current >= 0 else "")


def ticks(low: float, high: float) -> list[int]:
    """Round numbers between the two, about a factor of two apart: 1, 2 and 5 times powers of ten."""
    found = []
    for power in range(7):
        found += [step * 10**power for step in (1, 2, 5) if low <= step * 10**power <= high]
    return found


def _measured(points: tuple[Point, ...]) -> _Measured:
    sides = np.array([(point.width, point.height) for point in points], dtype=np.float64).reshape(-1, 2)
    logs = np.log2(np.maximum(1.0, sides))
    low, high = (logs.min(axis=0), logs.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
    # A few sizes near each other are not drawn as if they were worlds apart.
    half = np.maximum((high - low) / 2 + 0.4, LEAST_SPAN / 2)
    return _Measured(points, logs, np.stack([(low + high) / 2 - half, (low + high) / 2 + half]))


def _drawn(
    size: QSize,
    ratio: float,
    places: NDArray[np.float64],
    points: Sequence[Point],
    colours: tuple[QColor, QColor],
) -> QImage:
    """The points on a transparent picture, unusual ones on top."""
    picture = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    most = math.log1p(max((point.n for point in points), default=1))
    for unusual in (False, True):
        painter.setBrush(colours[unusual])
        for (x, y), point in zip(places.tolist(), points, strict=True):
            if point.is_outlier == unusual:
                radius = SMALLEST + (LARGEST - SMALLEST) * math.log1p(point.n) / most
                painter.drawEllipse(QPointF(x, y), radius, radius)
    painter.end()
    return picture
