"""Saving the table of compared runs for a spreadsheet or a paper."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.base.fspath import to_bytes
from gui.core.file_saving import FileSaver
from gui.core.notices import Notice
from gui.core.session import Session
from gui.verbs.reveal import reveal

if TYPE_CHECKING:
    from engine.insight.comparison import Comparison

TableForm = Literal["csv", "md", "tex"]


class SaveComparisonVerb(QObject):
    """Asks where to, saves there, and tells; a notice says why if it could not be done."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._saver = FileSaver(self)
        self._saver.saved.connect(self._saved)
        self._saver.failed.connect(session.notices.error)

    def choose(self, form: TableForm, found: Comparison) -> None:
        """The user says where the table goes; `form` is the ending of its name."""
        picker = QFileDialog(self._window, self.tr("Save the table"))
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setNameFilter(f"*.{form}")
        picker.setDefaultSuffix(form)
        picker.fileSelected.connect(lambda file: self.save(form, found, Path(file)))
        picker.open()

    def save(self, form: TableForm, found: Comparison, path: Path) -> None:
        """The table is on its way into the file."""
        self._saver.save(path, partial(_contents, form, found))

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self._session.notices.post(
            Notice(
                level="success",
                text=self.tr("The table was saved as {0}.").format(path.name),
                action_text=self.tr("Show in its folder"),
                action=partial(reveal, to_bytes(path)),
            )
        )


def _contents(form: TableForm, found: Comparison) -> bytes:
    from engine.report.comparison_table import as_csv, as_latex, as_markdown

    return {"csv": as_csv, "md": as_markdown, "tex": as_latex}[form](found)
