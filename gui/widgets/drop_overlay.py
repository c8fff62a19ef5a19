"""The sheet over the window while files are dragged over it: says what dropping them will do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.core import icons, theme

ICON = 56


class DropOverlay(QWidget):
    """Covers its parent; takes no mouse and no drops itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_text(self, text: str) -> None:
        """The overlay covers its parent and says this."""
        self._text = text
        self.setGeometry(self.parentWidget().rect())
        self.raise_()
        self.show()

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
