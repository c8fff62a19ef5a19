"""The photo under review: large, with the model's probabilities and typical photos of the classes in question."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.core.full_photo import FullPhotoLoader
from gui.core.thumbs import ThumbCache
from gui.pages.review_read import N_TYPICAL, Detail
from gui.widgets.cards import GAP, PAGE_MARGIN, label
from gui.widgets.photo_canvas import PhotoCanvas
from gui.widgets.photo_strip import PhotoStrip
from gui.widgets.probability_bars import ProbabilityBars

HEIGHT = 248
CANVAS_WIDTH = 260


class ReviewDetail(QWidget):
    """Given a `Detail`; reads nothing but the photo's file."""

    def __init__(self, thumbs: ThumbCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Detail | None = None
        self._loader = FullPhotoLoader(parent=self)
        self._loader.loaded.connect(self._photo_loaded)
        self.destroyed.connect(self._loader.shut_down)
        self.canvas = PhotoCanvas()
        self.canvas.setMinimumWidth(120)
        self.canvas.setMaximumWidth(CANVAS_WIDTH)
        self._name = label("", "muted")
        self._words = label("", "section", wrap=True)
        self.bars = ProbabilityBars(5)
        self._strips = tuple(PhotoStrip(thumbs, N_TYPICAL) for _ in range(2))
        self.setFixedHeight(HEIGHT)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        for part in (self._name, self._words, self.bars):
            texts.addWidget(part)
        texts.addStretch(1)
        strips = QVBoxLayout()
        strips.setSpacing(GAP)
        for strip in self._strips:
            strips.addWidget(strip)
        strips.addStretch(1)
        box = QHBoxLayout(self)
        box.setContentsMargins(2 * GAP, GAP, PAGE_MARGIN, 2 * GAP)
        box.setSpacing(2 * GAP)
        box.addWidget(self.canvas, 3)
        box.addLayout(texts, 3)
        box.addLayout(strips, 0)
        self.show_detail(None)

    def show_detail(self, found: Detail | None) -> None:
        """This photo is shown; nothing for None."""
        other = found is None or self._shown is None or found.photo.id != self._shown.photo.id
        self._shown = found
        self.bars.show_shares(found.shares if found is not None else (), found.label if found is not None else "")
        for at, strip in enumerate(self._strips):
            typical = found.typical[at] if found is not None and at < len(found.typical) else None
            strip.setVisible(typical is not None and bool(typical.rows))
            if typical is not None:
                strip.show_photos(self.tr("Typical {0}").format(typical.name), typical.rows)
        if found is None:
            self._name.clear()
            self._words.setText(self.tr("Choose a photo to see what the model thinks of it."))
            self.canvas.set_text("")
            return
        self._name.setText(found.photo.shown.rpartition("/")[2])
        self._name.setToolTip(found.photo.shown)
        self._words.setText(self._sentence(found))
        if other:
            self.canvas.set_text(self.tr("Opening the photo…"))
            self._loader.request(found.photo)

    def sentence(self) -> str:
        """The photo's label against the model's answer, in words."""
        return self._words.text()

    def _sentence(self, found: Detail) -> str:
        if not found.label:
            return self.tr("No label. The model says {0}.").format(found.answer)
        if found.label == found.answer:
            return self.tr("Labelled {0}; the model agrees.").format(found.label)
        return self.tr("Labelled {0}; the model says {1}.").format(found.label, found.answer)

    @Slot(object, object)
    def _photo_loaded(self, photo_id: int, found: QImage | str) -> None:
        if self._shown is None or self._shown.photo.id != photo_id:
            return
        if isinstance(found, str):
            self.canvas.set_text(found)
        else:
            self.canvas.set_image(found)
