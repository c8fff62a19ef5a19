"""The rail at the left edge: one button a page, icon over name."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from gui.core.icons import icon
from gui.widgets.cards import GAP

WIDTH = 84


class NavRail(QFrame):
    """`chosen` carries the key of the page whose button was pressed."""

    chosen = Signal(str)

    def __init__(self, entries: tuple[tuple[str, str, str, str], ...], parent: QWidget | None = None) -> None:
        """`entries`: (key, name, icon, shortcut) from top to bottom; the shortcut is named, not set, here."""
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setFixedWidth(WIDTH)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QToolButton] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(GAP, GAP, GAP, GAP)
        box.setSpacing(4)
        for key, name, icon_name, shortcut in entries:
            made = self._button(name, icon_name, shortcut)
            made.setObjectName(key)
            self._group.addButton(made)
            self._buttons[key] = made
            box.addWidget(made)
        box.addStretch(1)
        self._group.buttonClicked.connect(self._clicked)

    def set_current(self, key: str) -> None:
        """The page's button is the pressed one; nothing is emitted."""
        self._buttons[key].setChecked(True)

    def _button(self, name: str, icon_name: str, shortcut: str) -> QToolButton:
        made = QToolButton()
        made.setProperty("role", "rail")
        made.setText(name)
        made.setIcon(icon(icon_name))
        made.setIconSize(QSize(22, 22))
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setCheckable(True)
        made.setFixedWidth(WIDTH - 2 * GAP)
        made.setFixedHeight(60)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setToolTip(f"{name} ({shortcut})")
        made.setAccessibleName(name)
        return made

    @Slot(object)
    def _clicked(self, pressed: QToolButton) -> None:
        self.chosen.emit(pressed.objectName())
