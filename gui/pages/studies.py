"""The Studies page: plans that compare ways of training, carried out in the background, and what came of them."""

from __future__ import annotations

import dataclasses
from functools import partial

import msgspec
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.errors import AppError
from engine.base.events import Phase
from engine.insight.comparison import Comparison
from engine.recipe.study_plan import StudyPlan
from engine.recipe.study_templates import TEMPLATES
from gui.core.notices import Notice
from gui.core.session import Session
from gui.core.study_reading import Studies, StudyTold, read_studies, read_study, read_table
from gui.core.study_running import StudyRunning
from gui.core.throttle import Throttle
from gui.pages.studies_dialogs import StudyDialogs
from gui.pages.studies_list import StudyList
from gui.pages.studies_plan import PlanEditor, cost_text
from gui.pages.studies_runs import StudyRuns
from gui.pages.studies_save import StudySaveMenu
from gui.pages.studies_table import StudyTable
from gui.verbs.studies import StudyVerbs
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, row
from gui.widgets.empty_state import EmptyState
from gui.widgets.progress_row import ProgressRow

RELOAD_MS = 300
LEFT_WIDTH = 260
MAX_NAME = 80


class StudiesPage(QWidget):
    """The studies at the left; at the right the plan, the runs and the table of the chosen one."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._studies: Studies | None = None
        self._told: StudyTold | None = None
        self._chosen = ""
        self._named = ""
        self._asked_at = self._n_kept = 0
        self._progress: ProgressRow | None = None
        self.running = StudyRunning(session)
        self.verbs = StudyVerbs(session, self)
        self.verbs.kept.connect(self._show_new)
        self._build()
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        self._is_old = False
        self.running.changed.connect(self._show_running)
        self.running.changed.connect(self._read_again)
        self.running.progressed.connect(self._show_phase)
        self.running.over.connect(self._tell_over)
        session.changed.connect(self._changed)
        session.project_opened.connect(self._opened)
        session.weights_changed.connect(self._read_again)
        if session.project is not None:
            self._reload.call()

    def plan(self) -> StudyPlan | None:
        """The plan of the chosen study."""
        plans = () if self._studies is None else self._studies.plans
        return next((plan for plan in plans if plan.name == self._chosen), None)

    def how_far(self) -> str:
        """What is said of how far the chosen study is, or of what is wrong with its plan."""
        return self._how_far.text()

    def progress(self) -> ProgressRow | None:
        """The line of the study under way, while it is the chosen one."""
        return self._progress

    def told(self) -> StudyTold | None:
        """How far the chosen study is, as it is shown."""
        return self._told

    # Reading

    @Slot()
    def _opened(self) -> None:
        self._studies = None
        self._chosen = ""
        self._forget()
        self._reload.call()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        self._read_again()

    @Slot()
    def _read_again(self) -> None:
        """Comparing models takes the project's time, so nothing is read while nobody looks."""
        if self.isVisible():
            self._reload.call()
        else:
            self._is_old = True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_old:
            self._reload.call()

    @Slot()
    def _ask(self) -> None:
        self._is_old = False
        if self._session.project is not None:
            self._session.store.ask(read_studies, partial(self._show, self._n_kept), context=self)

    def _show(self, n_kept: int, found: Studies) -> None:
        if n_kept != self._n_kept:
            # Read before the last change was kept: showing it would take that change back.
            self._reload.call()
            return
        self._studies = found
        names = [plan.name for plan in found.plans]
        for gone in set(self.running.studies()) - set(names):
            self.running.stop(gone)
        if self._chosen not in names:
            self._chosen = names[0] if names else ""
            self._forget()
        self.list.show_plans(found.plans, found.refused, self._chosen)
        self._show_plan()

    def _show_plan(self) -> None:
        plan = self.plan()
        self.pile.setCurrentWidget(self.empty if plan is None else self.content)
        if plan is None or self._studies is None:
            return
        if plan.name != self._named or not self.name.hasFocus():
            self.name.setText(plan.name)
        self._named = plan.name
        recipes = {recipe.name: recipe for recipe in self._studies.recipes}
        self.editor.set_plan(plan, recipes, self._studies.own)
        self.dialogs.know(self._studies, self._told)
        self._show_running()
        self._ask_study(plan)

    def _ask_study(self, plan: StudyPlan) -> None:
        self._asked_at += 1
        number = self._asked_at
        self._session.store.ask(
            lambda project: read_study(project, plan), lambda told: self._show_told(number, told), context=self
        )

    def _show_told(self, number: int, told: StudyTold) -> None:
        if number != self._asked_at:
            return
        self._told = told
        self.editor.show_told(told)
        self.dialogs.know(self._studies, told)
        self._show_running()
        self._session.store.ask(
            lambda project: read_table(project, told), partial(self._show_table, number, told), context=self
        )

    def _show_table(self, number: int, told: StudyTold, found: Comparison | None) -> None:
        if number == self._asked_at:
            self.results.show_found(told, found)

    def _forget(self) -> None:
        """What came of another study would be taken for what came of this one."""
        self._told = None
        self._how_far.clear()
        self.runs.forget()
        self.results.forget()

    # What the user does

    @Slot(str)
    def _choose(self, name: str) -> None:
        if name != self._chosen:
            self._chosen = name
            self._forget()
            self._show_plan()

    @Slot(object)
    def _show_new(self, plan: StudyPlan) -> None:
        self._chosen = plan.name
        self._forget()
        self.tabs.setCurrentWidget(self.editor)
        self._reload.call()

    @Slot(object)
    def _edited(self, plan: StudyPlan) -> None:
        self._keep(plan, plan.name)

    @Slot()
    def _rename(self) -> None:
        plan, name = self.plan(), self.name.text().strip()
        if plan is not None and not name:
            self.name.setText(plan.name)
        elif plan is not None and name != plan.name:
            self._keep(msgspec.structs.replace(plan, name=name), plan.name)

    def _keep(self, plan: StudyPlan, former: str) -> None:
        self._chosen = plan.name
        self._n_kept += 1
        if self._studies is not None:
            # What was typed stands at once; the file follows.
            plans = tuple(plan if one.name == former else one for one in self._studies.plans)
            self._studies = dataclasses.replace(self._studies, plans=plans)
        self.verbs.keep(plan, instead_of=former, on_error=partial(self._not_kept, former))
        self._ask_study(plan)

    def _not_kept(self, former: str, error: object) -> None:
        assert isinstance(error, AppError)
        self._session.notices.error(error)
        self._chosen = former
        self._reload.call()

    @Slot()
    def start(self) -> None:
        """The chosen study is carried out, or goes on."""
        plan = self.plan()
        if plan is not None and self._told is not None and not self._told.problem:
            self.running.start(plan)
            self.tabs.setCurrentWidget(self.runs)

    @Slot()
    def stop(self) -> None:
        """The chosen study is stopped; what is done is kept."""
        if self._chosen:
            self.running.stop(self._chosen)

    @Slot()
    def _duplicate(self) -> None:
        plan = self.plan()
        if plan is not None:
            self.verbs.begin(plan)

    @Slot()
    def _delete(self) -> None:
        plan = self.plan()
        if plan is not None:
            self.verbs.ask_delete(plan)

    @Slot(object)
    def _review(self, run_id: object) -> None:
        self._session.show_run.emit(run_id)

    # While it is carried out

    @Slot()
    def _show_running(self) -> None:
        plan, step = self.plan(), self.running.step()
        is_running = plan is not None and plan.name in self.running.studies()
        mine = step is not None and plan is not None and step.study == plan.name
        self.begin.setVisible(not is_running)
        # Its runs are known by its name while they are under way.
        self.name.setReadOnly(is_running)
        self.name.setToolTip(self.tr("Stop the study to give it another name") if is_running else "")
        told = self._told
        able = told is not None and not told.problem and any(one.state not in ("done", "waits") for one in told.runs)
        self.begin.setEnabled(able)
        begun = told is not None and any(one.state in ("done", "interrupted") for one in told.runs)
        self.begin.setText(self.tr("Go on") if begun and able else self.tr("Start"))
        self.begin.setAccessibleName(self.begin.text())
        if told is not None:
            self.runs.show_told(told, step if mine else None)
            self._how_far.setText(told.problem or cost_text(told))
            self._how_far.setProperty("role", "" if told.problem else "muted")
            self._how_far.style().polish(self._how_far)
        self._show_progress(is_running=is_running, mine=mine)

    def _show_progress(self, *, is_running: bool, mine: bool) -> None:
        if self._progress is not None:
            self._progress.deleteLater()
            self._progress = None
        step = self.running.step()
        if not is_running:
            return
        title = self.tr("{0} ({1} of {2})").format(step.name, step.number, step.n) if mine and step else self._chosen
        self._progress = ProgressRow(title)
        self._progress.set_waiting()
        self._progress.stop_wanted.connect(self.stop)
        self._progress_place.addWidget(self._progress)

    @Slot(object)
    def _show_phase(self, phase: Phase) -> None:
        step = self.running.step()
        if self._progress is not None and step is not None and step.study == self._chosen:
            self._progress.set_phase(phase)

    @Slot(str, bool)
    def _tell_over(self, study: str, cut_short: bool) -> None:
        text = (
            self.tr("The budget of the study “{0}” is used up; it can go on.")
            if cut_short
            else self.tr("The study “{0}” has ended.")
        )
        show = partial(self._show_results, study)
        self._session.notices.post(
            Notice(level="success", text=text.format(study), action_text=self.tr("See the table"), action=show)
        )

    def _show_results(self, study: str) -> None:
        if study != self._chosen:
            self._chosen = study
            self._forget()
        self.tabs.setCurrentWidget(self.results)
        self._session.show_page.emit("studies")
        self._reload.call()

    # Building

    def _build(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        self.list = StudyList(self.verbs)
        self.list.chosen.connect(self._choose)
        self.list.copy.clicked.connect(self._duplicate)
        self.list.minus.clicked.connect(self._delete)
        split.addWidget(self.list)
        split.addWidget(self._right())
        split.setStretchFactor(1, 1)
        split.setSizes([LEFT_WIDTH, 4 * LEFT_WIDTH])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(split)

    def _right(self) -> QWidget:
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_NAME)
        self.name.setAccessibleName(self.tr("Name of the study"))
        self.name.editingFinished.connect(self._rename)
        self.begin = button(self.tr("Start"), "primary", icon_name="play", tip=self.tr("Train what is not done yet"))
        self.begin.clicked.connect(self.start)
        self.save = button(self.tr("Save"), icon_name="save", tip=self.tr("A report, the table, or the plan as a file"))
        self.save.setMenu(StudySaveMenu(self.verbs, self.plan, self.save))
        self._how_far = label("", "muted", wrap=True)
        self.editor = PlanEditor()
        self.editor.changed.connect(self._edited)
        self.dialogs = StudyDialogs(self._session, self.editor, self)
        self.runs = StudyRuns()
        self.runs.review_wanted.connect(self._review)
        self.runs.weights_wanted.connect(self._session.show_weights)
        self.results = StudyTable(self._session)
        self.results.review_wanted.connect(self._review)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(self.tr("Looks at the study"))
        for part, name in (
            (self.editor, self.tr("Plan")),
            (self.runs, self.tr("Runs")),
            (self.results, self.tr("Table")),
        ):
            self.tabs.addTab(part, name)
        self._progress_place = QVBoxLayout()
        self.content = QWidget()
        box = QVBoxLayout(self.content)
        box.setContentsMargins(2 * GAP, PAGE_MARGIN, PAGE_MARGIN, 2 * GAP)
        box.setSpacing(GAP)
        line = row(self.name, self.save, self.begin)
        line.setStretch(0, 1)
        box.addLayout(line)
        box.addWidget(self._how_far)
        box.addLayout(self._progress_place)
        box.addWidget(self.tabs, 1)
        self.pile = QStackedWidget()
        self.empty = self._make_empty()
        for part in (self.empty, self.content):
            self.pile.addWidget(part)
        return self.pile

    def _make_empty(self) -> EmptyState:
        made = EmptyState(
            "microscope",
            self.tr("No study yet"),
            self.tr(
                "A study trains several recipes on the same photos, everything else equal, and says which model is"
                " really better. Begin with your own recipes, or with one of the reference studies."
            ),
            (("own", self.tr("New study")), ("fish-workshop-quick", self.tr("Fish workshop, in minutes"))),
        )
        made.chosen.connect(self._begin_chosen)
        return made

    @Slot(str)
    def _begin_chosen(self, key: str) -> None:
        if key in TEMPLATES:
            self.verbs.begin(TEMPLATES[key])
        else:
            self.verbs.begin_empty()
