"""Something unforeseen happened: the report, to copy; nothing is sent anywhere."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui.dialogs.dialog import Dialog
from gui.widgets.cards import button, label

translate = QCoreApplication.translate


class CrashDialog(Dialog):
    """Says what is safe and shows the report."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, translate("Dialog", "Something went wrong"), width=640)
        self.body.addWidget(
            label(
                self.tr(
                    "Fieldmark met a fault of its own. Your photos are untouched and every label up to now is saved. "
                    "You can go on working. Please copy the report and send it to the makers; nothing is sent "
                    "by itself."
                ),
                wrap=True,
            )
        )
        self._report = QPlainTextEdit(report)
        self._report.setReadOnly(True)
        self._report.setMinimumHeight(220)
        self._report.setAccessibleName(self.tr("Report"))
        self.body.addWidget(self._report, 1)
        copy = button(self.tr("Copy report"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        self.buttons.insertWidget(0, copy)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report.toPlainText())
