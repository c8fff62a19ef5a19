"""Rows of a table that are left out, each with its reason, to read and to copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui.dialogs.dialog import Dialog
from gui.widgets.cards import button, label

if TYPE_CHECKING:
    from engine.exchange.text_table import RowProblem

translate = QCoreApplication.translate
MOST_LISTED = 5000


class RowProblemsDialog(Dialog):
    """A list to read; nothing is decided here."""

    def __init__(self, problems: Sequence[RowProblem], parent: QWidget | None = None) -> None:
        super().__init__(parent, translate("Dialog", "Rows that are left out"), width=640)
        text = self.tr("Left out: %n row(s) or cell(s). All others count.", "", len(problems))
        self.body.addWidget(label(text, wrap=True))
        lines = [self.tr("Row {0}: {1}").format(f"{one.line:,}", one.text) for one in problems[:MOST_LISTED]]
        if len(problems) > MOST_LISTED:
            lines.append(self.tr("and %n more", "", len(problems) - MOST_LISTED))
        self._list = QPlainTextEdit("\n".join(lines))
        self._list.setReadOnly(True)
        self._list.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._list.setMinimumHeight(260)
        self._list.setAccessibleName(self.tr("Rows and reasons"))
        self.body.addWidget(self._list, 1)
        copy = button(self.tr("Copy list"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        self.buttons.insertWidget(0, copy)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._list.toPlainText())
