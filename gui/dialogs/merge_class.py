"""Into which class another one is merged."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from engine.store.rows import ClassRow
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import label

translate = QCoreApplication.translate


class MergeClassDialog(Dialog):
    """`chosen` carries the ClassId of the class that stays."""

    chosen = Signal(object)

    def __init__(self, source: ClassRow, others: Sequence[ClassRow], parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            translate("Dialog", "Merge “{0}” into…").format(source.name),
            accept_text=translate("Dialog", "Merge"),
        )
        text = self.tr("All %n photo(s) of it get the other class's label. This can be undone.", "", source.n_photos)
        self.body.addWidget(label(text, wrap=True))
        self._target = QComboBox()
        self._target.setAccessibleName(self.tr("Class that stays"))
        for row in others:
            self._target.addItem(row.name, row.id)
        self.body.addWidget(self._target)

    def accept(self) -> None:
        self.chosen.emit(self._target.currentData())
        super().accept()
