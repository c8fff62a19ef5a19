"""Saving the table of compared runs for a spreadsheet or a paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from gui.core.session import Session
from gui.verbs.save_file import SaveFileVerb

if TYPE_CHECKING:
    from engine.insight.comparison import ComparedRun, Comparison

translate = QCoreApplication.translate
TableForm = Literal["csv", "md", "tex"]


# Columns of the window that are several columns of a file.
_WRITTEN = {
    "name": ("run", "name"),
    "accuracy": ("accuracy", "accuracy_ci95"),
    "difference": ("gained", "lost", "difference", "difference_ci95"),
    "macro_f1": ("macro_f1", "macro_f1_ci95"),
    "fold_accuracy": ("folds", "fold_accuracy", "fold_accuracy_sd"),
    "fold_macro_f1": ("fold_macro_f1", "fold_macro_f1_sd"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A comparison as it is to be seen: the names of the columns, and the rows that are shown, in their order."""

    found: Comparison
    columns: tuple[str, ...]
    runs: tuple[ComparedRun, ...]


class SaveComparisonVerb(SaveFileVerb):
    """Saves the table in one of three forms."""

    def __init__(self, session: Session, window: QWidget) -> None:
        title, told = (
            translate("SaveComparison", "Save the table"),
            translate("SaveComparison", "The table was saved as {0}."),
        )
        super().__init__(session, window, title=title, told=told)

    def choose(self, form: TableForm, shown: ShownTable) -> None:
        """The user says where the table goes; `form` is the ending of its name."""
        self._ask(form, lambda path: self.save(form, shown, path))

    def save(self, form: TableForm, shown: ShownTable, path: Path) -> None:
        """The table is on its way into the file."""
        self._saver.save(path, partial(_contents, form, shown))


def _contents(form: TableForm, shown: ShownTable) -> bytes:
    from engine.report.comparison_table import as_csv, as_latex, as_markdown, headings_called

    headings = headings_called([name for column in shown.columns for name in _WRITTEN.get(column, (column,))])
    return {"csv": as_csv, "md": as_markdown, "tex": as_latex}[form](shown.found, headings, shown.runs)
