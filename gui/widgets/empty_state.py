"""What a screen shows when it has nothing to show: an icon, what is missing, and the button that gets it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.widgets.cards import GAP, Picture, button, label, row

ICON = 48
TEXT_WIDTH = 440


class EmptyState(QWidget):
    """Centred icon, heading, one sentence, and up to two buttons; `chosen` carries the key of the pressed one."""

    chosen = Signal(str)

    def __init__(
        self,
        icon_name: str,
        heading: str,
        text: str,
        actions: tuple[tuple[str, str], ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`actions`: (key, text) of the buttons; the first is the primary one."""
        super().__init__(parent)
        self._buttons: list[tuple[QPushButton, str]] = []
        self._picture = Picture(icon_name, ICON, "text_disabled")
        self._heading = label(heading, "title")
        self._text = label(text, "muted", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        # A fixed width: a wrapped label that may choose its width asks for the height of another one.
        self._text.setFixedWidth(TEXT_WIDTH)
        box = QVBoxLayout(self)
        box.setSpacing(GAP)
        box.addStretch(2)
        box.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addSpacing(GAP)
        box.addWidget(self._heading, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addLayout(row(None, self._text, None))
        box.addSpacing(GAP)
        for at, (key, name) in enumerate(actions):
            made = button(name, "primary" if at == 0 else "quiet")
            made.clicked.connect(self._pressed)
            self._buttons.append((made, key))
            box.addWidget(made, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)

    def set_text(self, heading: str, text: str) -> None:
        """Another reason for being empty."""
        self._heading.setText(heading)
        self._text.setText(text)

    def set_busy(self, *, busy: bool) -> None:
        """Whether what the buttons begin is under way; then they cannot be pressed."""
        for made, _ in self._buttons:
            made.setEnabled(not busy)

    def _pressed(self) -> None:
        self.chosen.emit(next(key for made, key in self._buttons if made is self.sender()))
