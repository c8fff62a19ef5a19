"""Split: by which plan photos are divided, what came of it, whether anything leaks, and what it means for scores."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from engine.base.changes import Changes
from engine.data.relation_values import RELATIONS
from engine.recipe.group_cfg import BY_HAND
from engine.recipe.recipe import SplitCfg
from engine.store.rows import PhotoFilter
from gui.core.group_reading import GroupsByHand, groups_by_hand
from gui.core.session import Session
from gui.core.throttle import Throttle
from gui.pages.explore_split_plan import SplitPlan
from gui.pages.explore_split_results import SplitResults

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.splits import SplitReport

RELOAD_MS = 300
# Reading so many photos again takes about a millisecond: a large project is read more seldom.
PHOTOS_PER_MS = 20
PLAN_WIDTH = 400


class _State(NamedTuple):
    plan: SplitCfg
    report: SplitReport | None
    headings: tuple[str, ...]
    by_hand: GroupsByHand


class ExploreSplit(QWidget):
    """The plan at the left, what came of it at the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stale = True
        self._asked_at = 0
        self._shown = SplitCfg()
        self.plan = SplitPlan()
        self.plan.wanted.connect(self._ask_divide)
        self.results = SplitResults(session)
        self.results.leaks.chosen.connect(self._show_photos)
        self.results.renew.connect(self._renew)
        for asked in (self.results.comparing, self.results.leaving):
            # Both bring the split up to date before they begin.
            asked.began.connect(self._divided)
        self.results.by_hand.shown.connect(self._show_by_hand)
        self.results.by_hand.removed.connect(self._take_apart)
        self.results.by_hand.counted.connect(self.plan.keep_groups_by_hand)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self.plan)
        split.addWidget(self.results)
        split.setStretchFactor(1, 1)
        split.setSizes([PLAN_WIDTH, 2 * PLAN_WIDTH])
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(split)
        self.setFocusProxy(self.results)
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        session.changed.connect(self._changed)
        session.project_opened.connect(self._opened)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._reload.call()

    @Slot()
    def _opened(self) -> None:
        self._asked_at += 1
        self.plan.forget()
        self.results.forget()
        self._changed(Changes(splits=True))

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes:
            self._stale = True
            if self.isVisible():
                self._reload.call()

    @Slot()
    def _divided(self) -> None:
        self._changed(Changes(splits=True))

    @Slot()
    def _ask(self) -> None:
        if self._session.project is None:
            return
        self._stale = False
        self._asked_at += 1
        self._session.store.ask(_read, partial(self._show, self._asked_at), context=self)

    def _show(self, number: int, found: _State) -> None:
        if number != self._asked_at:
            return
        report = found.report
        if report is not None:
            n = report.split.n_train + report.split.n_val + report.split.n_test
            self._reload.set_interval(RELOAD_MS + n // PHOTOS_PER_MS)
        if found.plan != self._shown:
            self.results.forget_scores()
            self._shown = found.plan
        is_stale = report is not None and report.is_stale
        self.plan.show_plan(found.plan, found.headings, is_divided=report is not None, is_stale=is_stale)
        self.results.show_report(found.plan, report)
        self.results.by_hand.show_groups(found.by_hand.groups, used=found.by_hand.used)
        self.results.leave_out.show_relations(_by_use(found.headings))

    @Slot(object, bool)
    def _ask_divide(self, plan: SplitCfg, is_another: bool) -> None:
        if not (is_another and self.results.is_divided()):
            self._divide(plan)
            return
        from gui.dialogs.confirm import ConfirmDialog

        dialog = ConfirmDialog(
            self,
            self.tr("Divide the photos anew?"),
            self.tr(
                "Another plan is a new draw: photos that were for testing may teach from now on. Runs that exist keep"
                " their split and their scores, but scores on different test photos cannot be compared. Undo does not"
                " take this back; dividing by the former plan again brings the former split back."
            ),
            yes=self.tr("Divide anew"),
            no=self.tr("Keep the present split"),
            kind="primary",
        )
        dialog.accepted.connect(partial(self._divide, plan))
        dialog.open()

    def _divide(self, plan: SplitCfg) -> None:
        self._session.store.ask(lambda project: project.splits.adopt(plan), context=self)

    @Slot()
    def _renew(self) -> None:
        self._session.store.ask(lambda project: project.splits.adopt(project.splits.plan()), context=self)

    @Slot(object, str)
    def _show_photos(self, ids: tuple[int, ...], title: str) -> None:
        self._session.show_photos.emit(PhotoFilter(among=ids, among_title=title))

    @Slot(str)
    def _show_by_hand(self, name: str) -> None:
        title = self.tr("kept together: {0}").format(name)
        self._session.store.ask(
            lambda project: project.columns.photos(BY_HAND, name),
            lambda ids: self._show_photos(ids, title),
            context=self,
        )

    @Slot(str)
    def _take_apart(self, name: str) -> None:
        def change(project: Project) -> Changes:
            return project.columns.set(project.columns.photos(BY_HAND, name), BY_HAND, "")

        self._session.store.ask(change, context=self)


def _by_use(headings: tuple[str, ...]) -> list[str]:
    """What groups can be left out by. Classes often are folders, and say nothing then: they come last."""
    return [*(kind for kind in RELATIONS if kind != "folders"), *headings, "folders"]


def _read(project: Project) -> _State:
    plan = project.splits.plan()
    return _State(
        plan=plan,
        report=project.splits.report(plan),
        headings=tuple(column.name for column in project.columns.in_use()),
        by_hand=groups_by_hand(project),
    )
