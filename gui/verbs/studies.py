"""What the user does with studies: begin one, duplicate, delete, open from a file, save the plan, report and bundle."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.recipe.study_plan import PlanRow, StudyPlan, plan_from_toml, plan_to_toml
from engine.recipe.toml_text import SUFFIX
from gui.core.session import Session
from gui.core.study_reading import read_study, read_table
from gui.verbs.save_file import SaveFileVerb

if TYPE_CHECKING:
    from engine.base.changes import Changes
    from engine.insight.comparison import Comparison
    from engine.project.project import Project
    from engine.report.study_contents import StudyContents

translate = QCoreApplication.translate
ReportForm = Literal["html", "pdf", "csv", "md", "tex"]


class StudyVerbs(SaveFileVerb):
    """Asks and tells; plans are kept on the store thread. `kept` carries the plan that is to be shown."""

    kept = Signal(object)

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(
            session,
            window,
            title=translate("StudyVerbs", "Save"),
            told=translate("StudyVerbs", "The study was saved as {0}."),
        )

    def begin(self, plan: StudyPlan) -> None:
        """A new study with this plan is kept with the project, under a name that is free."""

        def keep(project: Project) -> tuple[StudyPlan, Changes]:
            made = msgspec.structs.replace(plan, name=project.saved_studies.free_name(plan.name))
            return made, project.saved_studies.save(made)

        self._session.store.ask(keep, lambda found: self.kept.emit(found[0]), context=self)

    def begin_empty(self) -> None:
        """A new study compares the usual recipes until the user says otherwise."""
        rows = (PlanRow(recipe="quick"), PlanRow(recipe="svm"))
        self.begin(StudyPlan(name=self.tr("Study"), rows=rows))

    def keep(self, plan: StudyPlan, *, instead_of: str, on_error: Callable[[object], None] | None = None) -> None:
        """The plan is kept in place of the one of that name."""
        self._session.store.ask(
            lambda project: project.saved_studies.save(plan, instead_of=instead_of), context=self, on_error=on_error
        )

    def ask_delete(self, plan: StudyPlan) -> None:
        """The study is deleted if the user says so."""
        from gui.dialogs.confirm import ConfirmDialog

        dialog = ConfirmDialog(
            self._window,
            self.tr("Delete the study “{0}”?").format(plan.name),
            self.tr("Its plan is gone for good. The runs that were trained for it stay."),
            yes=self.tr("Delete"),
            no=self.tr("Keep it"),
        )
        dialog.accepted.connect(partial(self._delete, plan.name))
        dialog.open()

    def _delete(self, name: str) -> None:
        self._session.store.ask(lambda project: project.saved_studies.remove(name))

    def ask_open(self) -> None:
        """The user says which file holds the plan of a new study."""
        picker = QFileDialog(self._window, self.tr("Open a study"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.setNameFilter(f"*{SUFFIX}")
        picker.fileSelected.connect(lambda file: self.open_file(Path(file)))
        picker.open()

    def open_file(self, path: Path) -> None:
        """The plan in the file is a study of this project; a notice says if it cannot be read."""
        self._session.store.ask(lambda _: _read_plan(path), self.begin, context=self)

    def ask_save_plan(self, plan: StudyPlan) -> None:
        """The user says where the plan goes as TOML."""
        text = plan_to_toml(plan).encode()
        self._ask(SUFFIX.removeprefix("."), lambda path: self._saver.save(path, lambda: text))

    def ask_report(self, plan: StudyPlan, form: ReportForm) -> None:
        """The user says where the report, or the table, goes."""
        self._ask(form, lambda path: self.report(plan, form, path))

    def report(self, plan: StudyPlan, form: ReportForm, path: Path) -> None:
        """The report is on its way into the file: gathered on the store thread, given its form on another one."""
        self._session.store.ask(
            lambda project: _gathered(project, plan, form),
            lambda make: self._saver.save(path, make),
            context=self,
        )

    def ask_bundle(self, plan: StudyPlan) -> None:
        """The user says where everything that is needed to repeat the study goes."""
        self._ask("zip", lambda path: self.bundle(plan, path))

    def bundle(self, plan: StudyPlan, path: Path) -> None:
        """The bundle is on its way into the file."""

        def save(project: Project) -> None:
            from engine.project.study_bundle import save_bundle

            told = read_study(project, plan)
            save_bundle(project, plan, told.runs, read_table(project, told), path)

        self._session.store.ask(save, lambda _: self._saved(path), context=self)


def _read_plan(path: Path) -> StudyPlan:
    from engine.base.errors import StorageError

    try:
        return plan_from_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{path.name} could not be read.", details=repr(error)) from error


def _gathered(project: Project, plan: StudyPlan, form: ReportForm) -> Callable[[], bytes]:
    """What makes the report, without asking the project any more: laying out a PDF takes seconds."""
    from engine.base.errors import UserError

    told = read_study(project, plan)
    compared = read_table(project, told)
    if form in ("html", "pdf"):
        from engine.project.study_report import study_contents
        from engine.report.study_settled import settled

        return partial(_pages, settled(study_contents(project, plan, told.runs, compared)), form)
    if compared is None:
        raise UserError(
            translate("StudyVerbs", "Fewer than two runs of this study are done, so there is no table yet.")
        )
    return partial(_table, compared, form)


def _pages(contents: StudyContents, form: ReportForm) -> bytes:
    if form == "pdf":
        from engine.report.study_pdf import study_pdf

        return study_pdf(contents)
    from engine.report.study_page import study_page

    return study_page(contents).encode()


def _table(compared: Comparison, form: ReportForm) -> bytes:
    from engine.report.comparison_table import as_csv, as_latex, as_markdown

    return {"csv": as_csv, "md": as_markdown, "tex": as_latex}[form](compared)
