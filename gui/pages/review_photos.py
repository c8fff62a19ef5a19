"""The photos of a question about a run, and mending their labels: keys, a menu, and the row leaves the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.base.ids import ClassId, PhotoId, RunId
from engine.store.rows import ClassRow, PhotoFilter, PhotoRow
from gui.core.score_text import Part
from gui.core.session import Session
from gui.core.settings import THUMB_SIZE
from gui.models.photo_model import PhotoModel
from gui.pages.review_detail import ReviewDetail
from gui.pages.review_mending import Mending
from gui.pages.review_read import Detail, Found, detail, photos
from gui.widgets.cards import GAP, PAGE_MARGIN, label, line, row
from gui.widgets.empty_state import EmptyState
from gui.widgets.photo_grid import PhotoGrid

# The best and the worst are worth looking at one by one; whole piles are listed up to what a person can page through.
N_RANKED = 200
N_PILE = 5000
CELL_TAB = 4


class ReviewPhotos(QWidget):
    """Tabs choose the question, a cell of the matrix adds a tab of its own."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run_id: RunId | None = None
        self._part: Part = "test"
        self._cell: tuple[ClassId, ClassId] | None = None
        self.photos = PhotoModel(self._fetch, self)
        self._build()

    def ask(self, run_id: RunId, part: Part, classes: Sequence[ClassRow]) -> None:
        """The same question is asked of this run again; a cell belongs to its run and goes with it."""
        if run_id != self._run_id or part != self._part:
            self._drop_cell()
        self._run_id, self._part = run_id, part
        self.mending.set_classes(classes)
        self.photos.set_classes(classes)
        self._ask()

    def forget(self) -> None:
        """Another project was opened."""
        self._drop_cell()
        self._run_id = None
        self.mending.row = 0
        self.photos.forget()
        self.detail.show_detail(None)

    def refresh(self) -> None:
        """Labels may be others than those shown."""
        self.photos.refresh()

    def show_cell(self, true: ClassId, answer: ClassId, title: str) -> None:
        """The photos of one cell of the matrix are shown, in a tab of their own; `title` says which cell."""
        self._cell = (true, answer)
        if self.tabs.count() == CELL_TAB:
            self.tabs.addTab(self.tr("Chosen cell"))
        self.tabs.setTabToolTip(CELL_TAB, self.tr("{0}, the surest answers first").format(title))
        if self.tabs.currentIndex() == CELL_TAB:
            self._choose_tab(CELL_TAB)
        else:
            self.tabs.setCurrentIndex(CELL_TAB)

    def classes(self) -> tuple[ClassRow, ...]:
        """The classes a photo can be given."""
        return self.mending.classes()

    def query(self) -> PhotoFilter:
        """The question whose photos the grid shows."""
        base = PhotoFilter(run_id=self._run_id, part=self._part, limit=N_RANKED)
        if self.tabs.currentIndex() == CELL_TAB and self._cell is not None:
            true, answer = self._cell
            pile = replace(base, true_class=true, predicted_class=answer, limit=N_PILE)
            return replace(pile, order="confident_right" if true == answer else "confident_wrong")
        kinds: tuple[PhotoFilter, ...] = (
            replace(base, wrong=True, order="confident_wrong"),
            replace(base, order="least_certain"),
            replace(base, wrong=False, order="confident_right"),
            replace(base, wrong=True, order="class", limit=N_PILE),
        )
        return kinds[max(0, self.tabs.currentIndex())]

    def relabel(self, class_id: ClassId) -> None:
        """The selected photos get this label; they leave the list if they answer the question no more."""
        self.mending.relabel(class_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.mending.take_key(event):
            super().keyPressEvent(event)

    def _drop_cell(self) -> None:
        self._cell = None
        if self.tabs.count() > CELL_TAB:
            self.tabs.blockSignals(True)
            self.tabs.removeTab(CELL_TAB)
            self.tabs.setCurrentIndex(0)
            self.tabs.blockSignals(False)
            self._choose_words(0)

    def _ask(self) -> None:
        query = self.query()
        if query.run_id is not None:
            self._session.store.ask(lambda project: (query, photos(project, query)), self._show, context=self)

    def _show(self, answer: tuple[PhotoFilter, Found]) -> None:
        query, found = answer
        if query != self.query():
            return
        self.photos.set_captions(found.captions)
        self.photos.set_ids(found.ids)
        self.pile.setCurrentWidget(self.grid if found.ids else self.nothing)
        self._count.setText(self.tr("%n photo(s)", "", len(found.ids)))
        if not found.ids:
            self.detail.show_detail(None)
        elif not self.grid.currentIndex().isValid():
            # After a relabel the photo leaves the list: the one that took its place is next.
            self.grid.go_to_row(self.mending.row)
        else:
            self._show_current(self.grid.current_id())

    def _fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        self._session.store.ask(lambda project: project.browse.rows(ids), then, context=self)

    @Slot(int)
    def _choose_tab(self, tab: int) -> None:
        self._choose_words(tab)
        self.mending.row = 0
        self.grid.clearSelection()
        self.photos.set_ids(())
        self._ask()

    def _choose_words(self, tab: int) -> None:
        self._subject.setText(self.tabs.tabToolTip(tab))

    @Slot(object)
    def _show_current(self, photo_id: PhotoId | None) -> None:
        run_id, part = self._run_id, self._part
        if photo_id is None or run_id is None:
            return
        self._session.store.ask(
            lambda project: detail(project, run_id, part, photo_id), self._show_detail, context=self
        )

    def _show_detail(self, found: Detail | None) -> None:
        if found is None or found.photo.id == self.grid.current_id():
            self.detail.show_detail(found)

    def _build(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.tr("Which photos to look at"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for name, tip in (
            (self.tr("Confident but wrong"), self.tr("Wrong answers, the surest first: look for wrong labels")),
            (self.tr("Least certain"), self.tr("The two likeliest classes are nearly equal")),
            (self.tr("Confident and right"), self.tr("Right answers, the surest first: what the model finds typical")),
            (self.tr("All wrong"), self.tr("Every wrong answer, by class")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(name), tip)
        self.tabs.currentChanged.connect(self._choose_tab)
        self._subject = label("", "muted")
        self._choose_words(0)
        self._count = label("", "muted")
        side = self._session.settings.get(THUMB_SIZE)
        self.grid = PhotoGrid(self.photos, self._session.thumbs, side=side, captions=1)
        self.grid.photo_current.connect(self._show_current)
        self.mending = Mending(self._session, self.grid, self)
        self.nothing = EmptyState("check", self.tr("No photos here"), self.tr("No photo answers this question."))
        self.pile = QStackedWidget()
        for part in (self.grid, self.nothing):
            self.pile.addWidget(part)
        self.detail = ReviewDetail(self._session.thumbs)
        head = QVBoxLayout()
        head.setContentsMargins(2 * GAP, 0, PAGE_MARGIN, 0)
        head.setSpacing(GAP)
        head.addWidget(self.tabs)
        head.addLayout(row(self._subject, None, self._count, self.mending.make_button()))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, GAP, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(head)
        box.addWidget(self.pile, 1)
        box.addWidget(line())
        box.addWidget(self.detail)
