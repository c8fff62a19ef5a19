"""The key map, made from the declared actions, so that it cannot be out of date."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.dialogs.dialog import Dialog
from gui.widgets.cards import label

translate = QCoreApplication.translate


class KeysDialog(Dialog):
    """`groups`: (heading, ((keys, what they do), ...)); keys in Qt's portable writing or as words."""

    def __init__(self, groups: Sequence[tuple[str, Sequence[tuple[str, str]]]], parent: QWidget | None = None) -> None:
        super().__init__(parent, translate("Dialog", "Keys"), width=880)
        columns = QGridLayout()
        columns.setHorizontalSpacing(40)
        columns.setVerticalSpacing(24)
        for at, (heading, entries) in enumerate(groups):
            columns.addLayout(self._group(heading, entries), at // 2, at % 2, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(columns)

    def _group(self, heading: str, entries: Sequence[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 120)
        grid.setColumnStretch(1, 1)
        grid.addWidget(label(heading, "section"), 0, 0, 1, 2)
        for at, (keys, text) in enumerate(entries, start=1):
            native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) if "+" in keys else keys
            grid.addWidget(label(native, "key"), at, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(text, wrap=True), at, 1)
        return grid
