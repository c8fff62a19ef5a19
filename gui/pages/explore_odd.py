"""Odd photos: kind by kind the oddest first, with the limit to move and what to do about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.base.ids import PhotoId
from engine.insight.overview import ODDITIES, OddLimits, PhotoFacts, odd_photos
from engine.store.rows import PhotoRow
from gui.core.comparing import Comparing
from gui.core.explore_words import odd_name, odd_reason, odd_rule, odd_value
from gui.core.odd_limits import NAMES, OddChoice, OddKind
from gui.core.picking import show_among
from gui.core.session import Session
from gui.core.throttle import Throttle
from gui.models.photo_model import Caption, PhotoModel
from gui.models.table_model import Column, TableModel
from gui.pages.explore_compare import CompareOffer
from gui.pages.explore_read import Seen
from gui.verbs.marks import MarkVerbs
from gui.widgets.cards import GAP, PAGE_MARGIN, button, indent_figures, label, row
from gui.widgets.empty_state import EmptyState
from gui.widgets.photo_grid import PhotoGrid
from gui.widgets.table_view import RowTable

if TYPE_CHECKING:
    from engine.project.project import Project

SIDE = 128
LIST_WIDTH = 240
ASK_MS = 150
# Range, step and decimals of the limit of each kind.
STEPS: dict[OddKind, tuple[float, float, float, int]] = {
    "blurred": (0.0, 5000.0, 5.0, 1),
    "dark": (0.0, 1.0, 0.01, 2),
    "bright": (0.0, 1.0, 0.01, 2),
    "empty": (0.0, 8.0, 0.1, 1),
    "shape": (1.0, 100.0, 0.1, 1),
    "tiny": (1.0, 10_000.0, 8.0, 0),
    "size": (0.5, 100.0, 0.5, 1),
    "unlike": (0.5, 100.0, 0.5, 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Photos of a kind, the oddest first, each with what was measured; `ids` None: they were not compared yet."""

    kind: OddKind
    ids: tuple[int, ...] | None
    captions: Mapping[int, Caption] = field(default_factory=dict)


