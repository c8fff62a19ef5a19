"""The sheet over the window while files are dragged over it: says what dropping them will do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.core import icons, theme

ICON = 56


class DropOverlay(QWidget):
    """Covers its parent, or what lies to the right of a part of it; takes no mouse and no drops itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = ""
        self._beside: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_text(self, text: str, *, beside: QWidget | None = None) -> None:
        """The overlay says this; `beside`, which does something else with a drop, is left to be seen."""
        self._text = text
        self._beside = beside
        self.fit()
        self.raise_()
        self.show()

    def fit(self) -> None:
        """The overlay covers what it should, at the size that its parent has now."""
        area = self.parentWidget().rect()
        if self._beside is not None:
            area.setLeft(self._beside.mapTo(self.parentWidget(), self._beside.rect().topRight()).x() + 1)
        self.setGeometry(area)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour("window", 225))
        painter.setPen(QPen(theme.colour("accent"), 3, Qt.PenStyle.DashLine))
        painter.setBrush(theme.colour("accent_soft", 160))
        painter.drawRoundedRect(self.rect().adjusted(24, 24, -24, -24), 12, 12)
        middle = self.rect().center()
        picture = icons.pixmap("folder-input", ICON, "accent", self.devicePixelRatioF())
        painter.drawPixmap(middle.x() - ICON // 2, middle.y() - ICON, picture)
        font = painter.font()
        font.setPixelSize(theme.TITLE_PX)
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        painter.drawText(self.rect().adjusted(0, ICON, 0, ICON), Qt.AlignmentFlag.AlignCenter, self._text)
