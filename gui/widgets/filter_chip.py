"""What a list is narrowed to, as a chip that takes the narrowing away when it is pressed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.core.icons import icon
from gui.widgets.cards import GAP

MOST_LETTERS = 80


class FilterChip(QFrame):
    """A line of its own, hidden until `show_title`; `removed` is emitted when the chip is pressed."""

    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.chip = QPushButton()
        self.chip.setProperty("kind", "chip")
        self.chip.setIcon(icon("x"))
        self.chip.setIconSize(QSize(14, 14))
        # The cross stands behind the words.
        self.chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.chip.clicked.connect(self.removed)
        box = QHBoxLayout(self)
        box.setContentsMargins(2 * GAP, 0, 2 * GAP, GAP)
        box.addWidget(self.chip)
        box.addStretch(1)
        self.hide()

    def show_title(self, title: str, n: int) -> None:
        """The chip says what the `n` photos have in common; it is hidden if that is empty."""
        self.setVisible(bool(title))
        if not title:
            return
        short = title if len(title) <= MOST_LETTERS else title[: MOST_LETTERS - 1] + "…"
        photos = self.tr("%n photo(s)", "", n)
        # A space of some width keeps the cross at a distance.
        self.chip.setText(self.tr("Showing: {0}, {1}").format(short, photos).replace("&", "&&") + "\u2002")
        self.chip.setToolTip(self.tr("{0}. Press to show all photos of the list again.").format(title))
        self.chip.setAccessibleName(self.tr("Showing only {0}, {1}: show all again").format(title, photos))
