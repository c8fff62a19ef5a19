"""The Train page: what will be learned, the button, how it went, and all runs so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.errors import AppError
from engine.base.events import Ended, Phase
from engine.base.ids import RunId
from engine.insight.curves import Curves
from engine.recipe.recipe import SplitCfg
from engine.store.rows import ClassRow, RunRow
from gui.core.job_thread import Job
from gui.core.notices import Notice
from gui.core.session import Session
from gui.core.throttle import Throttle
from gui.core.training import TrainingRun
from gui.pages.train_curves import TrainCurves
from gui.pages.train_result import RunScores, TrainResult, scores_of
from gui.pages.train_runs import RunList
from gui.pages.train_setup import TrainSetup
from gui.verbs.recipes import RecipeVerbs
from gui.verbs.run_changes import RunChangesVerb
from gui.verbs.views import ViewsVerb
from gui.widgets.banner import Banner
from gui.widgets.cards import GAP, PAGE_MARGIN
from gui.widgets.empty_state import EmptyState
from gui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.teaching import Trainability

RELOAD_MS = 300
LEFT_WIDTH = 420


@dataclass(frozen=True, slots=True)
class _State:
    able: Trainability
    classes: tuple[ClassRow, ...]
    runs: tuple[RunRow, ...]
    resumable: frozenset[RunId]
    plan: SplitCfg


class TrainPage(QWidget):
    """Starts training and shows what came of it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run: TrainingRun | None = None
        self._name = ""
        self._earlier: Curves | None = None
        self._interrupted: RunId | None = None
        # The run whose weights the training under way has begun with.
        self._extended: RunId | None = None
        # The runs to choose in the list as soon as they stand there.
        self._awaited: tuple[RunId, ...] = ()
        self._progress: ProgressRow | None = None
        self.setup = TrainSetup()
        self.setup.start_wanted.connect(self.start)
        self.recipes = RecipeVerbs(session, self.setup.card, self)
        self.result = TrainResult()
        self._views = ViewsVerb(session, self)
        self._changes = RunChangesVerb(session, self)
        self.curves = TrainCurves(session)
        self.runs = RunList()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self.setup)
        split.addWidget(self._right_side())
        split.setStretchFactor(1, 1)
        split.setSizes([LEFT_WIDTH, 3 * LEFT_WIDTH])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.banner = Banner(self.tr("Go on"))
        self.banner.pressed.connect(self._resume_interrupted)
        box.addWidget(self.banner)
        box.addWidget(split, 1)
        self._connect_runs()
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        session.changed.connect(self._changed)
        session.project_opened.connect(self._opened)
        session.resume_run.connect(self.resume)
        session.show_curves.connect(self.show_curves)
        if session.project is not None:
            self._opened()

    @Slot()
    def start(self) -> None:
        """Training begins, unless it is under way."""
        if self._run is not None or not self.setup.can_start():
            return
        self._earlier = None
        self._name = self.setup.recipe().title
        self._extended = self.setup.start_from()
        self._follow(TrainingRun(self._session, self.setup.recipe(), start_from=self._extended))

    @Slot(object)
    def resume(self, run_id: RunId) -> None:
        """An interrupted run goes on from its checkpoint, unless another training is under way."""
        if self._run is not None:
            self._session.notices.info(self.tr("Another training is under way; let it end, or stop it first."))
            return
        self._session.store.ask(lambda project: project.runs.row(run_id), self._read_before, context=self)

    def _read_before(self, run: RunRow) -> None:
        """What the run has left is read before its job writes more of it."""
        self.curves.when_read(run, partial(self._resume, run))

    def _resume(self, run: RunRow, earlier: Curves) -> None:
        if self._run is None:
            self._earlier, self._name, self._extended = earlier, run.name, run.parent_id
            self._follow(TrainingRun(self._session, None, resume=run.id))

    def _follow(self, run: TrainingRun) -> None:
        self.setup.set_busy(busy=True)
        self.banner.show_text("")
        self._run = run
        run.began.connect(self._began)
        run.refused.connect(self._refused)
        run.ended.connect(self._ended)
        run.progressed.connect(self._show_progress)

    def progress(self) -> ProgressRow | None:
        """The line of the training under way."""
        return self._progress

    @Slot(object, object)
    def _began(self, run_id: RunId, job: Job) -> None:
        self._progress = ProgressRow(self.tr("Training"), narrow=True)
        self._progress.set_waiting()
        self._progress.stop_wanted.connect(job.cancel)
        self.setup.progress_place.addWidget(self._progress)
        self.curves.begin(run_id, self._name, job, earlier=self._earlier)

    @Slot(object)
    def _show_progress(self, phase: Phase) -> None:
        if self._progress is not None:
            self._progress.set_phase(phase)

    @Slot(object)
    def _refused(self, error: AppError) -> None:
        self._run = None
        self.setup.set_busy(busy=False)
        self._session.notices.error(error)
        self._reload.call()

    @Slot(object)
    def _network_began(self, run_id: RunId) -> None:
        self._awaited = (run_id,)
        self._reload.call()

    @Slot(object)
    def show_curves(self, run_ids: tuple[RunId, ...]) -> None:
        """Those runs are chosen in the list, so that their curves are to be seen in one plot at the top."""
        self._awaited = run_ids
        self._area.verticalScrollBar().setValue(0)
        self._reload.call()

    @Slot(bool)
    def _pause(self, on: bool) -> None:
        if self._run is not None:
            self._run.pause(on=on)

    @Slot()
    def _stop(self) -> None:
        if self._run is not None and self._run.job is not None:
            self._run.job.cancel()

    @Slot(object, object)
    def _ended(self, run_id: RunId, ended: Ended) -> None:
        self._run = None
        self.curves.end()
        self.setup.set_busy(busy=False)
        if self._progress is not None:
            self._progress.deleteLater()
            self._progress = None
        if ended.reason == "finished":
            self._session.notices.post(self._notice(run_id))
        self._session.store.ask(_read, lambda state: self._show(state, choose=run_id), context=self)

    def _notice(self, run_id: RunId) -> Notice:
        """A run that goes on from another one is not used before the user has chosen it."""
        earlier, session = self._extended, self._session
        text = self.tr("Training has finished.")
        if earlier is None:
            review = partial(session.show_run.emit, run_id)
            return Notice(level="success", text=text, action_text=self.tr("Review"), action=review)
        return Notice(
            level="success",
            text=text,
            advice=self.tr("Compare it with the run it began with; the model in use stays until you choose another."),
            action_text=self.tr("Compare"),
            action=partial(session.show_before_after.emit, earlier, run_id),
        )

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        self._reload.call()

    @Slot()
    def _opened(self) -> None:
        self.recipes.read()
        self._reload.call()

    @Slot()
    def _ask(self) -> None:
        if self._session.project is not None:
            self._session.store.ask(_read, self._show, context=self)

    def _show(self, state: _State, *, choose: RunId | None = None) -> None:
        self.setup.show_state(state.able, state.classes, state.runs, state.plan)
        self.recipes.n_classes = state.able.n_classes
        self._pile.setCurrentWidget(self._area if state.runs else self.empty)
        self.curves.know_classes({row.id: row.name for row in state.classes})
        self.runs.show_runs(state.runs, state.resumable)
        self._show_interrupted(state)
        wanted = self._awaited if choose is None else (choose,)
        if wanted and self.runs.choose_several(wanted):
            self._awaited = ()
        self._choose(self.runs.chosen())

    def _show_interrupted(self, state: _State) -> None:
        """The newest run that something else than the user has ended is offered at the top of the page."""
        crashed = next((run for run in state.runs if run.id in state.resumable and run.state == "crashed"), None)
        self._interrupted = None if crashed is None else crashed.id
        text = self.tr("The training “{0}” was interrupted. It can go on from where its state was saved last.")
        self.banner.show_text(text.format(crashed.name) if crashed is not None and self._run is None else "")

    @Slot()
    def _resume_interrupted(self) -> None:
        if self._interrupted is not None:
            self.resume(self._interrupted)

    @Slot(object)
    def _resume_chosen(self, run: RunRow) -> None:
        self.resume(run.id)

    @Slot(object)
    def _choose(self, chosen: Sequence[RunRow]) -> None:
        self.curves.show_runs(chosen)
        self.result.setVisible(len(chosen) == 1 and not self.curves.shows_live())
        if not self.result.isHidden():
            self._ask_scores(chosen[0])

    def _ask_scores(self, run: RunRow) -> None:
        self._session.store.ask(lambda project: scores_of(project, run), self._show_scores, context=self)

    def _show_scores(self, scores: RunScores) -> None:
        chosen = self.runs.current()
        if chosen is not None and chosen.id == scores.run.id:
            self.result.show_scores(scores)

    # What the user does with a run

    def _connect_runs(self) -> None:
        self.curves.network_began.connect(self._network_began)
        self.curves.pause_wanted.connect(self._pause)
        self.curves.stop_wanted.connect(self._stop)
        self.runs.selected.connect(self._choose)
        self.runs.use_wanted.connect(self._use)
        self.runs.resume_wanted.connect(self._resume_chosen)
        self.runs.delete_wanted.connect(self._ask_delete)
        self.runs.rename_wanted.connect(self._ask_rename)
        self.runs.review_wanted.connect(self._review)
        self.runs.compare_wanted.connect(self._compare)
        self.runs.changes_wanted.connect(self._ask_changes)
        self.result.review_wanted.connect(self._review_chosen)
        self.result.classify_wanted.connect(self._classify)
        self.result.views_wanted.connect(self._look_several_times)

    @Slot(object)
    def _use(self, run: RunRow) -> None:
        self._session.store.ask(lambda project: project.runs.promote(run.id))

    @Slot(object)
    def _ask_rename(self, run: RunRow) -> None:
        from gui.dialogs.rename_run import RenameRunDialog

        dialog = RenameRunDialog(self, run.name)
        dialog.chosen.connect(lambda name: self._session.store.ask(lambda project: project.runs.rename(run.id, name)))
        dialog.open()

    @Slot(object)
    def _ask_delete(self, run: RunRow) -> None:
        from gui.dialogs.confirm import ConfirmDialog

        dialog = ConfirmDialog(
            self,
            self.tr("Delete the run “{0}”?").format(run.name),
            self.tr("Its model and its scores are gone for good. Photos, labels and other runs stay."),
            yes=self.tr("Delete"),
            no=self.tr("Keep it"),
        )
        dialog.accepted.connect(lambda: self._session.store.ask(lambda project: project.runs.delete(run.id)))
        dialog.open()

    @Slot(object)
    def _review(self, run: RunRow) -> None:
        self._session.show_run.emit(run.id)

    @Slot()
    def _review_chosen(self) -> None:
        run = self.runs.current()
        if run is not None:
            self._review(run)

    @Slot()
    def _classify(self) -> None:
        self._session.show_page.emit("classify")

    @Slot()
    def _look_several_times(self) -> None:
        run = self.runs.current()
        if run is not None:
            self._views.open(run)

    @Slot(object, object)
    def _compare(self, old: RunRow, new: RunRow) -> None:
        self._session.show_before_after.emit(old.id, new.id)

    @Slot(object, object)
    def _ask_changes(self, old: RunRow, new: RunRow) -> None:
        self._changes.ask(old.id, new.id)

    def _right_side(self) -> QWidget:
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        box.setSpacing(3 * GAP)
        box.addWidget(self.result)
        box.addWidget(self.curves)
        box.addWidget(self.runs)
        box.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inner)
        self.empty = EmptyState(
            "brain",
            self.tr("Nothing trained yet"),
            self.tr("Press Train. How well the model does on photos it has not seen appears here."),
        )
        self._pile = QStackedWidget()
        for part in (self.empty, self._area):
            self._pile.addWidget(part)
        return self._pile


def _read(project: Project) -> _State:
    runs = project.runs.rows()
    # Whether a run can go on is looked up on the disk; most runs have finished.
    early = any(run.state in ("cancelled", "failed", "crashed") for run in runs)
    return _State(
        able=project.runs.trainability(),
        classes=project.browse.classes(),
        runs=runs,
        resumable=frozenset(run.id for run in project.runs.resumable()) if early else frozenset(),
        plan=project.splits.plan(),
    )
