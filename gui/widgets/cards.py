"""The small set of parts that every screen is built of: labels with a role, cards, buttons, spacers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.core.icons import icon, pixmap

GAP = 8
PAGE_MARGIN = 24


def label(text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """A text. `role`: `title`, `section`, `muted`, `figure` (a headline number), `key`, or nothing for body text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if wrap:
        made.setWordWrap(True)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def button(text: str, kind: str = "", *, icon_name: str = "", shortcut: str = "", tip: str = "") -> QPushButton:
    """A push button. `kind`: `primary` (one a screen), `quiet` (looks like a link), `danger`, or nothing.

    The tooltip names the shortcut; the accessible name is the text.
    """
    # The style sheet knows no distance between icon and text; a thin space is one.
    made = QPushButton(f"\u2009{text}" if icon_name else text)
    if kind:
        made.setProperty("kind", kind)
    if icon_name:
        token = {"primary": "on_accent", "quiet": "accent", "danger": "danger"}.get(kind, "text")
        made.setIcon(icon(icon_name, token))
        made.setIconSize(QSize(16, 16))
    if shortcut:
        made.setShortcut(shortcut)
    made.setToolTip(" ".join(part for part in (tip, f"({shortcut})" if shortcut else "") if part))
    made.setAccessibleName(text.replace("&", ""))
    return made


def tool_button(name: str, icon_name: str, *, shortcut: str = "", token: str = "text") -> QToolButton:
    """A button with an icon only; `name` is its tooltip and its accessible name."""
    made = QToolButton()
    made.setIcon(icon(icon_name, token))
    made.setIconSize(QSize(18, 18))
    made.setAutoRaise(True)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if shortcut:
        made.setShortcut(shortcut)
    made.setToolTip(f"{name} ({shortcut})" if shortcut else name)
    made.setAccessibleName(name)
    return made


def indent_figures(box: QAbstractSpinBox) -> None:
    """A number's field looks like the others: with arrows of our own the style leaves no room before the figures."""
    box.lineEdit().setTextMargins(6, 0, 0, 0)


class Picture(QWidget):
    """An icon as a picture, `size` pixels square; it follows the scheme. Decoration: it has no accessible name."""

    def __init__(self, name: str, size: int, token: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._token = token
        self.setFixedSize(size, size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, pixmap(self._name, self.width(), self._token, self.devicePixelRatioF()))


class Card(QFrame):
    """A rounded surface with an optional heading; put things into `body`."""

    def __init__(self, heading: str = "", *, role: str = "card", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", role)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(2 * GAP, 2 * GAP, 2 * GAP, 2 * GAP)
        self.body.setSpacing(GAP)
        if heading:
            self.body.addWidget(label(heading, "section"))


def upright_area(content: QWidget, name: str) -> QScrollArea:
    """The content in an area that scrolls up and down where there is too little room; `name` is its accessible name."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setWidget(content)
    made.setAccessibleName(name)
    return made


def row(*parts: QWidget | None, spacing: int = GAP) -> QHBoxLayout:
    """Widgets side by side; None is a stretch."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for part in parts:
        if part is None:
            made.addStretch(1)
        else:
            made.addWidget(part)
    return made


def line(*, vertical: bool = False) -> QFrame:
    """A hairline between two areas."""
    made = QFrame()
    made.setProperty("role", "line")
    if vertical:
        made.setFixedWidth(1)
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
    else:
        made.setFixedHeight(1)
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made
