"""The bar at the top: which project is open, undo and redo, light or dark."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from gui.core import icons, theme
from gui.widgets.cards import GAP, label


class TopBar(QFrame):
    """Shows actions that the window owns; their texts and enabled states follow by themselves."""

    def __init__(self, undo: QAction, redo: QAction, toggle_theme: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._name = label("", "section")
        self._place = label("", "muted")
        self._badge = label(self.tr("read only"), "key")
        self._badge.hide()
        self._theme = self._button(toggle_theme)
        box = QHBoxLayout(self)
        box.setContentsMargins(2 * GAP, 4, GAP, 4)
        box.setSpacing(GAP)
        box.addWidget(self._name)
        box.addWidget(self._badge)
        box.addWidget(self._place, 1)
        for part in (self._button(undo), self._button(redo), self._theme):
            box.addWidget(part)
        self.refresh_theme()

    def set_project(self, name: str, place: str, *, read_only: bool) -> None:
        """The open project's name and folder; both empty for none."""
        self._name.setText(name)
        self._place.setText(place)
        self._badge.setVisible(read_only)

    def refresh_theme(self) -> None:
        """The button shows the scheme it leads to."""
        self._theme.setIcon(icons.icon("sun" if theme.scheme() == "dark" else "moon"))

    def _button(self, action: QAction) -> QToolButton:
        made = QToolButton()
        made.setDefaultAction(action)
        made.setIconSize(QSize(18, 18))
        made.setAutoRaise(True)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setAccessibleName(action.text().replace("&", ""))
        return made
