"""How honest confidences are: for each tenth of confidence the share that is right, beside what it should be."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from engine.insight.calibration import Bin, Calibration
from gui.core import theme
from gui.core.score_text import percent
from gui.widgets.bars import Bars

HEIGHT = 280
WIDEST = 560
SCALE, LABELS, COUNTS = 48, 44, 20


class ReliabilityChart(Bars):
    """`chosen` carries the number of a bar, from the left. Left and right walk along the bars, Enter chooses.

    The diagonal is where confidences are honest; a bar above it is right more often than it says, one below less often.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._bins: tuple[Bin, ...] = ()
        self.setMaximumWidth(WIDEST)

    def show_calibration(self, found: Calibration | None) -> None:
        """The bars of this calibration; none for None."""
        self._bins = () if found is None else found.bins
        self._set_bars(len(self._bins))

    def sizeHint(self) -> QSize:
        return QSize(WIDEST, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, HEIGHT)

    def bar_rect(self, at: int) -> QRect:
        """Where a bar stands, at its full height."""
        room, pitch = self._room(), self._pitch()
        return QRect(round(room.left() + at * pitch) + 2, room.top(), max(2, round(pitch) - 4), room.height())

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self._room()
        self._paint_scale(painter, room)
        for at, one in enumerate(self._bins):
            self._paint_bar(painter, at, one)
        painter.setPen(QPen(theme.colour("text"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(room.left(), room.bottom() + 1), QPointF(room.right() + 1, room.top()))

    # Where things are

    def _room(self) -> QRect:
        return self.rect().adjusted(SCALE, COUNTS, -8, -LABELS)

    def _y(self, share: float) -> float:
        room = self._room()
        return room.bottom() + 1 - room.height() * share

    # Painting

    def _paint_scale(self, painter: QPainter, room: QRect) -> None:
        for quarter in range(5):
            share = quarter / 4
            y, x = round(self._y(share)), round(room.left() + room.width() * share)
            painter.setPen(theme.colour("plot_grid"))
            painter.drawLine(room.left(), y, room.right(), y)
            painter.setPen(theme.colour("text_muted"))
            beside = QRect(0, y - 10, SCALE - 8, 20)
            painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(share))
            beneath = QRect(min(x - 30, self.width() - 60), room.bottom() + 4, 60, 18)
            side = Qt.AlignmentFlag.AlignRight if quarter == 4 else Qt.AlignmentFlag.AlignHCenter
            painter.drawText(beneath, side | Qt.AlignmentFlag.AlignVCenter, percent(share))
        axis = QRect(room.left(), room.bottom() + 22, room.width(), 18)
        painter.drawText(axis, Qt.AlignmentFlag.AlignCenter, self.tr("confidence"))

    def _paint_bar(self, painter: QPainter, at: int, one: Bin) -> None:
        place = self.bar_rect(at)
        if one.n:
            top = min(self._y(one.right), self._y(0.0) - 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_hover" if at == self._hot else "accent"))
            painter.drawRoundedRect(QRectF(place.left(), top, place.width(), self._y(0.0) - top), 2, 2)
            painter.setPen(theme.colour("text_muted"))
            line = self._y(one.confidence)
            # The line would strike the number through.
            base = line - 1 if top - COUNTS < line <= top else top
            above = QRect(place.left() - 8, round(base) - COUNTS, place.width() + 16, COUNTS - 2)
            painter.drawText(above, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, f"{one.n:,}")
            # Bars and the line are of like brightness in the dark: a margin keeps them apart.
            for token, thick in (("window", 6), ("plot_line_2", 2)):
                painter.setPen(QPen(theme.colour(token), thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
                painter.drawLine(QPointF(place.left(), line), QPointF(place.right() + 1, line))
        if at == self._current and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("text"), 2))
            painter.drawRoundedRect(place.adjusted(-2, -2, 2, 2), 3, 3)

    # In words

    def _words(self, at: int) -> str:
        one = self._bins[at]
        span = self.tr("Confidence {0} to {1}").format(percent(one.low), percent(one.high))
        if not one.n:
            return self.tr("{0}: no photos").format(span)
        text = self.tr("{0}: %n photo(s), {1} of them right, {2} sure on average", "", one.n)
        return text.format(span, percent(one.right), percent(one.confidence))
