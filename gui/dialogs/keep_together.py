"""A name for photos that belong together, so that a split keeps them on one side; existing groups can be joined."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from gui.dialogs.dialog import Dialog
from gui.widgets.cards import label

translate = QCoreApplication.translate
MAX_LENGTH = 80


class KeepTogetherDialog(Dialog):
    """`chosen` carries the name of the group."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None, n: int, known: Sequence[str], *, used: bool) -> None:
        """`known`: groups there are; `used`: the project's plan keeps them together."""
        super().__init__(
            parent,
            translate("Dialog", "Keep %n photo(s) together", "", n),
            accept_text=translate("Dialog", "Keep together"),
        )
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_LENGTH)
        self.name.setAccessibleName(self.tr("Name of the group"))
        self.name.setPlaceholderText(self.tr("For example: dive 3, the same animal"))
        completer = QCompleter(list(known), self.name)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.name.setCompleter(completer)
        self.name.textChanged.connect(self._allow)
        text = self.tr("Photos of one group teach together or test together, never both.")
        if not used:
            text += " " + self.tr("The project's plan does not say so yet: see Explore, Split.")
        self.body.addWidget(label(text, "muted", wrap=True))
        self.body.addWidget(self.name)
        self.accepted.connect(self._choose)
        self._allow()
        self.name.setFocus()

    @Slot()
    def _allow(self) -> None:
        assert self.accept_button is not None
        self.accept_button.setEnabled(bool(self.name.text().strip()))

    @Slot()
    def _choose(self) -> None:
        if self.name.text().strip():
            self.chosen.emit(self.name.text().strip())
