"""The Train page: what will be learned, the button, how it went, and all runs so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSplitter, QToolButton, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.errors import AppError, UserError
from engine.base.events import Ended, Phase
from engine.base.ids import RunId
from engine.insight.metrics import Report
from engine.recipe.presets import preset
from engine.store.rows import RunRow
from gui.core.job_thread import Job
from gui.core.notices import Notice
from gui.core.session import Session
from gui.core.throttle import Throttle
from gui.core.training import TrainingRun
from gui.pages.train_runs import RunList
from gui.widgets.cards import GAP, PAGE_MARGIN, Card, button, label, row
from gui.widgets.class_scores import ClassScores
from gui.widgets.progress_row import ProgressRow
from gui.widgets.recipe_form import RecipeForm
from gui.widgets.score_card import ScoreCard

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.runs import Trainability

RELOAD_MS = 300
LEFT_WIDTH = 400


@dataclass(frozen=True, slots=True)
class _State:
    able: Trainability
    runs: tuple[RunRow, ...]


@dataclass(frozen=True, slots=True)
class _Scores:
    run: RunRow
    test: Report | None
    cv: Report | None


class TrainPage(QWidget):
    """Starts training and shows what came of it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run: TrainingRun | None = None
        self._progress: ProgressRow | None = None
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._left_side())
        split.addWidget(self._right_side())
        split.setStretchFactor(1, 1)
        split.setSizes([LEFT_WIDTH, 3 * LEFT_WIDTH])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(split)
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        session.changed.connect(self._changed)
        session.project_opened.connect(self._reload.call)
        if session.project is not None:
            self._reload.call()

    def _left_side(self) -> QWidget:
        self._what = label("", wrap=True)
        self._left_out = label("", "muted", wrap=True)
        self._why_not = label("", wrap=True)
        self._form = RecipeForm(preset("quick"))
        self._form.hide()
        self._expert = QToolButton()
        self._expert.setText(self.tr("Settings for experts"))
        self._expert.setAccessibleName(self._expert.text())
        self._expert.setCheckable(True)
        self._expert.setArrowType(Qt.ArrowType.RightArrow)
        self._expert.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._expert.toggled.connect(self._show_settings)
        self._train = button(
            self.tr("Train"), "primary", icon_name="play", shortcut="Ctrl+T", tip=self.tr("Train a model")
        )
        self._train.clicked.connect(self.start)
        data = Card(self.tr("What will be learned"))
        for part in (self._what, self._left_out):
            data.body.addWidget(part)
        recipe = Card(self.tr("Recipe: Quick"))
        explanation = self.tr(
            "A network that has seen a million photos describes each of yours in numbers, and a simple model learns to"
            " tell your classes apart from these. It takes seconds once the photos have been described. Some photos are"
            " held out to test the model honestly; exact copies always stay on one side."
        )
        recipe.body.addWidget(label(explanation, "muted", wrap=True))
        recipe.body.addWidget(self._expert)
        recipe.body.addWidget(self._form)
        self._progress_place = QVBoxLayout()
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        box.setSpacing(2 * GAP)
        box.addWidget(label(self.tr("Train"), "title"))
        for card in (data, recipe):
            box.addWidget(card)
        box.addWidget(self._train)
        box.addWidget(self._why_not)
        box.addLayout(self._progress_place)
        box.addStretch(1)
        area = _scrolled(inner)
        area.setMinimumWidth(LEFT_WIDTH - 60)
        return area

    def _right_side(self) -> QWidget:
        self._test = ScoreCard(
            self.tr("Test"), self.tr("Photos the model had never seen. This is the number to quote.")
        )
        self._cv = ScoreCard(
            self.tr("Cross-check"),
            self.tr("The other photos, each judged by a model that had not seen it: more photos, a narrower interval."),
        )
        self._problem = label("", wrap=True, selectable=True)
        self._problem.hide()
        self._scores = ClassScores()
        self._scores.hide()
        self._none = label(self.tr("Nothing was trained yet. Press Train: the score appears here."), "muted", wrap=True)
        self._next = QWidget()
        review = button(self.tr("Review mistakes"), icon_name="search")
        review.clicked.connect(self._review)
        classify = button(self.tr("Classify new photos"), icon_name="image")
        classify.clicked.connect(lambda: self._session.show_page.emit("classify"))
        buttons = QHBoxLayout(self._next)
        buttons.setContentsMargins(0, 0, 0, 0)
        for made in (review, classify):
            buttons.addWidget(made)
        buttons.addStretch(1)
        self._next.hide()
        self._runs = RunList()
        self._runs.selected.connect(self._choose)
        self._runs.use_wanted.connect(lambda run: self._session.store.ask(lambda p: p.runs.promote(run.id)))
        self._runs.delete_wanted.connect(lambda run: self._session.store.ask(lambda p: p.runs.delete(run.id)))
        self._runs.review_wanted.connect(lambda run: self._review())
        self._runs.compare_wanted.connect(self._compare)
        cards = row(self._test, self._cv, spacing=2 * GAP)
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        box.setSpacing(2 * GAP)
        box.addWidget(self._none)
        box.addWidget(self._problem)
        box.addLayout(cards)
        box.addWidget(self._next)
        box.addWidget(self._scores)
        box.addWidget(self._runs)
        box.addStretch(1)
        for card in (self._test, self._cv):
            card.hide()
        return _scrolled(made)

    @Slot()
    def start(self) -> None:
        """Training begins, unless it is under way."""
        if self._run is not None or not self._train.isEnabled():
            return
        self._train.setEnabled(False)
        self._run = TrainingRun(self._session, self._form.recipe())
        self._run.began.connect(self._began)
        self._run.refused.connect(self._refused)
        self._run.ended.connect(self._ended)

    @Slot(object, object)
    def _began(self, run_id: RunId, job: Job) -> None:
        self._progress = ProgressRow(self.tr("Training"))
        self._progress.set_waiting()
        self._progress.stop_wanted.connect(job.cancel)
        self._progress_place.addWidget(self._progress)
        job.event.connect(self._show_progress)

    @Slot(object)
    def _show_progress(self, event: object) -> None:
        if isinstance(event, Phase) and self._progress is not None:
            self._progress.set_phase(event)

    @Slot(object)
    def _refused(self, error: AppError) -> None:
        self._run = None
        self._session.notices.error(error)
        self._reload.call()

    @Slot(object, object)
    def _ended(self, run_id: RunId, ended: Ended) -> None:
        self._run = None
        if self._progress is not None:
            self._progress.deleteLater()
            self._progress = None
        if ended.reason == "finished":
            self._session.notices.post(
                Notice(
                    level="success",
                    text=self.tr("Training has finished."),
                    action_text=self.tr("Review"),
                    action=self._review,
                )
            )
        self._session.store.ask(_read, lambda state: self._show(state, choose=run_id), context=self)

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        self._reload.call()

    @Slot()
    def _ask(self) -> None:
        if self._session.project is not None:
            self._session.store.ask(_read, self._show, context=self)

    def _show(self, state: _State, *, choose: RunId | None = None) -> None:
        able = state.able
        self._what.setText(
            self.tr("{0} photos in {1} classes").format(f"{able.n_photos:,}", able.n_classes)
            if able.ok
            else self.tr("Not enough yet")
        )
        self._left_out.setVisible(bool(able.left_out))
        self._left_out.setText(
            self.tr("Left out, because they have fewer than two different photos: {0}").format(", ".join(able.left_out))
        )
        self._train.setEnabled(able.ok and self._run is None)
        self._why_not.setVisible(not able.ok)
        self._why_not.setText(f"{able.text} {able.advice}")
        self._runs.show_runs(state.runs)
        self._none.setVisible(not state.runs)
        self._runs.setVisible(bool(state.runs))
        if choose is not None:
            self._runs.choose(choose)
        chosen = self._runs.current()
        if chosen is not None:
            self._choose(chosen)

    @Slot(object)
    def _choose(self, run: RunRow) -> None:
        self._session.store.ask(lambda project: _scores_of(project, run), self._show_scores, context=self)

    def _show_scores(self, scores: _Scores) -> None:
        run = scores.run
        self._test.show_report(scores.test)
        self._cv.show_report(scores.cv)
        self._scores.setVisible(scores.test is not None)
        self._next.setVisible(scores.test is not None)
        if scores.test is not None:
            self._scores.show_report(scores.test)
        failed = run.state in ("failed", "crashed", "cancelled")
        self._problem.setVisible(failed)
        self._problem.setText(run.problem or self.tr("This run was stopped before it had a result."))

    @Slot(bool)
    def _show_settings(self, on: bool) -> None:
        self._form.setVisible(on)
        self._expert.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)

    @Slot()
    def _review(self) -> None:
        self._session.show_page.emit("review")

    @Slot(object)
    def _compare(self, run: RunRow) -> None:
        current = next((other for other in self._runs.model.rows() if other.is_current), None)
        if current is not None:
            self._session.show_before_after.emit(current.id, run.id)


def _scrolled(inner: QWidget) -> QScrollArea:
    """The part scrolls up and down where the window is too low for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def _read(project: Project) -> _State:
    return _State(able=project.runs.trainability(), runs=project.runs.rows())


def _scores_of(project: Project, run: RunRow) -> _Scores:
    def report(part: str) -> Report | None:
        if run.state != "finished":
            return None
        try:
            return project.runs.report(run.id, part)
        except UserError:
            # No scored photos of that kind: the card is left away.
            return None

    return _Scores(run=run, test=report("test"), cv=report("cv"))
