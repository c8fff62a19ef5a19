"""Copies: the pictures that are here more than once, looked at side by side, and decided group by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.ids import PhotoId
from engine.store.rows import ClassRow
from gui.core.asked_job import AskedJob
from gui.core.copy_words import summary_of
from gui.core.session import Session
from gui.core.throttle import Throttle
from gui.models.copy_model import SHOWS, CopyGroupModel, Show
from gui.pages.explore_copies_group import CopyGroupPanel
from gui.pages.explore_copies_verbs import CopyVerbs
from gui.widgets.banner import Banner
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, row
from gui.widgets.copy_views import CopyGroupList
from gui.widgets.empty_state import EmptyState
from gui.widgets.job_place import JobPlace

if TYPE_CHECKING:
    from engine.project.copies import CopyGroup, CopyReport
    from engine.project.project import Project

RELOAD_MS = 200
# Reading so many photos again takes about a millisecond: a large project is read more seldom.
PHOTOS_PER_MS = 40
LIST_WIDTH = 320


class _State(NamedTuple):
    report: CopyReport | None
    was_searched: bool
    classes: tuple[ClassRow, ...]


class _Place(NamedTuple):
    row: int
    ids: tuple[PhotoId, ...]


class ExploreCopies(QWidget):
    """Groups at the left, those to decide first; the photos of the chosen one at the right, and what can be decided."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stale = True
        self._asked_at = 0
        self._colours: dict[int, str] = {}
        self.groups = CopyGroupModel(self)
        self.verbs = CopyVerbs(session, self)
        self.verbs.decided.connect(self._move_on)
        self.search = AskedJob(session, self.tr("Looking for copies"), self)
        self.search.over.connect(self._searched)
        self._build()
        self.search.began.connect(self.progress.follow)
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        self.verbs.refused.connect(self._reload.call)
        session.changed.connect(self._changed)
        session.project_opened.connect(self._opened)

    @Slot()
    def look(self) -> None:
        """Copies are being looked for among all photos, unless they are already."""
        self._set_busy(busy=True)
        self.search.ask(lambda project: project.copies.search_spec(), lambda project: project.copies.take_in())

    def group(self) -> CopyGroup | None:
        """The group that is chosen."""
        index = self.list.currentIndex()
        return self.groups.group(index.row()) if index.isValid() else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._reload.call()

    # What is read

    @Slot()
    def _opened(self) -> None:
        self._asked_at += 1
        self.groups.set_groups(())
        self._changed(Changes(photos=True))

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.photos or changes.labels or changes.classes:
            self._stale = True
            if self.isVisible():
                self._reload.call()

    @Slot()
    def _ask(self) -> None:
        if self._session.project is None:
            return
        self._stale = False
        self._asked_at += 1
        number = self._asked_at
        self._session.store.ask(_read, lambda found: self._show(number, found), context=self)

    def _show(self, number: int, found: _State) -> None:
        if number != self._asked_at:
            return
        report = found.report
        self._colours = {row.id: row.colour for row in found.classes}
        self.pile.setCurrentWidget(self.empty if report is None else self.content)
        if report is None:
            self._show_empty(was_searched=found.was_searched)
            return
        self._reload.set_interval(RELOAD_MS + report.n_photos // PHOTOS_PER_MS)
        self.summary.setText(summary_of(report))
        n_new = self.tr("New or changed since the last search: %n photo(s).", "", report.n_new)
        self.news.show_text(n_new if report.n_new else "")
        place = self._place()
        self.groups.set_groups(report.groups)
        self._show_counts()
        self._choose(place)

    def _show_empty(self, *, was_searched: bool) -> None:
        if was_searched:
            text = self.tr("Splits keep the copies together that were found, but the list of them is gone. Look again.")
            self.empty.set_text(self.tr("Look for copies again"), text)

    def _show_counts(self) -> None:
        names = {
            "open": self.tr("To decide"),
            "conflicts": self.tr("Different labels"),
            "settled": self.tr("Decided"),
            "all": self.tr("All groups"),
        }
        for at, show in enumerate(SHOWS):
            self.choice.setItemText(at, f"{names[show]}  ({self.groups.count(show):,})")
        clear = any(not group.settled and not group.in_conflict for group in self.groups.groups())
        self.keep_best_of_all.setEnabled(clear)

    def _choose(self, place: _Place) -> None:
        """The group of the place is chosen; where it is gone, the one that comes after it."""
        found = self.groups.row_with(place.ids)
        n = self.groups.rowCount()
        if n:
            at = found if found >= 0 else max(0, min(place.row, n - 1))
            self.list.setCurrentIndex(self.groups.index(at, 0))
        self._show_group()

    def _place(self) -> _Place:
        group = self.group()
        return _Place(self.list.currentIndex().row(), () if group is None else _ids(group))

    @Slot(bool)
    def _move_on(self, is_all: bool) -> None:
        """The next group is shown before this decision is saved; what is left of a group, when the list is read."""
        # What is being read now was asked before the decision.
        self._asked_at += 1
        if is_all:
            place = self._place()
            self.groups.take(place.row)
            self._show_counts()
            self._choose(_Place(place.row, ()))
        else:
            self.panel.hold()

    # What is shown

    @Slot()
    def _show_group(self) -> None:
        group = self.group()
        self.beside.setCurrentWidget(self.nothing if group is None else self.panel)
        self.panel.show_group(group, self._colours)

    @Slot(int)
    def _filter(self, at: int) -> None:
        show: Show = self.choice.itemData(at)
        place = self._place()
        self.groups.set_show(show)
        self._choose(place)

    @Slot()
    def _keep_best_of_all(self) -> None:
        self.verbs.ask_keep_best(self.groups.groups())

    @Slot()
    def _searched(self) -> None:
        self._set_busy(busy=False)

    def _set_busy(self, *, busy: bool) -> None:
        self.again.setEnabled(not busy)
        self.empty.set_busy(busy=busy)

    # Parts

    def _build(self) -> None:
        self.empty = EmptyState(
            "layers",
            self.tr("Is a picture here more than once?"),
            self.tr(
                "Fieldmark finds copies however they are disguised: turned, mirrored, cropped, lit or stored otherwise."
                " Copies on both sides of a split make a model look better than it is."
            ),
            (("look", self.tr("Look for copies")),),
        )
        self.empty.chosen.connect(self.look)
        self.progress = JobPlace()
        self.news = Banner(self.tr("Look again"))
        self.news.pressed.connect(self.look)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self._list_side())
        split.addWidget(self._group_side())
        split.setStretchFactor(1, 1)
        split.setSizes([LIST_WIDTH, 3 * LIST_WIDTH])
        self.content = QWidget()
        inner = QVBoxLayout(self.content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GAP)
        inner.addLayout(self._head())
        inner.addWidget(self.news)
        inner.addWidget(split, 1)
        self.pile = QStackedWidget()
        for part in (self.empty, self.content):
            self.pile.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAGE_MARGIN, GAP, PAGE_MARGIN, 2 * GAP)
        box.setSpacing(GAP)
        box.addWidget(self.progress)
        box.addWidget(self.pile, 1)

    def _head(self) -> QVBoxLayout:
        self.summary = label("", "section", wrap=True)
        self.again = button(self.tr("Look again"), "quiet", icon_name="refresh-cw")
        self.again.clicked.connect(self.look)
        self.keep_best_of_all = button(
            self.tr("Keep the best of all…"),
            icon_name="sparkles",
            tip=self.tr("In every group whose photos agree, the best one stays and the others are left out"),
        )
        self.keep_best_of_all.clicked.connect(self._keep_best_of_all)
        line = row(self.summary, self.again, self.keep_best_of_all)
        line.setStretch(0, 1)
        box = QVBoxLayout()
        box.addLayout(line)
        return box

    def _list_side(self) -> QWidget:
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Which groups to show"))
        for show in SHOWS:
            self.choice.addItem("", show)
        self.choice.activated.connect(self._filter)
        self.list = CopyGroupList(self.groups, self._session.thumbs)
        self.setFocusProxy(self.list)
        self.list.selectionModel().currentChanged.connect(self._show_group)
        made = QWidget()
        made.setMinimumWidth(240)
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 0, GAP, 0)
        box.setSpacing(GAP)
        box.addWidget(self.choice)
        box.addWidget(self.list, 1)
        return made

    def _group_side(self) -> QStackedWidget:
        self.panel = CopyGroupPanel(self._session, self.verbs)
        self.list.stepped.connect(self.panel.board.step)
        self.nothing = EmptyState(
            "circle-check", self.tr("Nothing of this kind"), self.tr("Choose at the left which groups to look at.")
        )
        self.beside = QStackedWidget()
        for part in (self.panel, self.nothing):
            self.beside.addWidget(part)
        return self.beside


def _ids(group: CopyGroup) -> tuple[PhotoId, ...]:
    return tuple(copy.photo.id for copy in group.copies)


def _read(project: Project) -> _State:
    return _State(project.copies.report(), project.copies.is_searched(), project.browse.classes())
