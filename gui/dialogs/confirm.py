"""A question with a clear consequence and two answers."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.dialogs.dialog import Dialog
from gui.widgets.cards import label


class ConfirmDialog(Dialog):
    """`accepted` means yes. The answer that keeps things as they are has the focus."""

    def __init__(
        self, parent: QWidget | None, heading: str, text: str, *, yes: str, no: str, kind: str = "danger"
    ) -> None:
        super().__init__(parent, heading, accept_text=yes, kind=kind)
        self.body.addWidget(label(text, wrap=True))
        self.reject_button.setText(no)
        self.reject_button.setAccessibleName(no)
        self.reject_button.setFocus()
