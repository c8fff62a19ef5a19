"""The settings of a recipe as a form, in the expert's words with the term of art in the tooltip."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox, QWidget

from engine.recipe.catalogue import BACKBONES
from engine.recipe.recipe import Recipe
from gui.widgets.cards import GAP

SIZES = (160, 192, 224, 256, 288, 320, 384)


class RecipeForm(QWidget):
    """Edits a recipe; `changed` carries the new one."""

    changed = Signal(object)

    def __init__(self, recipe: Recipe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe = recipe
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(2 * GAP)
        self._form.setVerticalSpacing(GAP)
        self._backbone = self._choice(
            self.tr("Network"),
            [(facts.title, name) for name, facts in BACKBONES.items()],
            self.tr("The backbone: a network trained on a million photos that turns each photo into numbers"),
        )
        self._size = self._choice(
            self.tr("Photo size"),
            [(self.tr("{0} pixels").format(side), str(side)) for side in SIZES],
            self.tr("Side of the square the network sees; larger finds finer details and takes longer"),
        )
        self._fit = self._choice(
            self.tr("Framing"),
            [(self.tr("Whole photo, squeezed to a square"), "whole"), (self.tr("Centre of the photo"), "crop")],
            self.tr("What of the photo goes into the square"),
        )
        self._views = self._choice(
            self.tr("Views"),
            [(self.tr("Photo and its mirror image"), "flip"), (self.tr("Photo alone"), "one")],
            self.tr("Averaging with the mirror image is a little better and takes twice as long"),
        )
        self._test = self._share(
            self.tr("Held out for the test"), self.tr("These photos never teach; they give the score")
        )
        self._val = self._share(self.tr("Held out for tuning"), self.tr("The validation share"))
        self._seed = QSpinBox()
        self._seed.setRange(0, 999_999)
        self._add(
            self.tr("Seed"), self._seed, self.tr("Another seed draws other test photos; the same seed repeats a run")
        )
        self._seed.valueChanged.connect(self._edited)
        self.set_recipe(recipe)

    def recipe(self) -> Recipe:
        """The recipe as it stands in the form."""
        return self._recipe

    def set_recipe(self, recipe: Recipe) -> None:
        """The form shows this recipe; `changed` is not emitted."""
        self._recipe = recipe
        widgets = (self._backbone, self._size, self._fit, self._views, self._test, self._val, self._seed)
        blockers = [QSignalBlocker(widget) for widget in widgets]
        for box, value in (
            (self._backbone, recipe.model.backbone),
            (self._size, str(recipe.input.size)),
            (self._fit, recipe.input.fit),
            (self._views, recipe.input.views),
        ):
            box.setCurrentIndex(box.findData(value))
        self._test.setValue(recipe.split.test * 100)
        self._val.setValue(recipe.split.val * 100)
        self._seed.setValue(recipe.seed)
        del blockers

    def show_size(self, side: int) -> None:
        """The photo size is this one of `SIZES`, as if the user had chosen it."""
        self._size.setCurrentIndex(self._size.findData(str(side)))

    def _choice(self, name: str, options: list[tuple[str, str]], tip: str) -> QComboBox:
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        for text, value in options:
            box.addItem(text, value)
        self._add(name, box, tip)
        box.currentIndexChanged.connect(self._edited)
        return box

    def _share(self, name: str, tip: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(5, 40)
        box.setDecimals(0)
        box.setSingleStep(5)
        box.setSuffix(self.tr(" % of the photos"))
        self._add(name, box, tip)
        box.valueChanged.connect(self._edited)
        return box

    def _add(self, name: str, widget: QWidget, tip: str) -> None:
        widget.setAccessibleName(name)
        widget.setToolTip(tip)
        self._form.addRow(name, widget)

    @Slot()
    def _edited(self) -> None:
        old = self._recipe
        self._recipe = msgspec.structs.replace(
            old,
            input=msgspec.structs.replace(
                old.input,
                size=int(self._size.currentData()),
                fit=self._fit.currentData(),
                views=self._views.currentData(),
            ),
            model=msgspec.structs.replace(old.model, backbone=self._backbone.currentData()),
            split=msgspec.structs.replace(
                old.split,
                test=self._test.value() / 100,
                val=self._val.value() / 100,
                seed=self._seed.value(),
            ),
            seed=self._seed.value(),
        )
        self.changed.emit(self._recipe)
