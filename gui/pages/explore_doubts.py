"""Labels in doubt: what a model that had not seen the photos contradicts, the clearest first, each to be decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.ids import ClassId, PhotoId
from engine.store.rows import PhotoRow
from gui.core.comparing import Comparing
from gui.core.picking import show_among
from gui.core.score_text import percent
from gui.core.session import Session
from gui.core.throttle import Throttle
from gui.models.photo_model import Caption, PhotoModel
from gui.pages.explore_doubts_panel import WIDTH, DoubtPanel
from gui.pages.explore_doubts_read import Alike, Doubts, alike, class_of, doubts
from gui.verbs.marks import MarkVerbs
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, row, upright_area
from gui.widgets.empty_state import EmptyState
from gui.widgets.photo_grid import PhotoGrid

if TYPE_CHECKING:
    from engine.project.explore import DoubtfulLabel

RELOAD_MS = 200
SIDE = 128
# Room for a scroll bar beside the panel.
BAR = 16


class ExploreDoubts(QWidget):
    """The photos at the left, the current one with its answers at the right; a decided one leaves the list."""

    def __init__(self, session: Session, comparing: Comparing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stale = True
        self._asked_at = 0
        self._found: Doubts | None = None
        self._doubts: dict[int, DoubtfulLabel] = {}
        self._row = 0
        self.marks = MarkVerbs(session, self)
        self.photos = PhotoModel(self._fetch, self)
        self.panel = DoubtPanel(session.thumbs, comparing)
        self._build()
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        session.changed.connect(self._changed)
        comparing.over.connect(self._show_current)
        self.panel.relabel_wanted.connect(self.relabel)
        self.panel.keep_wanted.connect(self.keep)
        self.panel.exclude_wanted.connect(self.exclude)

    def forget(self) -> None:
        """Another project is open."""
        self._asked_at += 1
        self._stale = True
        self._found = None
        self._doubts = {}
        self._row = 0
        self.photos.forget()

    @Slot(str)
    def relabel(self, name: str) -> None:
        """The chosen photos show this class."""
        class_id = class_of(self._found.classes, name) if self._found is not None else None
        if class_id is not None:
            self._label(class_id)

    @Slot()
    def keep(self) -> None:
        """The labels of the chosen photos are right."""
        ids = self._chosen()
        if ids:
            self.marks.carry_out(lambda project: project.labels.confirm(ids))

    @Slot()
    def exclude(self) -> None:
        """The chosen photos are to be left out; a dialog asks why."""
        self.marks.ask_exclude(self._chosen(), self.tr("unclear what it shows"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._reload.call()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        key = event.text().lower() if plain else ""
        classes = self._found.classes if self._found is not None else ()
        found = next((made for made in classes if key and made.key.lower() == key), None)
        if found is not None:
            self._label(found.id)
        elif key == "x":
            self.exclude()
        else:
            super().keyPressEvent(event)

    # What is read

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        self._stale = True
        self.photos.refresh()
        if self.isVisible():
            self._reload.call()

    @Slot()
    def _ask(self) -> None:
        if self._session.project is not None:
            self._stale = False
            self._asked_at += 1
            self._session.store.ask(doubts, partial(self._show, self._asked_at), context=self)

    def _show(self, number: int, found: Doubts) -> None:
        if number != self._asked_at:
            return
        self._found = found
        self._doubts = {int(one.photo_id): one for one in found.rows}
        self.photos.set_classes(found.classes)
        self.panel.show_classes(found.classes)
        captions = {
            photo_id: Caption(f"{percent(one.doubt)} → {one.suggested}", "danger")
            for photo_id, one in self._doubts.items()
        }
        self._row = max(0, self.grid.currentIndex().row())
        self.photos.set_captions(captions)
        self.photos.set_ids(tuple(self._doubts))
        self._show_page(found)
        if found.rows:
            self._words.setText(self._sentence(found))
            if self.grid.selected_ids() == ():
                self.grid.go_to_row(self._row)
            self._show_current()

    def _show_page(self, found: Doubts) -> None:
        if found.run_id is None:
            self._pile.setCurrentWidget(self._no_model)
        elif found.rows:
            self._pile.setCurrentWidget(self._content)
        else:
            heading = self.tr("Nothing to say") if found.problem else self.tr("No label in doubt")
            fine = self.tr("{0} agrees with every label that it could judge, or you have confirmed it.")
            self._none.set_text(heading, found.problem or fine.format(found.run_name))
            self._pile.setCurrentWidget(self._none)

    def _sentence(self, found: Doubts) -> str:
        text = self.tr(
            "%n photo(s) that “{0}”, which had not seen them, takes for another class, the clearest first. A model that"
            " is often wrong is wrong here too: look, then decide.",
            "",
            len(found.rows),
        )
        return text.format(found.run_name)

    @Slot()
    def _show_current(self) -> None:
        current = self.grid.current_id()
        if current is not None and int(current) in self._doubts:
            self._session.store.ask(lambda project: alike(project, current), self._show_photo, context=self)

    def _show_photo(self, found: Alike | None) -> None:
        if found is not None and found.photo.id == self.grid.current_id() and found.photo.id in self._doubts:
            self.panel.show_doubt(self._doubts[found.photo.id], found)

    # What is done

    def _chosen(self) -> tuple[PhotoId, ...]:
        current = self.grid.current_id()
        return self.grid.selected_ids() or ((current,) if current is not None else ())

    def _label(self, class_id: ClassId) -> None:
        ids = self._chosen()
        if ids:
            self.marks.carry_out(lambda project: project.labels.set(ids, class_id))

    @Slot()
    def _show_in_photos(self) -> None:
        if self._doubts:
            show_among(self._session, tuple(self._doubts), self.tr("label in doubt"))

    @Slot(object)
    def _open(self, photo_id: PhotoId) -> None:
        show_among(self._session, (int(photo_id),), self.tr("label in doubt"))

    @Slot(str)
    def _go(self, page: str) -> None:
        self._session.show_page.emit(page)

    def _fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        self._session.store.ask(lambda project: project.browse.rows(ids), then, context=self)

    # Parts

    def _build(self) -> None:
        self._no_model = EmptyState(
            "brain",
            self.tr("Train a model first"),
            self.tr("Labels are doubted by models that had not seen the photo: those of Quick training are enough."),
            (("train", self.tr("Go to Train")),),
        )
        self._no_model.chosen.connect(self._go)
        self._none = EmptyState("check", self.tr("No label in doubt"), "")
        self._words = label("", "muted", wrap=True)
        show = button(self.tr("Show in Photos"), icon_name="images")
        show.clicked.connect(self._show_in_photos)
        self.grid = PhotoGrid(self.photos, self._session.thumbs, side=SIDE, captions=1)
        self.grid.setAccessibleName(self.tr("Photos with a doubtful label"))
        self.grid.photo_current.connect(self._show_current)
        self.grid.photo_activated.connect(self._open)
        self._content = QWidget()
        left = QVBoxLayout()
        left.setSpacing(GAP)
        line = row(self._words, show, spacing=2 * GAP)
        line.setStretch(0, 1)
        left.addLayout(line)
        left.addWidget(self.grid, 1)
        sides = QHBoxLayout(self._content)
        sides.setContentsMargins(PAGE_MARGIN, 2 * GAP, PAGE_MARGIN, 2 * GAP)
        sides.setSpacing(2 * GAP)
        sides.addLayout(left, 1)
        side = upright_area(self.panel, self.tr("The photo in doubt"))
        side.setFixedWidth(WIDTH + BAR)
        sides.addWidget(side)
        self._pile = QStackedWidget()
        for part in (self._content, self._none, self._no_model):
            self._pile.addWidget(part)
        self._pile.setCurrentWidget(self._none)
        self._none.set_text("", "")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._pile)
