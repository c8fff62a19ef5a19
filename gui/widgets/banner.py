"""A strip at the top of a page that says what is not as it should be, with the button that mends it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui.widgets.cards import GAP, Picture, button, label


class Banner(QFrame):
    """Hidden until `show_text`; `pressed` is emitted by its button."""

    pressed = Signal()

    def __init__(self, action_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._text = label("", wrap=True)
        self._action = act = button(action_text)
        act.clicked.connect(self.pressed)
        box = QHBoxLayout(self)
        box.setContentsMargins(2 * GAP, GAP, 2 * GAP, GAP)
        box.setSpacing(GAP)
        box.addWidget(Picture("triangle-alert", 18, "warning"))
        box.addWidget(self._text, 1)
        box.addWidget(act)
        self.hide()

    def set_action_text(self, text: str) -> None:
        """What the button says."""
        self._action.setText(text)
        self._action.setAccessibleName(text)

    def show_text(self, text: str) -> None:
        """The banner says this; hidden if it is empty."""
        self._text.setText(text)
        self.setVisible(bool(text))
