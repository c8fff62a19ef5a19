"""The prediction browser: photos of a question about a run, and mending their labels, whereupon they leave the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QStackedWidget, QVBoxLayout, QWidget

from engine.base.ids import ClassId, PhotoId, RunId
from engine.insight.nearness import CLOSE_MARGIN, FAR_SHARE
from engine.project.answer_lists import AnswerKind, AnswerList, answer_ids
from engine.store.rows import ClassRow, PhotoRow
from gui.core.score_text import Part, percent
from gui.core.session import Session
from gui.core.settings import THUMB_SIZE
from gui.models.photo_model import PhotoModel
from gui.pages.review_detail import ReviewDetail
from gui.pages.review_mending import Mending
from gui.pages.review_read import AnsweredRows, Detail, answered_rows, detail
from gui.widgets.cards import GAP, PAGE_MARGIN, label, line, row
from gui.widgets.empty_state import EmptyState
from gui.widgets.photo_grid import PhotoGrid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CELL = "cell"


class ReviewPhotos(QWidget):
    """A list chooses the question; a cell of the matrix adds one of its own."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run_id: RunId | None = None
        self._part: Part = "test"
        self._cell: tuple[ClassId, ClassId] | None = None
        self._listed: AnswerList | None = None
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
        self._run_id, self._listed = None, None
        self.mending.row = 0
        self.photos.forget()
        self.detail.show_detail(None)

    def refresh(self) -> None:
        """Labels may be others than those shown."""
        self.photos.refresh()

    def show_cell(self, true: ClassId, answer: ClassId, title: str) -> None:
        """The photos of one cell of the matrix are shown, as a question of their own; `title` says which cell."""
        self._cell = (true, answer)
        at = self.questions.findData(CELL)
        with QSignalBlocker(self.questions):
            if at < 0:
                self.questions.addItem("", CELL)
                at = self.questions.count() - 1
            self.questions.setItemText(at, title)
            tip = self.tr("A cell of the matrix: {0}, the surest answers first").format(title)
            self.questions.setItemData(at, tip, Qt.ItemDataRole.ToolTipRole)
            self.questions.setCurrentIndex(at)
        self._choose()

    def classes(self) -> tuple[ClassRow, ...]:
        """The classes a photo can be given."""
        return self.mending.classes()

    def question(self) -> AnswerList | None:
        """The question whose photos the grid shows; None without a run."""
        if self._run_id is None:
            return None
        kind = self.questions.currentData()
        if kind == CELL:
            return AnswerList(run_id=self._run_id, part=self._part, cell=self._cell)
        return AnswerList(run_id=self._run_id, part=self._part, kind=kind)

    def relabel(self, class_id: ClassId) -> None:
        """The selected photos get this label; they leave the list if they answer the question no more."""
        self.mending.relabel(class_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.mending.take_key(event):
            super().keyPressEvent(event)

    def _drop_cell(self) -> None:
        self._cell = None
        at = self.questions.findData(CELL)
        if at >= 0:
            with QSignalBlocker(self.questions):
                self.questions.removeItem(at)
                self.questions.setCurrentIndex(0)
            self._show_words()

    def _ask(self) -> None:
        wanted = self.question()
        if wanted is not None:
            self._session.store.ask(
                lambda project: answer_ids(project, wanted), partial(self._show, wanted), context=self
            )

    def _show(self, wanted: AnswerList, ids: NDArray[np.int64]) -> None:
        if wanted != self.question():
            return
        if wanted != self._listed:
            # What stands under a photo is the answer to another question.
            self._listed = wanted
            self.photos.set_captions({})
            self.photos.refresh()
        self.photos.set_ids(ids)
        self.pile.setCurrentWidget(self.grid if len(ids) else self.nothing)
        self._count.setText(self.tr("%n photo(s)", "", len(ids)))
        if not len(ids):
            self.detail.show_detail(None)
        elif not self.grid.currentIndex().isValid():
            # After a relabel the photo leaves the list: the one that took its place is next.
            self.grid.go_to_row(self.mending.row)
        else:
            self._show_current(self.grid.current_id())

    def _fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        wanted = self._listed
        if wanted is not None:
            self._session.store.ask(
                lambda project: answered_rows(project, wanted, ids), partial(self._take, wanted, then), context=self
            )

    def _take(self, wanted: AnswerList, then: Callable[[Sequence[PhotoRow]], None], found: AnsweredRows) -> None:
        if wanted == self._listed:
            self.photos.add_captions(found.captions)
            then(found.rows)

    @Slot()
    def _choose(self) -> None:
        self._show_words()
        self.mending.row = 0
        self.grid.clearSelection()
        self.photos.set_ids(())
        self._ask()

    def _show_words(self) -> None:
        self._subject.setText(self.questions.currentData(Qt.ItemDataRole.ToolTipRole))

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
        self.questions = QComboBox()
        self.questions.setAccessibleName(self.tr("Which photos to look at"))
        self.questions.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for kind, (name, tip) in self._questions().items():
            self.questions.addItem(name, kind)
            self.questions.setItemData(self.questions.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.questions.currentIndexChanged.connect(self._choose)
        self._subject = label("", "muted", wrap=True)
        self._show_words()
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
        head.addLayout(row(self.questions, None, self._count, self.mending.make_button()))
        head.addWidget(self._subject)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, GAP, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(head)
        box.addWidget(self.pile, 1)
        box.addWidget(line())
        box.addWidget(self.detail)

    def _questions(self) -> dict[AnswerKind, tuple[str, str]]:
        """What each list is called, and which answers are in it."""
        margin, least = percent(CLOSE_MARGIN), percent(FAR_SHARE)
        close = self.tr("Nearly right: the right class was second, and behind by {0} at most").format(margin)
        far = self.tr("Not even near: the right class was third or later, or was given less than {0}").format(least)
        return {
            "confident_wrong": (
                self.tr("Confident but wrong"),
                self.tr("Wrong answers, the surest first: look for wrong labels"),
            ),
            "close": (self.tr("Close mistakes"), close),
            "far": (self.tr("Far mistakes"), far),
            "wrong": (self.tr("All mistakes"), self.tr("Every wrong answer, by class")),
            "uncertain": (self.tr("Least certain"), self.tr("The two likeliest classes are nearly equal")),
            "confident_right": (
                self.tr("Confident and right"),
                self.tr("Right answers, the surest first: what the model finds typical"),
            ),
        }
