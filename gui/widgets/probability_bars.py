"""What a model thinks of a photo: the likeliest classes as bars with their share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.core import theme
from gui.core.score_text import percent

LINE = 26
BAR = 6


class ProbabilityBars(QWidget):
    """Up to `n_lines` classes, likeliest first; the one named `marked` (the label) is drawn in the accent."""

    def __init__(self, n_lines: int = 5, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._n_lines = n_lines
        self._shares: tuple[tuple[str, float], ...] = ()
        self._marked = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What the model thinks"))

    def show_shares(self, shares: Sequence[tuple[str, float]], marked: str = "") -> None:
        """Pairs of class name and probability in 0..1, in any order."""
        self._shares = tuple(sorted(shares, key=lambda pair: -pair[1])[: self._n_lines])
        self._marked = marked
        self.setAccessibleDescription(", ".join(f"{name} {percent(share)}" for name, share in self._shares))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, LINE * max(1, len(self._shares)))

    def minimumSizeHint(self) -> QSize:
        return QSize(140, LINE * max(1, len(self._shares)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, (name, share) in enumerate(self._shares):
            line = QRect(0, at * LINE, self.width(), LINE)
            words = line.adjusted(0, 0, 0, -BAR - 2)
            painter.setPen(theme.colour("text"))
            shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, words.width() - 56)
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            painter.setPen(theme.colour("text_muted"))
            painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(share))
            ground = QRect(0, line.bottom() - BAR, self.width(), BAR - 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("sunken"))
            painter.drawRoundedRect(ground, 2, 2)
            painter.setBrush(theme.colour("accent" if name == self._marked else "border_strong"))
            painter.drawRoundedRect(
                QRect(ground.topLeft(), QSize(max(2, round(ground.width() * share)), BAR - 2)), 2, 2
            )
