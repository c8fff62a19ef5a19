"""Upright bars side by side, as of photos by month: a click on one, or Enter, asks for its photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.core import theme
from gui.widgets.bars import Bars

HEIGHT = 200
LABELS = 22
SCALE = 48
WIDEST = 120
GAP = 12


@dataclass(frozen=True, slots=True)
class Upright:
    """One bar: what stands beneath it, and how many photos it stands for."""

    text: str
    n: int


class ColumnChart(Bars):
    """`chosen` carries the number of a bar, from the left. Left and right walk along the bars, Enter chooses."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._bars: tuple[Upright, ...] = ()

    def show_bars(self, bars: Sequence[Upright]) -> None:
        """These bars are shown, from left to right."""
        self._bars = tuple(bars)
        self._set_bars(len(self._bars))

    def sizeHint(self) -> QSize:
        return QSize(420, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def bar_rect(self, at: int) -> QRect:
        """Where a bar stands, at its full height."""
        room = self._room()
        pitch = self._pitch()
        thick = max(2, round(pitch * 0.72) if pitch > 4 else round(pitch))
        return QRect(room.left() + round(at * pitch + (pitch - thick) / 2), room.top(), thick, room.height())

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room, most = self._room(), max((bar.n for bar in self._bars), default=0)
        self._paint_scale(painter, room, most)
        for at, bar in enumerate(self._bars):
            place = self.bar_rect(at)
            if bar.n:
                top = room.bottom() + 1 - max(2, round(room.height() * bar.n / most))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("accent_hover" if at == self._hot else "accent"))
                painter.drawRoundedRect(QRect(place.left(), top, place.width(), room.bottom() + 1 - top), 2, 2)
            if at == self._current and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colour("text"), 2))
                painter.drawRoundedRect(place.adjusted(-2, -2, 2, 2), 3, 3)
        self._paint_labels(painter, room)

    # Where things are

    def _room(self) -> QRect:
        return self.rect().adjusted(SCALE, GAP, -GAP // 2, -LABELS)

    def _pitch(self) -> float:
        return min(float(WIDEST), self._room().width() / max(1, len(self._bars)))

    def _paint_scale(self, painter: QPainter, room: QRect, most: int) -> None:
        for n in sorted({0, most // 2, most}):
            y = room.bottom() + 1 - (round(room.height() * n / most) if most else 0)
            painter.setPen(theme.colour("plot_grid"))
            painter.drawLine(room.left(), y, room.right(), y)
            painter.setPen(theme.colour("text_muted"))
            where = QRect(0, y - 10, SCALE - 8, 20)
            painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{n:,}")

    def _paint_labels(self, painter: QPainter, room: QRect) -> None:
        painter.setPen(theme.colour("text_muted"))
        right = -1
        for at, bar in enumerate(self._bars):
            width = self.fontMetrics().horizontalAdvance(bar.text)
            left = self.bar_rect(at).center().x() - width // 2
            left = max(0, min(left, self.width() - width))
            if left > right:
                where = QRect(left, room.bottom() + 4, width + 2, LABELS - 4)
                painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, bar.text)
                right = left + width + GAP

    # In words

    def _words(self, at: int) -> str:
        bar = self._bars[at]
        return self.tr("{0}: %n photo(s)", "", bar.n).format(bar.text)
