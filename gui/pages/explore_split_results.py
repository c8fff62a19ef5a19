"""The right side of Split: what each part holds, what leaks, what a careless split would claim, each group left out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from engine.recipe.presets import PRESETS
from gui.core.asked_job import AskedJob
from gui.core.plan_words import shares_of, together_of
from gui.core.session import Session
from gui.models.table_model import Column, TableModel
from gui.widgets.banner import Banner
from gui.widgets.cards import GAP, PAGE_MARGIN, Card, Picture, label, row
from gui.widgets.figure_row import FigureRow
from gui.widgets.honesty_card import HonestyCard
from gui.widgets.leak_list import LeakList
from gui.widgets.leave_out_card import LeaveOutCard
from gui.widgets.table_view import RowTable
from gui.widgets.together_card import TogetherCard

if TYPE_CHECKING:
    from engine.insight.honesty import Honesty
    from engine.insight.leaks import Stratum
    from engine.insight.leave_one_out import LeaveOneOut
    from engine.jobs.spec import CompareSplitsSpec, LeaveOneOutSpec
    from engine.project.project import Project
    from engine.project.splits import SplitReport
    from engine.recipe.recipe import SplitCfg

QUICK = PRESETS["quick"]
# Pixels for the name of a class where there is no room for more.
LEAST_NAME = 80


class SplitResults(QScrollArea):
    """`renew`: the split is to be brought up to date."""

    renew = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_divided = False
        self.leaks = LeakList()
        self.honesty = HonestyCard()
        self.leave_out = LeaveOutCard()
        self.by_hand = TogetherCard()
        self.comparing = AskedJob(session, self.tr("Comparing the honest score with the naive one"), self)
        self.comparing.began.connect(self.honesty.progress.follow)
        self.comparing.found.connect(self.honesty.show_found)
        self.comparing.over.connect(self._compared)
        self.honesty.wanted.connect(self.compare)
        self.leaving = AskedJob(session, self.tr("Leaving out each group in turn"), self)
        self.leaving.began.connect(self.leave_out.progress.follow)
        self.leaving.found.connect(self.leave_out.show_found)
        self.leaving.over.connect(self._left_out)
        self.leave_out.wanted.connect(self.leave_each_out)
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(2 * GAP, GAP, 2 * GAP, PAGE_MARGIN)
        box.setSpacing(2 * GAP)
        self.news = Banner(self.tr("Bring up to date"))
        self.news.pressed.connect(self.renew)
        self._leak_card = Card(self.tr("Does anything stand on several sides?"))
        self._leak_card.body.addWidget(self.leaks)
        for part in (self.news, self._parts_card(), self._leak_card, self.by_hand, self.honesty, self.leave_out):
            box.addWidget(part)
        box.addStretch(1)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)
        self.setAccessibleName(self.tr("What came of the split"))
        self.forget()

    def is_divided(self) -> bool:
        """Whether there is a split by the project's plan."""
        return self._is_divided

    def locked_text(self) -> str:
        """What is said of the test photos."""
        return self._locked.text()

    def forget(self) -> None:
        """Nothing is known: another project is open."""
        self._is_divided = False
        self.forget_scores()
        for part in (self.news, self._card, self._leak_card):
            part.hide()

    def forget_scores(self) -> None:
        """What was worked out with another plan says nothing of this one."""
        for asked in (self.comparing, self.leaving):
            asked.let_go()
        self.honesty.forget()
        self.leave_out.forget()

    def show_report(self, plan: SplitCfg, report: SplitReport | None) -> None:
        """What came of the project's plan; None: nothing yet."""
        self._is_divided = report is not None
        self._plan.setText(f"{shares_of(plan)} {together_of(plan.groups)}")
        self._card.show()
        self._leak_card.setVisible(report is not None)
        for part in (self.figures, self._table, self._lock, self._locked):
            part.setVisible(report is not None)
        if report is None:
            self.news.show_text("")
            return
        self.news.show_text(self._since(report))
        split = report.split
        self.figures.show_values([f"{n:,}" for n in (split.n_train, split.n_val, split.n_test)])
        self._locked.setText(self._lock_says(report.n_runs))
        self.classes.set_rows(report.strata)
        self.leaks.show_report(report)

    @Slot()
    def compare(self) -> None:
        """The honest and the naive score are worked out, unless they are already."""
        self.honesty.start.setEnabled(False)
        self.comparing.ask(_compare, _compared)

    @Slot()
    def _compared(self) -> None:
        self.honesty.start.setEnabled(True)

    @Slot(str)
    def leave_each_out(self, kind: str) -> None:
        """Each group of this relation is scored by what the others teach, unless that is under way."""
        self.leave_out.start.setEnabled(False)
        self.leaving.ask(partial(_leave_out, kind), _left_out)

    @Slot()
    def _left_out(self) -> None:
        self.leave_out.start.setEnabled(True)

    def _since(self, report: SplitReport) -> str:
        """What has happened since the photos were divided; the next training takes it in."""
        said = []
        if report.n_outside:
            said.append(self.tr("In no part yet: %n labelled photo(s).", "", report.n_outside))
        if report.n_gone:
            said.append(self.tr("Not to be used any more: %n photo(s).", "", report.n_gone))
        return " ".join([*said, self.tr("The next training brings the split up to date.")]) if said else ""

    def _lock_says(self, n_runs: int) -> str:
        text = self.tr(
            "Locked: test photos never teach or tune, whatever the recipe; a run looks at them once, when it has ended."
        )
        if not n_runs:
            return text + " " + self.tr("No model has been scored on them yet.")
        looked = self.tr("%n model(s) scored on them so far.", "", n_runs)
        luck = self.tr("The more models are chosen between by these photos, the more of the best score is luck.")
        return f"{text} {looked} {luck}" if n_runs > 1 else f"{text} {looked}"

    def _parts_card(self) -> Card:
        self._plan = label("", "muted", wrap=True)
        self.figures = FigureRow((self.tr("teach"), self.tr("tune"), self.tr("test")), self.tr("Photos in each part"))
        self._locked = label("", wrap=True)
        self._lock = Picture("shield-check", 18, "success")
        locked = row(self._lock, self._locked, spacing=GAP + 2)
        locked.setStretch(1, 1)
        self.classes: TableModel[Stratum] = TableModel(self._columns(), self)
        name = self.tr("Photos of each class in each part")
        self._table = RowTable(self.classes, name, fit_height=True, least_wide=LEAST_NAME)
        self._card = Card(self.tr("What teaches and what tests"))
        self._card.body.addWidget(self._plan)
        self._card.body.addWidget(self.figures)
        self._card.body.addLayout(locked)
        self._card.body.addWidget(self._table)
        return self._card

    def _columns(self) -> list[Column[Stratum]]:
        return [
            Column(heading=self.tr("Class"), text=lambda one: one.name, key=lambda one: one.name.casefold()),
            Column(heading=self.tr("Teach"), text=lambda one: f"{one.n_train:,}", key=_train, numeric=True),
            Column(heading=self.tr("Tune"), text=lambda one: f"{one.n_val:,}", key=_val, numeric=True),
            Column(heading=self.tr("Test"), text=lambda one: f"{one.n_test:,}", key=_test, numeric=True),
            Column(
                heading=self.tr("Off by"),
                text=lambda one: self.tr("{0} pt").format(f"{100 * one.deviation:.1f}"),
                key=lambda one: one.deviation,
                tip=self.tr("How much its share of a part differs from its share of all, at most; percentage points"),
                numeric=True,
            ),
        ]


def _train(one: Stratum) -> int:
    return one.n_train


def _val(one: Stratum) -> int:
    return one.n_val


def _test(one: Stratum) -> int:
    return one.n_test


def _honesty_file(project: Project) -> Path:
    return project.paths.tmp / "honesty.json"


def _compare(project: Project) -> CompareSplitsSpec:
    return project.runs.compare_spec(QUICK, _honesty_file(project))


def _compared(project: Project) -> Honesty:
    from engine.insight.honesty import read_honesty

    return read_honesty(_honesty_file(project))


def _leave_out_file(project: Project) -> Path:
    return project.paths.tmp / "leave-one-out.json"


def _leave_out(kind: str, project: Project) -> LeaveOneOutSpec:
    return project.runs.leave_out_spec(QUICK, kind, _leave_out_file(project))


def _left_out(project: Project) -> LeaveOneOut:
    from engine.insight.leave_one_out import read_leave_one_out

    return read_leave_one_out(_leave_out_file(project))