class ExploreOdd(QWidget):
    """Kinds at the left, the photos of the chosen one at the right."""

    def __init__(self, session: Session, comparing: Comparing, odd: OddChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._odd = odd
        self._facts: tuple[PhotoFacts, ...] = ()
        self._ranked: dict[OddKind, Ranked] = {}
        self._asked_at = 0
        self.marks = MarkVerbs(session, self)
        self.photos = PhotoModel(self._fetch, self)
        self.kinds: TableModel[Ranked] = TableModel(self._columns(), self)
        self.kinds.set_rows([Ranked(kind=kind, ids=()) for kind in NAMES])
        self._build(comparing)
        self._ask_soon = Throttle(ASK_MS, self)
        self._ask_soon.due.connect(self._ask)
        odd.changed.connect(self._ask_soon.call)
        comparing.over.connect(self._ask_soon.call)
        self.table.selectRow(0)

    def show_seen(self, seen: Seen) -> None:
        """These photos are judged."""
        self._facts = seen.facts
        self.photos.set_classes(seen.classes)
        self.photos.refresh()
        if self.isVisible():
            self._ask_soon.call()

    def forget(self) -> None:
        """Another project is open."""
        self._asked_at += 1
        self._facts = ()
        self._ranked = {}
        self.photos.forget()

    def kind(self) -> OddKind:
        """The kind whose photos are shown."""
        at = self.table.currentIndex().row()
        return self.kinds.row(max(0, at)).kind

    def choose(self, kind: OddKind) -> None:
        """The photos of this kind are shown."""
        self.table.selectRow(list(NAMES).index(kind))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask_soon.call()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().lower() == "x" and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._exclude()
        else:
            super().keyPressEvent(event)

    # What is read

    @Slot()
    def _ask(self) -> None:
        if self._session.project is None or not self._facts:
            return
        self._asked_at += 1
        facts, limits, far = self._facts, self._odd.limits(), self._odd.limit("unlike")
        self._session.store.ask(
            lambda project: ranked(project, facts, limits, far), partial(self._show, self._asked_at), context=self
        )

    def _show(self, number: int, found: tuple[Ranked, ...]) -> None:
        if number != self._asked_at:
            return
        self._ranked = {one.kind: one for one in found}
        for at, one in enumerate(found):
            self.kinds.replace_row(at, one)
        self._show_photos()

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.grid.clearSelection()
            self._show_limit()
            self._show_photos()

    def _show_limit(self) -> None:
        kind = self.kind()
        low, high, step, decimals = STEPS[kind]
        before, after = odd_rule(kind)
        self.limit.blockSignals(True)
        self.limit.setDecimals(decimals)
        self.limit.setRange(low, high)
        self.limit.setSingleStep(step)
        self.limit.setValue(self._odd.limit(kind))
        self.limit.blockSignals(False)
        self._before.setText(before)
        self._after.setText(after)
        self.limit.setAccessibleName(" ".join(part for part in (odd_name(kind), before, after) if part))
        self.usual.setVisible(self._odd.limit(kind) != self._odd.usual(kind))

    def _show_photos(self) -> None:
        found = self._ranked.get(self.kind())
        if found is None:
            return
        ids = found.ids or ()
        self.photos.set_captions(found.captions)
        self.photos.set_ids(ids)
        page = self.offer if found.ids is None else self.grid if ids else self._nothing
        self._pile.setCurrentWidget(page)
        self._title.setText(odd_name(found.kind))
        self._count.setText(self.tr("%n photo(s)", "", len(ids)) if ids else "")
        self._tell_selection()

    # What is done

    @Slot(float)
    def _move(self, value: float) -> None:
        self._odd.set_limit(self.kind(), value)
        self.usual.setVisible(self._odd.limit(self.kind()) != self._odd.usual(self.kind()))

    @Slot()
    def _reset(self) -> None:
        self._odd.set_limit(self.kind(), self._odd.usual(self.kind()))
        self._show_limit()

    @Slot()
    def _show_in_photos(self) -> None:
        found = self._ranked.get(self.kind())
        ids = self.grid.selected_ids() or (found.ids if found is not None else None)
        if ids:
            show_among(self._session, ids, odd_reason(self.kind()))

    @Slot()
    def _exclude(self) -> None:
        self.marks.ask_exclude(self.grid.selected_ids(), odd_reason(self.kind()))

    @Slot()
    def _tag(self) -> None:
        self.marks.ask_tag(self.grid.selected_ids())

    @Slot()
    def _tell_selection(self) -> None:
        n = len(self.grid.selected_ids())
        self.exclude.setEnabled(n > 0)
        self.tag.setEnabled(n > 0)
        self.show_in_photos.setEnabled(self.photos.rowCount() > 0)
        self._selected.setText(self.tr("%n selected", "", n) if n else "")

    @Slot(object)
    def _open(self, photo_id: PhotoId) -> None:
        show_among(self._session, (int(photo_id),), odd_reason(self.kind()))

    def _fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        self._session.store.ask(lambda project: project.browse.rows(ids), then, context=self)

    # Parts

    def _columns(self) -> list[Column[Ranked]]:
        return [
            Column(heading=self.tr("Kind"), text=lambda found: odd_name(found.kind)),
            Column(
                heading=self.tr("Photos"),
                text=lambda found: "–" if found.ids is None else f"{len(found.ids):,}",
                key=lambda found: len(found.ids or ()),
                numeric=True,
            ),
        ]

    def _build(self, comparing: Comparing) -> None:
        self.table = RowTable(self.kinds, self.tr("Kinds of odd photos"))
        self.table.setSortingEnabled(False)
        self.table.setFixedWidth(LIST_WIDTH)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.grid = PhotoGrid(self.photos, self._session.thumbs, side=SIDE, captions=1)
        self.grid.setAccessibleName(self.tr("Odd photos"))
        self.grid.photos_selected.connect(self._tell_selection)
        self.grid.photo_activated.connect(self._open)
        self._nothing = EmptyState("check", self.tr("None"), self.tr("No photo is odd in this way, by this limit."))
        self.offer = CompareOffer(
            comparing,
            self.tr("Which photos do not look like their class?"),
            self.tr("A network compares every photo with all others. In a small project that takes seconds."),
        )
        self._pile = QStackedWidget()
        for part in (self.grid, self._nothing, self.offer):
            self._pile.addWidget(part)
        right = QVBoxLayout()
        right.setSpacing(GAP)
        right.addLayout(self._head())
        right.addLayout(self._limit_line())
        right.addWidget(self._pile, 1)
        box = QHBoxLayout(self)
        box.setContentsMargins(PAGE_MARGIN, 2 * GAP, PAGE_MARGIN, 2 * GAP)
        box.setSpacing(2 * GAP)
        box.addWidget(self.table)
        box.addLayout(right, 1)

    def _head(self) -> QHBoxLayout:
        self._title = label("", "section")
        self._count = label("", "muted")
        self._count.setToolTip(self.tr("The oddest first"))
        self._selected = label("", "muted")
        self.tag = button(self.tr("Tag…"), icon_name="tags", tip=self.tr("Tag the selected photos"))
        self.tag.clicked.connect(self._tag)
        self.exclude = button(
            self.tr("Exclude…"), icon_name="ban", tip=self.tr("Exclude the selected photos with this reason (X)")
        )
        self.exclude.clicked.connect(self._exclude)
        self.show_in_photos = button(
            self.tr("Show in Photos"), icon_name="images", tip=self.tr("The selected photos, or all of this kind")
        )
        self.show_in_photos.clicked.connect(self._show_in_photos)
        return row(self._title, self._count, None, self._selected, self.tag, self.exclude, self.show_in_photos)

    def _limit_line(self) -> QHBoxLayout:
        self._before, self._after = label("", "muted"), label("", "muted")
        self.limit = QDoubleSpinBox()
        indent_figures(self.limit)
        self.limit.setKeyboardTracking(False)
        self.limit.setMinimumWidth(104)
        self.limit.valueChanged.connect(self._move)
        self.usual = button(self.tr("Usual limit"), "quiet", icon_name="rotate-ccw")
        self.usual.clicked.connect(self._reset)
        return row(self._before, self.limit, self._after, self.usual, None)


def ranked(project: Project, facts: Sequence[PhotoFacts], limits: OddLimits, far: float) -> tuple[Ranked, ...]:
    """The photos of every kind by these limits, in the order of `NAMES`; called on the store thread."""
    found = {one.kind: one for one in odd_photos(facts, limits)}
    known = tuple(_ranked(kind, found[kind].photo_ids, found[kind].values) for kind in ODDITIES)
    report = project.explore.outliers(far)
    if report is None:
        return (*known, Ranked(kind="unlike", ids=None))
    return (*known, _ranked("unlike", [one.photo_id for one in report.rows], [one.score for one in report.rows]))


def _ranked(kind: OddKind, ids: Sequence[int], values: Sequence[float]) -> Ranked:
    # Words for many photos are found here, not where the window waits for them.
    words = {int(i): Caption(odd_value(kind, value)) for i, value in zip(ids, values, strict=True)}
    return Ranked(kind=kind, ids=tuple(words), captions=words)
