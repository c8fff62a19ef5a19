"""Why photos are left out: a reason typed, or one that was given before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from gui.dialogs.dialog import Dialog
from gui.widgets.cards import label

translate = QCoreApplication.translate
MAX_LENGTH = 80


class ExcludeDialog(Dialog):
    """`chosen` carries the reason, empty if none was given. `offered` stands in the field, `known` can be chosen."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None, n: int, offered: str, known: Sequence[str]) -> None:
        heading = translate("Dialog", "Exclude %n photo(s)", "", n)
        super().__init__(parent, heading, accept_text=translate("Dialog", "Exclude"))
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.reason.setAccessibleName(self.tr("Reason"))
        for name in dict.fromkeys(name for name in (offered, *known) if name):
            self.reason.addItem(name)
        field = self.reason.lineEdit()
        field.setMaxLength(MAX_LENGTH)
        field.setText(offered)
        field.setPlaceholderText(self.tr("For example: blurred, empty, a copy"))
        field.selectAll()
        text = self.tr("They count nowhere until they are included again. The files stay as they are.")
        self.body.addWidget(label(text, wrap=True))
        self.body.addWidget(label(self.tr("Why?"), "section"))
        self.body.addWidget(self.reason)
        self.accepted.connect(self._choose)
        self.reason.setFocus()

    def _choose(self) -> None:
        self.chosen.emit(self.reason.currentText().strip())
