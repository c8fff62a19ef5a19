"""Files that could not become photos, each with its reason, to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from engine.base.events import RefusedFile
from engine.base.fspath import shown
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import button, label

translate = QCoreApplication.translate


class RefusedFilesDialog(Dialog):
    """A list to read; nothing is decided here."""

    def __init__(self, files: Sequence[RefusedFile], parent: QWidget | None = None) -> None:
        super().__init__(parent, translate("Dialog", "Files that cannot be used"), width=640)
        text = self.tr("Left out: %n file(s). The files themselves were not changed.", "", len(files))
        self.body.addWidget(label(text, wrap=True))
        self._list = QPlainTextEdit("\n\n".join(f"{shown(file.path)}\n    {file.text}" for file in files))
        self._list.setReadOnly(True)
        self._list.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._list.setMinimumHeight(260)
        self._list.setAccessibleName(self.tr("Files and reasons"))
        self.body.addWidget(self._list, 1)
        copy = button(self.tr("Copy list"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        self.buttons.insertWidget(0, copy)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._list.toPlainText())
