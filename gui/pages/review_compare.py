"""Before and after: the new model against the old one on the same held-out photos, and which of them to use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.ids import RunId
from engine.insight.before_after import BeforeAfter, TwoAnswers
from engine.store.rows import ClassRow, PhotoRow, RunRow
from gui.core.score_text import percent
from gui.core.session import Session
from gui.core.settings import THUMB_SIZE
from gui.models.photo_model import Caption, PhotoModel
from gui.widgets.cards import GAP, PAGE_MARGIN, Card, button, label, row
from gui.widgets.change_table import ChangeTable
from gui.widgets.empty_state import EmptyState
from gui.widgets.photo_grid import PhotoGrid

if TYPE_CHECKING:
    from engine.project.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs and what changed between them."""

    old: RunRow
    new: RunRow
    change: BeforeAfter
    classes: tuple[ClassRow, ...]


def compare(project: Project, old: RunId, new: RunId) -> Comparison:
    """The comparison of two runs; called on the store thread."""
    return Comparison(
        old=project.runs.row(old),
        new=project.runs.row(new),
        change=project.comparisons.before_after(old, new),
        classes=project.browse.classes(),
    )


class ComparePanel(QWidget):
    """Reads the comparison itself; `left` is emitted when the user is done, with the run to look at."""

    left = Signal(object)
    ready = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: Comparison | None = None
        self._asked: tuple[RunId, RunId] | None = None
        self.photos = PhotoModel(self._fetch, self)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self._left_side())
        split.addWidget(self._right_side())
        split.setStretchFactor(1, 1)
        split.setSizes([620, 700])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(split)
        session.changed.connect(self._changed)

    def compare(self, old: RunId, new: RunId) -> None:
        """The panel shows what changed from the one run to the other; `ready` follows."""
        self._asked = (old, new)
        self._session.store.ask(lambda project: compare(project, old, new), self._show, context=self)

    def forget(self) -> None:
        """Another project was opened."""
        self._asked, self._shown = None, None
        self.photos.forget()

    def headline(self) -> str:
        """Both scores, the photos they stand on, and the verdict, as one text."""
        return self._card.accessibleName()

    def gallery(self) -> tuple[TwoAnswers, ...]:
        """The photos of the chosen pile: used to be right, now right, or wrong in another way."""
        if self._shown is None:
            return ()
        piles = _piles(self._shown.change)
        return piles[max(0, self.tabs.currentIndex())]

    def _show(self, found: Comparison) -> None:
        if self._asked != (found.old.id, found.new.id):
            return  # the user has left, or asked for others since
        self._shown = found
        change = found.change
        self._names.setText(self.tr("“{0}” before, “{1}” after").format(found.old.name, found.new.name))
        self._verdict.setText(change.verdict)
        self._figure.setText(f"{percent(change.accuracy_before)}  →  {percent(change.accuracy_after)}")
        self._beneath.setText(self.tr("right on the same %n held-out photo(s) of the classes both know", "", change.n))
        self._card.setAccessibleName(f"{self._figure.text()} {self._beneath.text()}. {change.verdict}")
        self._offer(found)
        self.table.show_change(change)
        self.photos.set_classes(found.classes)
        names = (self.tr("Used to be right"), self.tr("Now right"), self.tr("Wrong in another way"))
        for at, (name, pile) in enumerate(zip(names, _piles(change), strict=True)):
            self.tabs.setTabText(at, f"{name}  ({len(pile):,})")
        self._show_pile()
        self.ready.emit()

    def _offer(self, found: Comparison) -> None:
        """The buttons say what they do to the model in use, and only what would change something is offered."""
        self.use.setVisible(not found.new.is_current)
        self.keep.setText(
            self.tr("Go back to the old model") if found.new.is_current else self.tr("Keep the old model")
        )
        self.keep.setAccessibleName(self.keep.text())
        self._in_use.setText(
            self.tr("The new model is in use.")
            if found.new.is_current
            else self.tr("The old model is still in use.")
            if found.old.is_current
            else self.tr("Neither of the two is in use.")
        )

    @Slot()
    def _show_pile(self) -> None:
        pile = self.gallery()
        self.photos.set_captions({photo.photo_id: _caption(photo) for photo in pile})
        self.photos.set_ids([int(photo.photo_id) for photo in pile])
        self.grid_pile.setCurrentWidget(self.grid if pile else self.nothing)

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if self._asked is not None and self.isVisible() and (changes.labels or changes.classes or changes.runs):
            self.photos.refresh()
            self.compare(*self._asked)

    def _fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        self._session.store.ask(lambda project: project.browse.rows(ids), then, context=self)

    @Slot()
    def promote(self) -> None:
        """The new model is the one in use."""
        if self._shown is not None:
            self._use(self._shown.new, self.tr("The new model is in use."))

    @Slot()
    def keep_old(self) -> None:
        """The old model is the one in use; the new one stays in the list of runs."""
        if self._shown is not None and self._shown.new.is_current:
            self._use(self._shown.old, self.tr("The old model is in use again."))
        elif self._shown is not None:
            self._leave(self._shown.old.id)

    def _use(self, run: RunRow, text: str) -> None:
        def done(_: Changes) -> None:
            self._session.notices.success(text)
            self._leave(run.id)

        self._session.store.ask(lambda project: project.runs.promote(run.id), done, context=self)

    @Slot()
    def _back(self) -> None:
        self._leave(self._shown.new.id if self._shown is not None else None)

    def _leave(self, run_id: RunId | None) -> None:
        self._asked = None
        self.left.emit(run_id)

    def _left_side(self) -> QWidget:
        back = button(self.tr("Back to review"), "quiet", icon_name="arrow-left")
        back.clicked.connect(self._back)
        self._names = label("", "muted", wrap=True)
        self._figure = label("", "figure")
        self._beneath = label("", "muted", wrap=True)
        self._verdict = label("", "section", wrap=True, selectable=True)
        self._in_use = label("", "muted")
        self.use = button(self.tr("Use the new model"), "primary", icon_name="check")
        self.use.clicked.connect(self.promote)
        self.keep = button(self.tr("Keep the old model"))
        self.keep.clicked.connect(self.keep_old)
        self._card = Card()
        for part in (self._figure, self._beneath, self._verdict, self._in_use):
            self._card.body.addWidget(part)
        self._card.body.addLayout(row(self.use, self.keep, None))
        self.table = ChangeTable()
        made = QWidget()
        made.setMinimumWidth(400)
        box = QVBoxLayout(made)
        box.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, 2 * GAP, PAGE_MARGIN)
        box.setSpacing(GAP)
        box.addLayout(row(back, None))
        box.addWidget(label(self.tr("Before and after"), "title"))
        box.addWidget(self._names)
        box.addSpacing(GAP)
        box.addWidget(self._card)
        box.addSpacing(GAP)
        box.addWidget(self.table, 1)
        return made

    def _right_side(self) -> QWidget:
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.tr("Photos the two models answer differently"))
        self.tabs.setDrawBase(False)
        for _ in range(3):
            self.tabs.addTab("")
        self.tabs.currentChanged.connect(self._show_pile)
        side = self._session.settings.get(THUMB_SIZE)
        self.grid = PhotoGrid(self.photos, self._session.thumbs, side=side, captions=1)
        self.nothing = EmptyState("check", self.tr("None"), self.tr("No photo changed in this way."))
        self.grid_pile = QStackedWidget()
        for part in (self.grid, self.nothing):
            self.grid_pile.addWidget(part)
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 2 * GAP, 0, 0)
        box.setSpacing(GAP)
        head = row(self.tabs, None)
        head.setContentsMargins(2 * GAP, 0, PAGE_MARGIN, 0)
        box.addLayout(head)
        box.addWidget(self.grid_pile, 1)
        return made


def _piles(change: BeforeAfter) -> tuple[tuple[TwoAnswers, ...], ...]:
    lost = tuple(photo for photo in change.changed if photo.was_right)
    gained = tuple(photo for photo in change.changed if photo.now_right)
    neither = tuple(photo for photo in change.changed if not photo.was_right and not photo.now_right)
    return lost, gained, neither


def _caption(photo: TwoAnswers) -> Caption:
    token = "success" if photo.now_right else "danger" if photo.was_right else "text_muted"
    return Caption(f"{photo.before} → {photo.after}", token)
