"""Another name for a run, so that it is found again in the list."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from gui.dialogs.dialog import Dialog

translate = QCoreApplication.translate
MAX_LENGTH = 80


class RenameRunDialog(Dialog):
    """`chosen` carries the new name."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None, name: str) -> None:
        super().__init__(parent, translate("Dialog", "Rename the run"), accept_text=translate("Dialog", "Rename"))
        self.name = QLineEdit(name)
        self.name.setMaxLength(MAX_LENGTH)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.selectAll()
        self.body.addWidget(self.name)
        self.accepted.connect(self._choose)
        self.name.setFocus()

    def _choose(self) -> None:
        if self.name.text().strip():
            self.chosen.emit(self.name.text().strip())
