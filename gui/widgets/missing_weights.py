"""Says that a recipe's pretrained weights are not here, and gives the choice: get them, or train from scratch."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from engine.recipe.recipe import Recipe
from gui.core.weights_needed import WeightsMissing
from gui.widgets.cards import GAP, Picture, button, label, row


class MissingWeights(QFrame):
    """Hidden while nothing is missing. `get_wanted` carries the network's name, `scratch_wanted` the other recipe."""

    get_wanted = Signal(str)
    scratch_wanted = Signal(object)

    def __init__(self, *, narrow: bool = False, parent: QWidget | None = None) -> None:
        """`narrow`: for a column, with one button above the other."""
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._network = ""
        self._scratch: Recipe | None = None
        self._text = label("", wrap=True)
        self._text.setMinimumWidth(120)
        self.get = button(self.tr("Get the weights…"), icon_name="download")
        self.get.clicked.connect(self._get)
        self.scratch = button(
            self.tr("Train from scratch"),
            tip=self.tr("Begin with random weights; needs many more photos and much more time"),
        )
        self.scratch.clicked.connect(self._begin_from_scratch)
        line = row(Picture("triangle-alert", 18, "warning"), self._text)
        line.setStretch(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(2 * GAP, GAP, 2 * GAP, GAP)
        box.setSpacing(GAP)
        box.addLayout(line)
        if narrow:
            for made in (self.get, self.scratch):
                box.addWidget(made)
        else:
            box.addLayout(row(self.get, self.scratch, None))
        self.hide()

    def said(self) -> str:
        """What is missing; empty if nothing is."""
        return "" if self.isHidden() else self._text.text()

    @Slot(object)
    def show_missing(self, missing: WeightsMissing | None) -> None:
        """That is missing; None: nothing is."""
        self.setVisible(missing is not None)
        if missing is None:
            return
        self._network, self._scratch = missing.network, missing.scratch
        self._text.setText(missing.text)
        self.scratch.setVisible(missing.scratch is not None)

    @Slot()
    def _get(self) -> None:
        self.get_wanted.emit(self._network)

    @Slot()
    def _begin_from_scratch(self) -> None:
        self.scratch_wanted.emit(self._scratch)
