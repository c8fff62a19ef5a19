"""The photos that tell two models apart: piles of them, both answers to the chosen one, and mending its label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.base.ids import PhotoId
from engine.insight.before_after import TwoAnswers
from engine.store.rows import PhotoRow
from gui.core.session import Session
from gui.core.settings import THUMB_SIZE
from gui.models.photo_model import PhotoModel
from gui.pages.review_compare_detail import CompareDetail
from gui.pages.review_compare_read import PILES, Pile, TwoRuns, TwoShares, of_cell, shares_of
from gui.pages.review_mending import Mending
from gui.widgets.cards import GAP
from gui.widgets.empty_state import EmptyState
from gui.widgets.photo_grid import PhotoGrid

CELL_TAB = len(PILES)
_NOTHING = Pile(answers=(), ids=(), captions={})


class ComparePhotos(QWidget):
    """Tabs choose the pile; a cell of a matrix adds a tab of its own."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: TwoRuns | None = None
        self._cell: tuple[str, str, int | None] | None = None
        self._cell_pile = _NOTHING
        self.photos = PhotoModel(self._fetch, self)
        self._build()

    def show_runs(self, found: TwoRuns) -> None:
        """The piles of this comparison; a cell belongs to its two runs and goes with them."""
        same = self._shown is not None and (self._shown.old.id, self._shown.new.id) == (found.old.id, found.new.id)
        self._shown = found
        self.photos.set_classes(found.classes)
        self.mending.set_classes(found.classes)
        self.detail.name_models(found.old.name, found.new.name)
        for at, (name, pile) in enumerate(zip(self._names(), found.piles, strict=True)):
            self.tabs.setTabText(at, f"{name}  ({len(pile.ids):,})")
        if same and self._cell is not None:
            self._ask_cell()
        else:
            self._drop_cell()
            self._show_pile()

    def show_cell(self, true: str, answer: str, side: int | None) -> None:
        """The photos of a cell of the first (`side` 0) or second (1) matrix; those that came or went for None."""
        self._cell = (true, answer, side)
        if self.tabs.count() == CELL_TAB:
            self.tabs.addTab("")
        self._ask_cell()

    def forget(self) -> None:
        """Another project was opened."""
        self._shown = None
        self._drop_cell()
        self.photos.forget()
        self.detail.show_detail(None)

    def refresh(self) -> None:
        """Labels may be others than those shown."""
        self.photos.refresh()

    def gallery(self) -> tuple[TwoAnswers, ...]:
        """The photos of the chosen pile, with both answers."""
        return self._pile().answers

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.mending.take_key(event):
            super().keyPressEvent(event)

    def _pile(self) -> Pile:
        if self._shown is None:
            return _NOTHING
        at = max(0, self.tabs.currentIndex())
        return self._cell_pile if at == CELL_TAB else self._shown.piles[at]

    def _names(self) -> tuple[str, ...]:
        return (
            self.tr("Only before right"),
            self.tr("Only after right"),
            self.tr("Both wrong"),
            self.tr("They disagree"),
        )

    def _ask_cell(self) -> None:
        if self._shown is None or self._cell is None:
            return
        change, cell = self._shown.change, self._cell
        # Not on this thread: there may be many photos to choose among.
        self._session.store.ask(lambda project: of_cell(change, *cell), partial(self._show_cell, cell), context=self)

    def _show_cell(self, cell: tuple[str, str, int | None], pile: Pile) -> None:
        if cell != self._cell:
            return
        self._cell_pile = pile
        true, answer, side = cell
        which = self.tr("changed") if side is None else self.tr("after") if side else self.tr("before")
        self.tabs.setTabText(CELL_TAB, f"{true} → {answer}, {which}  ({len(pile.ids):,})")
        self.tabs.setCurrentIndex(CELL_TAB)
        self._show_pile()

    def _drop_cell(self) -> None:
        self._cell, self._cell_pile = None, _NOTHING
        if self.tabs.count() > CELL_TAB:
            self.tabs.removeTab(CELL_TAB)

    @Slot(int)
    def _choose_tab(self, tab: int) -> None:
        self.mending.row = 0
        self.grid.clearSelection()
        self.photos.set_ids(())
        self._show_pile()

    def _show_pile(self) -> None:
        pile = self._pile()
        self.photos.set_captions(pile.captions)
        self.photos.set_ids(pile.ids)
        self.pile.setCurrentWidget(self.grid if pile.ids else self.nothing)
        if not pile.ids:
            self.detail.show_detail(None)
        elif not self.grid.currentIndex().isValid():
            # After a relabel the photo leaves the pile: the one that took its place is next.
            self.grid.go_to_row(self.mending.row)
        else:
            self._show_current(self.grid.current_id())

    def _fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        self._session.store.ask(lambda project: project.browse.rows(ids), then, context=self)

    @Slot(object)
    def _show_current(self, photo_id: PhotoId | None) -> None:
        if photo_id is None or self._shown is None:
            return
        old, new = self._shown.old.id, self._shown.new.id
        self._session.store.ask(lambda project: shares_of(project, old, new, photo_id), self._show_detail, context=self)

    def _show_detail(self, found: TwoShares | None) -> None:
        if found is None or found.photo.id == self.grid.current_id():
            self.detail.show_detail(found)

    def _build(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.tr("Photos that tell the two models apart"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for name in self._names():
            tip = self.tr("Under each photo: what the first model says, then what the second says")
            self.tabs.setTabToolTip(self.tabs.addTab(name), tip)
        self.tabs.currentChanged.connect(self._choose_tab)
        side = self._session.settings.get(THUMB_SIZE)
        self.grid = PhotoGrid(self.photos, self._session.thumbs, side=side, captions=1)
        self.grid.photo_current.connect(self._show_current)
        self.mending = Mending(self._session, self.grid, self)
        self.nothing = EmptyState("check", self.tr("None"), self.tr("There is no such photo."))
        self.pile = QStackedWidget()
        for part in (self.grid, self.nothing):
            self.pile.addWidget(part)
        self.detail = CompareDetail()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self.pile)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 1)
        split.setSizes([680, 400])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.tabs)
        box.addWidget(split, 1)
