"""The frame of every dialog: heading, body, one primary button that Enter presses, Cancel that Escape presses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.widgets.cards import GAP, button, label


class Dialog(QDialog):
    """Put things into `body`; open with `open()`. It deletes itself when it is closed.

    `accept_text` empty: there is only a Close button.
    """

    def __init__(
        self, parent: QWidget | None, heading: str, *, accept_text: str = "", kind: str = "primary", width: int = 460
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * GAP, 3 * GAP, 3 * GAP, 2 * GAP + 4)
        outer.setSpacing(2 * GAP)
        self.heading = label(heading, "title", wrap=True)
        outer.addWidget(self.heading)
        self.body = QVBoxLayout()
        self.body.setSpacing(GAP)
        outer.addLayout(self.body, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(GAP)
        self.buttons.addStretch(1)
        outer.addLayout(self.buttons)
        self.accept_button: QPushButton | None = None
        self.reject_button = button(self.tr("Cancel") if accept_text else self.tr("Close"))
        self.reject_button.setAutoDefault(not accept_text)
        self.reject_button.clicked.connect(self.reject)
        self.buttons.addWidget(self.reject_button)
        if accept_text:
            self.accept_button = button(accept_text, kind)
            self.accept_button.setDefault(True)
            self.accept_button.clicked.connect(self.accept)
            self.buttons.addWidget(self.accept_button)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            # Texts came or grew; a dialog that keeps its height would cut them off.
            wanted = self.layout().totalHeightForWidth(self.width())
            if wanted > self.height():
                self.resize(self.width(), wanted)
        return done
