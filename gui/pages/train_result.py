"""What came of a run: its score and what it stands on, the scores by class, where to go next; or what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.base.errors import StorageError, UserError
from engine.insight.metrics import Report
from engine.insight.verdicts import Verdict
from engine.recipe.views_cfg import ViewsCfg
from engine.store.rows import RunRow
from gui.widgets.cards import GAP, Card, Picture, button, label, row
from gui.widgets.class_scores import ClassScores
from gui.widgets.score_card import ScoreCard
from gui.widgets.verdict_list import VerdictList

if TYPE_CHECKING:
    from engine.project.project import Project


@dataclass(frozen=True, slots=True)
class RunScores:
    """A run with its scores on the held-out photos and, cross-validated, on the others; None where there are none.

    `verdicts`: what is wrong with it, worst first. `views`: how often its model looks at each photo; None without one.
    `began`: the name of the run that it began with, empty if it began anew.
    """

    run: RunRow
    test: Report | None
    cv: Report | None
    verdicts: tuple[Verdict, ...] = ()
    views: ViewsCfg | None = None
    began: str = ""


def scores_of(project: Project, run: RunRow) -> RunScores:
    """The scores by the labels of today; called on the store thread."""

    def report(part: str) -> Report | None:
        if run.state != "finished":
            return None
        try:
            return project.runs.report(run.id, part)
        except UserError:
            # No scored photos of that kind: the card is left away.
            return None

    from engine.project.run_verdicts import run_verdicts

    return RunScores(
        run, report("test"), report("cv"), run_verdicts(project, run.id), _views_of(project, run), _began(project, run)
    )


def _began(project: Project, run: RunRow) -> str:
    if run.parent_id is None:
        return ""
    try:
        return project.runs.row(run.parent_id).name
    except UserError:
        # The run is not listed any more.
        return ""


def _views_of(project: Project, run: RunRow) -> ViewsCfg | None:
    if run.state != "finished":
        return None
    try:
        return project.runs.views(run.id)
    except StorageError:
        # The folder has lost its model; whoever uses it is told so then.
        return None


class TrainResult(QWidget):
    """`review_wanted`, `classify_wanted` and `views_wanted` when the user goes on from here."""

    review_wanted = Signal()
    classify_wanted = Signal()
    views_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.test = ScoreCard(self.tr("Test"), self.tr("Photos the model had never seen. This is the number to quote."))
        self.fold = ScoreCard(
            self.tr("One fold"),
            self.tr("The photos of its fold, which the model had never seen. The project's test photos were left out."),
        )
        self.cv = ScoreCard(
            self.tr("Cross-check"),
            self.tr("The other photos, each judged by a model that had not seen it: more photos, a narrower interval."),
        )
        self.problem = ProblemCard()
        self.verdicts = VerdictList()
        self.scores = ClassScores(self.tr("By class, on the photos held out"), fit_height=True)
        self._next = QWidget()
        review = button(self.tr("Review mistakes"), icon_name="search")
        review.clicked.connect(self.review_wanted)
        classify = button(self.tr("Classify new photos"), icon_name="scan-search")
        classify.clicked.connect(self.classify_wanted)
        tip = self.tr("Look at each photo several times, mirrored or turned, and see whether that is right more often")
        self.look = button(self.tr("Look several times…"), icon_name="eye", tip=tip)
        self.look.clicked.connect(self.views_wanted)
        self._next.setLayout(row(review, classify, self.look, None))
        self.looks = label("", "muted", wrap=True)
        self.began = label("", "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * GAP)
        box.addWidget(self.problem)
        box.addWidget(self.verdicts)
        box.addLayout(row(self.test, self.fold, self.cv, spacing=2 * GAP))
        for part in (self.began, self.looks, self._next):
            box.addWidget(part)
        box.addWidget(self.scores)
        for part in (self.problem, self.test, self.fold, self.cv, self.began, self.looks, self._next, self.scores):
            part.hide()

    @Slot(object)
    def show_scores(self, found: RunScores) -> None:
        """The run's scores are shown, or why it has none."""
        self.test.show_report(found.test if found.run.fold is None else None)
        self.fold.show_report(None if found.run.fold is None else found.test)
        self.cv.show_report(found.cv)
        for part in (self.scores, self._next):
            part.setVisible(found.test is not None)
        self.scores.show_report(found.test)
        self.problem.show_run(found.run)
        self.verdicts.show_verdicts(found.verdicts)
        self._show_views(found.views)
        self.began.setVisible(bool(found.began))
        self.began.setText(self.tr("It began with what “{0}” had learned.").format(found.began))

    def _show_views(self, views: ViewsCfg | None) -> None:
        self.look.setVisible(views is not None)
        self.looks.setVisible(views is not None and views.n_views > 1)
        if views is not None:
            text = self.tr(
                "When it classifies, this model looks at each photo {0} times; these scores are of looking once."
            )
            self.looks.setText(text.format(views.n_views))


class ProblemCard(Card):
    """Why a run has no result, that nothing else was lost, and what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._heading = label("", "section")
        self._text = label("", wrap=True, selectable=True)
        safe = label(self.tr("Your photos, labels and earlier models are safe."), "muted", wrap=True)
        self.body.addLayout(row(Picture("triangle-alert", 18, "warning"), self._heading, None))
        for part in (self._text, safe):
            self.body.addWidget(part)
        self.hide()

    def show_run(self, run: RunRow) -> None:
        """The card is shown for a run that ended without a result, and only then."""
        self.setVisible(run.state in ("failed", "crashed", "cancelled"))
        stopped = run.state == "cancelled"
        self._heading.setText(self.tr("This run was stopped") if stopped else self.tr("This run has no result"))
        self._text.setText(run.problem or self.tr("It was stopped before it was finished. Train again to repeat it."))
        self.setAccessibleName(f"{self._heading.text()}. {self._text.text()}")
