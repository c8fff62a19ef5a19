"""What of a study can be saved as a file: its report, its table, its plan, and everything to repeat it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QWidget

from engine.recipe.study_plan import StudyPlan
from gui.verbs.studies import ReportForm, StudyVerbs


class StudySaveMenu(QMenu):
    """Saves the study that `plan` gives at that moment, if it gives one."""

    def __init__(self, verbs: StudyVerbs, plan: Callable[[], StudyPlan | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._verbs = verbs
        self._plan = plan
        forms: tuple[tuple[str, ReportForm], ...] = (
            (self.tr("Report as a page (HTML)…"), "html"),
            (self.tr("Report to print (PDF)…"), "pdf"),
            (self.tr("Table (CSV)…"), "csv"),
            (self.tr("Table (Markdown)…"), "md"),
            (self.tr("Table (LaTeX)…"), "tex"),
        )
        for text, form in forms:
            self.addAction(text, partial(self._save_report, form))
        self.addSeparator()
        self.addAction(self.tr("Plan (TOML)…"), self._save_plan)
        self.addAction(self.tr("Everything to repeat it (ZIP)…"), self._save_bundle)

    def _save_report(self, form: ReportForm) -> None:
        plan = self._plan()
        if plan is not None:
            self._verbs.ask_report(plan, form)

    @Slot()
    def _save_plan(self) -> None:
        plan = self._plan()
        if plan is not None:
            self._verbs.ask_save_plan(plan)

    @Slot()
    def _save_bundle(self) -> None:
        plan = self._plan()
        if plan is not None:
            self._verbs.ask_bundle(plan)
