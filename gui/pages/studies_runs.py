"""The runs of a study: how far each is, how well it did, and what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.project.studies import StudyRun
from gui.core.icons import icon
from gui.core.score_text import run_score
from gui.core.study_reading import StudyTold
from gui.core.study_running import StudyStep
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.progress_row import duration
from gui.widgets.table_view import RowTable

translate = QCoreApplication.translate
NAME_WIDTH = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRun:
    """A planned run, and whether it is the one under way."""

    run: StudyRun
    is_running: bool


class StudyRuns(QWidget):
    """`review_wanted` carries the RunId of the chosen run, `weights_wanted` the network that it waits for."""

    review_wanted = Signal(object)
    weights_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: StudyTold | None = None
        self._step: StudyStep | None = None
        self.model: TableModel[ShownRun] = TableModel(_columns(self.tr), self)
        self.table = RowTable(self.model, self.tr("Runs of the study"), least_wide=NAME_WIDTH, parent=self)
        self.table.selectionModel().currentRowChanged.connect(self._allow)
        self.table.doubleClicked.connect(self._review)
        self.review = button(self.tr("Review"), tip=self.tr("Look at this run's mistakes"))
        self.review.clicked.connect(self._review)
        self.weights = button(
            self.tr("Get weights…"), tip=self.tr("Fetch or import the pretrained weights it waits for")
        )
        self.weights.clicked.connect(self._get_weights)
        self._why = label("", "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 2 * GAP, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.table, 1)
        box.addWidget(self._why)
        box.addLayout(row(self.review, self.weights, None))
        self._allow()

    def show_told(self, told: StudyTold, step: StudyStep | None) -> None:
        """The table shows these runs; `step`: the run under way, if it is one of them."""
        if (told, step) == (self._told, self._step):
            return
        self._told, self._step = told, step
        at = self.table.currentIndex().row()
        self.model.set_rows(
            [ShownRun(run=one, is_running=step is not None and step.name == one.planned.name) for one in told.runs]
        )
        if told.runs:
            self.table.selectRow(min(max(0, at), len(told.runs) - 1))
        self.table.viewport().update()
        self._allow()

    def forget(self) -> None:
        """Another study is to be shown."""
        self._told = self._step = None
        self.model.set_rows(())
        self._allow()

    def current(self) -> ShownRun | None:
        """The row that is chosen."""
        found: ShownRun | None = self.table.currentIndex().data(TableModel.ROW)
        return found

    @Slot()
    def _allow(self) -> None:
        one = self.current()
        run = None if one is None else one.run
        self.review.setEnabled(run is not None and run.state == "done")
        self.weights.setVisible(run is not None and run.state == "waits")
        self._why.setText("" if run is None else run.why)
        self._why.setVisible(bool(self._why.text()))

    @Slot()
    def _review(self) -> None:
        one = self.current()
        if one is not None and one.run.state == "done" and one.run.run is not None:
            self.review_wanted.emit(one.run.run.id)

    @Slot()
    def _get_weights(self) -> None:
        one = self.current()
        if one is not None:
            self.weights_wanted.emit(getattr(one.run.planned.recipe.model, "backbone", ""))


def _columns(tr: Callable[[str], str]) -> list[Column[ShownRun]]:
    return [
        Column(
            heading=tr("Run"), text=lambda one: one.run.planned.name, key=lambda one: one.run.planned.name.casefold()
        ),
        Column(heading=tr("State"), text=_state, colour=_sign),
        Column(
            heading=tr("Right"),
            text=lambda one: "–" if one.run.run is None or one.run.state != "done" else run_score(one.run.run),
            key=lambda one: -1.0 if one.run.run is None else one.run.run.accuracy or -1.0,
            tip=tr("Of the photos it was tested on, by the labels as they are now, with the 95 % interval"),
        ),
        Column(
            heading=tr("Took"),
            text=lambda one: "–" if one.run.minutes is None else duration(60 * one.run.minutes),
            key=lambda one: -1.0 if one.run.minutes is None else one.run.minutes,
            numeric=True,
        ),
    ]


def _state(one: ShownRun) -> str:
    if one.is_running:
        return translate("Studies", "Under way")
    return {
        "done": translate("Studies", "Done"),
        "interrupted": translate("Studies", "Can go on"),
        "open": translate("Studies", "To be trained"),
        "failed": translate("Studies", "Failed"),
        "waits": translate("Studies", "Waits for weights"),
    }[one.run.state]


def _sign(one: ShownRun) -> QIcon:
    if one.is_running:
        return icon("play", "accent")
    name, token = {
        "done": ("circle-check", "success"),
        "interrupted": ("pause", "warning"),
        "open": ("circle", "text_muted"),
        "failed": ("triangle-alert", "danger"),
        "waits": ("download", "warning"),
    }[one.run.state]
    return icon(name, token)
