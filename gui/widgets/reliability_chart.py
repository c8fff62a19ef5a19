"""How honest confidences are: for each tenth of confidence the share that is right, beside what it should be."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.insight.calibration import Bin, Calibration
from gui.core import theme
from gui.core.score_text import percent

HEIGHT = 280
WIDEST = 560
SCALE, LABELS, COUNTS = 48, 44, 20


class ReliabilityChart(QWidget):
    """`chosen` carries the number of a bar, from the left. Left and right walk along the bars, Enter chooses.

    The diagonal is where confidences are honest; a bar above it is right more often than it says, one below less often.
    """

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bins: tuple[Bin, ...] = ()
        self._current = -1
        self._hot = -1
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMaximumWidth(WIDEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_calibration(self, found: Calibration | None) -> None:
        """The bars of this calibration; none for None."""
        self._bins = () if found is None else found.bins
        self._current = min(self._current, len(self._bins) - 1)
        self._say()
        self.update()

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._bins) - 1
        wanted = {
            Qt.Key.Key_Left: max(0, self._current - 1),
            Qt.Key.Key_Right: min(last, self._current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if wanted is not None and last >= 0:
            self._current = wanted
            self._say()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self.chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hot = self._at(round(event.position().x()))
        if hot != self._hot:
            self._hot = hot
            self.update()
        if hot >= 0:
            QToolTip.showText(event.globalPosition().toPoint(), self._words(hot), self)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hot = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self._at(round(event.position().x()))
        if event.button() == Qt.MouseButton.LeftButton and at >= 0:
            self._current = at
            self._say()
            self.update()
            self.chosen.emit(at)

    # Where things are

    def _room(self) -> QRect:
        return self.rect().adjusted(SCALE, COUNTS, -8, -LABELS)

    def _pitch(self) -> float:
        return self._room().width() / max(1, len(self._bins))

    def _at(self, x: int) -> int:
        at = int((x - self._room().left()) // self._pitch()) if self._bins else -1
        return at if 0 <= at < len(self._bins) else -1

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

    def _say(self) -> None:
        self.setAccessibleDescription(self._words(self._current) if self._current >= 0 else "")
