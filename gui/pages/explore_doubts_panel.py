"""One doubtful label: the photo, what speaks against its label, the photos it looks like, and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from engine.store.rows import ClassRow
from gui.core.comparing import Comparing
from gui.core.full_photo import FullPhotoLoader
from gui.core.score_text import percent
from gui.core.thumbs import ThumbCache
from gui.pages.explore_doubts_read import Alike
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.job_place import JobPlace
from gui.widgets.photo_canvas import PhotoCanvas
from gui.widgets.photo_strip import PhotoStrip

if TYPE_CHECKING:
    from engine.project.explore import DoubtfulLabel

WIDTH = 392
N_IN_LINE = 5
SIDE = 72
LEAST_CANVAS = 150


class DoubtPanel(QWidget):
    """`relabel_wanted` carries the name of a class; the others speak of the photo shown."""

    relabel_wanted = Signal(str)
    keep_wanted = Signal()
    exclude_wanted = Signal()

    def __init__(self, thumbs: ThumbCache, comparing: Comparing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._doubt: DoubtfulLabel | None = None
        self._shown: Alike | None = None
        self._comparing = comparing
        self._loader = FullPhotoLoader(parent=self)
        self._loader.loaded.connect(self._photo_loaded)
        self.destroyed.connect(self._loader.shut_down)
        self.setFixedWidth(WIDTH)
        self._build(thumbs)
        comparing.began.connect(self._progress.follow)
        comparing.over.connect(self._show_offer)
        if comparing.job is not None:
            self._progress.follow(comparing.job)

    def show_classes(self, classes: Sequence[ClassRow]) -> None:
        """The photo can be given any of these."""
        self._others.clear()
        for made in classes:
            text = f"{made.name.replace('&', '&&')}\t{made.key.upper()}" if made.key else made.name.replace("&", "&&")
            self._others.addAction(text, partial(self.relabel_wanted.emit, made.name))

    def show_doubt(self, doubt: DoubtfulLabel, found: Alike) -> None:
        """This photo is shown, with what speaks against its label."""
        other = self._shown is None or self._shown.photo.id != found.photo.id
        self._doubt, self._shown = doubt, found
        self._name.setText(found.photo.shown.rpartition("/")[2])
        self._name.setToolTip(found.photo.shown)
        text = self.tr("Labelled {0}. A model that had not seen it doubts that ({1}): to it, it looks like {2}.")
        self._words.setText(text.format(doubt.label, percent(doubt.doubt), doubt.suggested))
        self._name_button(self.accept, self.tr("It is {0}").format(doubt.suggested))
        self._name_button(self.keep, self.tr("It is {0}, as labelled").format(doubt.label))
        self._show_alike(found)
        if other:
            self.canvas.set_text(self.tr("Opening the photo…"))
            self._loader.request(found.photo)

    def sentence(self) -> str:
        """What speaks against the label."""
        return self._words.text()

    def _show_alike(self, found: Alike) -> None:
        rows = found.rows or ()
        counts = ", ".join(f"{n} {name}" for name, n in found.counted())
        heading = self.tr("Looks most like: {0}").format(counts) if counts else self.tr("Looks most like")
        for at, strip in enumerate(self._strips):
            part = slice(at * N_IN_LINE, (at + 1) * N_IN_LINE)
            strip.setVisible(bool(rows[part]))
            strip.show_photos(heading, rows[part], found.names[part])
        self._show_offer()

    @Slot()
    def _show_offer(self) -> None:
        missing = self._shown is not None and self._shown.rows is None
        self.compare.setVisible(missing and not self._comparing.is_busy())

    @Slot()
    def _start_comparing(self) -> None:
        self._comparing.start()
        self._show_offer()

    @Slot()
    def _accept(self) -> None:
        if self._doubt is not None:
            self.relabel_wanted.emit(self._doubt.suggested)

    @Slot(object, object)
    def _photo_loaded(self, photo_id: int, found: QImage | str) -> None:
        if self._shown is None or self._shown.photo.id != photo_id:
            return
        if isinstance(found, str):
            self.canvas.set_text(found)
        else:
            self.canvas.set_image(found)

    def _name_button(self, made: QWidget, text: str) -> None:
        room = WIDTH - 6 * GAP
        made.setText(made.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room).replace("&", "&&"))
        made.setAccessibleName(text)

    def _build(self, thumbs: ThumbCache) -> None:
        self.canvas = PhotoCanvas()
        self.canvas.setMinimumHeight(LEAST_CANVAS)
        self._name = label("", "muted")
        self._words = label("", wrap=True)
        self.accept = button("", "primary", shortcut="Alt+Y", tip=self.tr("Give the photo this label"))
        self.accept.clicked.connect(self._accept)
        self.keep = button("", shortcut="Alt+K", tip=self.tr("The label is right; do not ask again"))
        self.keep.clicked.connect(self.keep_wanted)
        other = button(self.tr("Another class"), icon_name="tag", tip=self.tr("Or press the key of the right class"))
        self._others = QMenu(other)
        other.setMenu(self._others)
        exclude = button(self.tr("Exclude…"), icon_name="ban", tip=self.tr("Exclude with a reason (X)"))
        exclude.clicked.connect(self.exclude_wanted)
        self._strips = tuple(PhotoStrip(thumbs, N_IN_LINE, side=SIDE, headed=not at, captions=True) for at in range(2))
        self.compare = button(self.tr("Compare the photos to see what it looks like"), "quiet", icon_name="scan-search")
        self.compare.clicked.connect(self._start_comparing)
        self._progress = JobPlace(narrow=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.canvas, 1)
        for part in (self._name, self._words, self.accept, self.keep):
            box.addWidget(part)
        box.addLayout(row(other, exclude, None))
        for strip in self._strips:
            box.addWidget(strip)
        box.addWidget(self.compare)
        box.addWidget(self._progress)
