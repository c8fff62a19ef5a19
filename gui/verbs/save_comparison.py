"""Saving the table of compared runs for a spreadsheet or a paper."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from gui.core.session import Session
from gui.verbs.save_file import SaveFileVerb

if TYPE_CHECKING:
    from engine.insight.comparison import Comparison

translate = QCoreApplication.translate
TableForm = Literal["csv", "md", "tex"]


class SaveComparisonVerb(SaveFileVerb):
    """Saves the table in one of three forms."""

    def __init__(self, session: Session, window: QWidget) -> None:
        title, told = (
            translate("SaveComparison", "Save the table"),
            translate("SaveComparison", "The table was saved as {0}."),
        )
        super().__init__(session, window, title=title, told=told)

    def choose(self, form: TableForm, found: Comparison) -> None:
        """The user says where the table goes; `form` is the ending of its name."""
        self._ask(form, lambda path: self.save(form, found, path))

    def save(self, form: TableForm, found: Comparison, path: Path) -> None:
        """The table is on its way into the file."""
        self._saver.save(path, partial(_contents, form, found))


def _contents(form: TableForm, found: Comparison) -> bytes:
    from engine.report.comparison_table import as_csv, as_latex, as_markdown

    return {"csv": as_csv, "md": as_markdown, "tex": as_latex}[form](found)
