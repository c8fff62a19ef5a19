"""One photo with what both models say of it: their likeliest classes beside each other."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.core.full_photo import FullPhotoLoader
from gui.pages.review_compare_read import TwoShares
from gui.widgets.cards import GAP, PAGE_MARGIN, label
from gui.widgets.elided import ElidedLabel
from gui.widgets.photo_canvas import PhotoCanvas
from gui.widgets.probability_bars import ProbabilityBars

N_LINES = 4


class CompareDetail(QWidget):
    """Given a `TwoShares`; reads nothing but the photo's file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: TwoShares | None = None
        self._loader = FullPhotoLoader(parent=self)
        self._loader.loaded.connect(self._photo_loaded)
        self.destroyed.connect(self._loader.shut_down)
        self.canvas = PhotoCanvas()
        keeps_place = self.canvas.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        self.canvas.setSizePolicy(keeps_place)
        self._name = label("", "muted")
        self._words = label("", "section", wrap=True)
        self.bars = (ProbabilityBars(N_LINES), ProbabilityBars(N_LINES))
        self._models = (ElidedLabel(""), ElidedLabel(""))
        self.setMinimumWidth(340)
        beside = QHBoxLayout()
        beside.setSpacing(2 * GAP)
        for name, bars in zip(self._models, self.bars, strict=True):
            half = QVBoxLayout()
            half.setSpacing(4)
            half.addWidget(name)
            half.addWidget(bars)
            half.addStretch(1)
            beside.addLayout(half, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(2 * GAP, 0, PAGE_MARGIN, 2 * GAP)
        box.setSpacing(GAP)
        box.addWidget(self.canvas, 1)
        for part in (self._name, self._words):
            box.addWidget(part)
        box.addLayout(beside)
        self.show_detail(None)

    def name_models(self, before: str, after: str) -> None:
        """What the two models are called."""
        for name, bars, text in zip(self._models, self.bars, (before, after), strict=True):
            name.set_text(text)
            bars.setAccessibleName(self.tr("What “{0}” thinks").format(text))

    def show_detail(self, found: TwoShares | None) -> None:
        """This photo is shown; nothing for None."""
        other = found is None or self._shown is None or found.photo.id != self._shown.photo.id
        self._shown = found
        self.canvas.setVisible(found is not None)
        for name, bars in zip(self._models, self.bars, strict=True):
            name.setVisible(found is not None)
            bars.setVisible(found is not None)
        if found is None:
            self._name.clear()
            self._words.setText(self.tr("Choose a photo to see what both models think of it."))
            return
        for bars, shares in zip(self.bars, (found.before, found.after), strict=True):
            bars.show_shares(shares, found.label)
        self._name.setText(found.photo.shown.rpartition("/")[2])
        self._name.setToolTip(found.photo.shown)
        self._words.setText(self._sentence(found))
        if other:
            self.canvas.set_text(self.tr("Opening the photo…"))
            self._loader.request(found.photo)

    def sentence(self) -> str:
        """The photo's label against both answers, in words."""
        return self._words.text()

    def _sentence(self, found: TwoShares) -> str:
        before, after = (max(shares, key=lambda pair: pair[1])[0] for shares in (found.before, found.after))
        said = (
            self.tr("both models say {0}").format(before)
            if before == after
            else self.tr("the first says {0}, the second {1}").format(before, after)
        )
        if not found.label:
            return self.tr("No label; {0}.").format(said)
        return self.tr("Labelled {0}; {1}.").format(found.label, said)

    @Slot(object, object)
    def _photo_loaded(self, photo_id: int, found: QImage | str) -> None:
        if self._shown is None or self._shown.photo.id != photo_id:
            return
        if isinstance(found, str):
            self.canvas.set_text(found)
        else:
            self.canvas.set_image(found)
