"""Loss against learning rate, the rate on a scale of factors, with the rate that would be used."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.core import theme

LEFT, RIGHT, TOP, BOTTOM = 52, 16, 26, 44
TICK_PX = 11
TEXT_WIDTH = 44
N_TICKS = 4
# Above so many times the first loss the curve only says that it has broken.
HIGHEST = 1.5


class RatePlot(QWidget):
    """`moved` carries the rate the user points at; left and right move it, Escape goes back to the suggestion.

    `picked` when that rate is to be used: Enter.
    """

    moved = Signal(float)
    picked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rates: tuple[float, ...] = ()
        self._losses: tuple[float, ...] = ()
        self._suggested: float | None = None
        self._at: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Loss by learning rate"))
        self.setToolTip(
            self.tr("Click on the curve for another rate than the suggested one (left and right arrow, Enter)")
        )

    def show_curve(self, rates: Sequence[float], losses: Sequence[float], suggested: float | None) -> None:
        """Rates above zero, rising, each with its loss; `suggested` is marked."""
        self._rates, self._losses, self._suggested = tuple(rates), tuple(losses), suggested
        self.point_at(suggested)

    def point_at(self, rate: float | None) -> None:
        """That rate is the one to use; None: none is."""
        self._at = rate
        self.setAccessibleDescription("" if rate is None else self.tr("Rate {0}").format(rate_text(rate)))
        self.update()

    def rate(self) -> float | None:
        """The rate to use."""
        return self._at

    def x_of(self, rate: float) -> float:
        """Where a rate is, in pixels from the left."""
        low, high = math.log10(self._rates[0]), math.log10(self._rates[-1])
        share = (math.log10(rate) - low) / max(1e-9, high - low)
        return LEFT + share * (self.width() - LEFT - RIGHT)

    def sizeHint(self) -> QSize:
        return QSize(420, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, 200)

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if steps and self._rates:
            self._step(steps)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit()
        elif event.key() == Qt.Key.Key_Escape and self._at != self._suggested:
            self._move(self._suggested)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._follow(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._follow(event.position().x())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(TICK_PX)
        painter.setFont(font)
        space = self._space()
        painter.fillRect(space, theme.colour("plot_ground"))
        if len(self._rates) > 1:
            low, high = self._loss_range()
            self._draw_scales(painter, space, low, high)
            self._draw_curve(painter, space, low, high)
            self._draw_marks(painter, space, low, high)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(space)

    # Drawing

    def _space(self) -> QRectF:
        return QRectF(LEFT, TOP, max(1, self.width() - LEFT - RIGHT), max(1, self.height() - TOP - BOTTOM))

    def _loss_range(self) -> tuple[float, float]:
        low, high = min(self._losses), min(max(self._losses), HIGHEST * self._losses[0])
        room = 0.06 * max(1e-6, high - low)
        return low - room, high + room

    def _draw_scales(self, painter: QPainter, space: QRectF, low: float, high: float) -> None:
        grid, ink = QPen(theme.colour("plot_grid")), theme.colour("text_muted")
        for power in range(math.ceil(math.log10(self._rates[0]) - 1e-9), math.floor(math.log10(self._rates[-1])) + 1):
            x = self.x_of(10.0**power)
            painter.setPen(grid)
            painter.drawLine(QPointF(x, space.top()), QPointF(x, space.bottom()))
            painter.setPen(ink)
            painter.drawText(
                QRectF(x - 24, space.bottom() + 4, 48, 16), Qt.AlignmentFlag.AlignCenter, rate_text(10.0**power)
            )
        step = _round_step((high - low) / N_TICKS)
        for n in range(math.ceil(low / step), math.floor(high / step) + 1):
            y = _y(space, n * step, low, high)
            painter.setPen(grid)
            painter.drawLine(QPointF(space.left(), y), QPointF(space.right(), y))
            painter.setPen(ink)
            words = QRectF(0, y - 8, LEFT - 6, 16)
            painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{n * step:.4g}")
        painter.drawText(QRectF(0, 4, self.width(), 16), Qt.AlignmentFlag.AlignLeft, self.tr("Loss"))
        below = QRectF(LEFT, space.bottom() + 22, space.width(), 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.tr("Learning rate"))

    def _draw_curve(self, painter: QPainter, space: QRectF, low: float, high: float) -> None:
        painter.save()
        painter.setClipRect(space)
        painter.setPen(QPen(theme.colour("plot_line"), 2))
        points = zip(self._rates, self._losses, strict=True)
        painter.drawPolyline(QPolygonF([QPointF(self.x_of(x), _y(space, y, low, high)) for x, y in points]))
        painter.restore()

    def _draw_marks(self, painter: QPainter, space: QRectF, low: float, high: float) -> None:
        suggested, at = self._suggested, self._at
        if suggested is not None and suggested != at:
            # Two texts beside one another need this room; the chosen rate's is the one that counts.
            told = at is None or abs(self.x_of(suggested) - self.x_of(at)) > TEXT_WIDTH
            self._draw_mark(painter, space, suggested, theme.colour("text_muted"), (low, high), told=told)
        if at is not None:
            self._draw_mark(painter, space, at, theme.colour("plot_line_2"), (low, high), told=True)

    def _draw_mark(
        self, painter: QPainter, space: QRectF, rate: float, ink: QColor, losses: tuple[float, float], *, told: bool
    ) -> None:
        x, y = self.x_of(rate), _y(space, self._losses[self._nearest(rate)], *losses)
        painter.setPen(QPen(ink, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, space.top()), QPointF(x, space.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(x, y), 5, 5)
        painter.setPen(ink)
        words = QRectF(x - TEXT_WIDTH / 2, space.top() - 18, TEXT_WIDTH, 16)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, rate_text(rate) if told else "")

    # The rate to use

    def _nearest(self, rate: float) -> int:
        at = bisect_left(self._rates, rate)
        near = [n for n in (at - 1, at) if 0 <= n < len(self._rates)]
        return min(near, key=lambda n: abs(math.log(self._rates[n] / rate)))

    def _step(self, steps: int) -> None:
        """To the next rate that reads differently."""
        start = self._at if self._at is not None else self._rates[len(self._rates) // 2]
        at = self._nearest(start)
        while 0 <= at + steps < len(self._rates):
            at += steps
            if rounded(self._rates[at]) != rounded(start):
                break
        self._move(self._rates[at])

    def _follow(self, x: float) -> None:
        if self._rates:
            self._move(min(self._rates, key=lambda rate: abs(self.x_of(rate) - x)))

    def _move(self, rate: float | None) -> None:
        self.point_at(rate)
        if rate is not None:
            self.moved.emit(rate)


def rounded(rate: float) -> float:
    """A learning rate as one would write it: with one figure."""
    return float(f"{rate:.0e}")


def rate_text(rate: float) -> str:
    """`3e-3`."""
    figure, _, power = f"{rate:.0e}".partition("e")
    return f"{figure}e{int(power)}"


def _y(space: QRectF, loss: float, low: float, high: float) -> float:
    return space.bottom() - (loss - low) / (high - low) * space.height()


def _round_step(step: float) -> float:
    """1, 2 or 5 times a power of ten, not below."""
    power = 10.0 ** math.floor(math.log10(max(step, 1e-9)))
    return next((figure * power for figure in (1.0, 2.0, 5.0) if figure * power >= step), 10.0 * power)
