"""A look at one class: some of its photos, drawn at random, with another draw and all of them a press away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from engine.base.ids import PhotoId
from engine.insight.chosen import Choice
from engine.store.rows import PhotoRow
from gui.core.picking import Pick, show_among
from gui.core.session import Session
from gui.models.photo_model import PhotoModel
from gui.pages.explore_read import Seen, samples
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.photo_grid import PhotoGrid

N_SAMPLES = 32
SIDE = 112


class SampleSheet(QWidget):
    """`picked` carries the `Pick` of the class shown."""

    picked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._seen: Seen | None = None
        self._draw = 0
        self.photos = PhotoModel(self._fetch, self)
        self.grid = PhotoGrid(self.photos, session.thumbs, side=SIDE)
        self.grid.setAccessibleName(self.tr("Some photos of the class"))
        self.grid.photo_activated.connect(self._show_one)
        self.classes = QComboBox()
        self.classes.setAccessibleName(self.tr("Class to look at"))
        self.classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.classes.setMinimumContentsLength(20)
        self.classes.currentIndexChanged.connect(self._ask)
        again = button(
            self.tr("Others"), "quiet", icon_name="refresh-cw", tip=self.tr("Draw other photos of the class")
        )
        again.clicked.connect(self._draw_again)
        show_all = button(self.tr("Show all"), "quiet", tip=self.tr("All photos of the class, on the Photos page"))
        show_all.clicked.connect(self._show_all)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(row(label(self.tr("A look at"), "section"), self.classes, again, None, show_all))
        box.addWidget(self.grid, 1)

    def show_seen(self, seen: Seen) -> None:
        """The classes of today can be looked at; the chosen one stays."""
        self._seen = seen
        kept = self.classes.currentText()
        with QSignalBlocker(self.classes):
            self.classes.clear()
            for balance in seen.overview.classes:
                self.classes.addItem(balance.name)
            self.classes.setCurrentIndex(max(0, self.classes.findText(kept)))
        self.photos.set_classes(seen.classes)
        self.photos.refresh()
        self._ask()

    def show_class(self, name: str) -> None:
        """This class is looked at."""
        self.classes.setCurrentIndex(max(0, self.classes.findText(name)))

    def forget(self) -> None:
        """Another project is open."""
        self._seen = None
        self.photos.forget()

    @Slot()
    def _ask(self) -> None:
        seen, name, draw = self._seen, self.classes.currentText(), self._draw
        if seen is None or not name:
            self.photos.set_ids(())
            return
        facts = seen.facts
        self._session.store.ask(lambda project: samples(facts, name, N_SAMPLES, draw), self._show, context=self)

    def _show(self, ids: tuple[int, ...]) -> None:
        if self._seen is not None:
            self.photos.set_ids(ids)

    @Slot()
    def _draw_again(self) -> None:
        self._draw += 1
        self._ask()

    @Slot()
    def _show_all(self) -> None:
        name = self.classes.currentText()
        if name:
            self.picked.emit(Pick(Choice(class_name=name), name))

    @Slot(object)
    def _show_one(self, photo_id: PhotoId) -> None:
        title = self.tr("one photo of {0}").format(self.classes.currentText())
        show_among(self._session, (int(photo_id),), title)

    def _fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        self._session.store.ask(lambda project: project.browse.rows(ids), then, context=self)
