"""What the colours of a chart mean: a swatch and a word for each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.core import theme

SWATCH, SPACE, BETWEEN = 10, 6, 14


class Legend(QWidget):
    """Painted in one line; `entries` are pairs of a word and a theme token."""

    def __init__(self, entries: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = tuple(entries)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(word for word, _ in entries))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        words = sum(metrics.horizontalAdvance(word) + SWATCH + SPACE + BETWEEN for word, _ in self._entries)
        return QSize(max(0, words - BETWEEN), metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 0
        for word, token in self._entries:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(token))
            painter.drawRoundedRect(left, (self.height() - SWATCH) // 2, SWATCH, SWATCH, 2, 2)
            left += SWATCH + SPACE
            width = self.fontMetrics().horizontalAdvance(word)
            painter.setPen(theme.colour("text_muted"))
            painter.drawText(QRect(left, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, word)
            left += width + BETWEEN
