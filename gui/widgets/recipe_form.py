"""All choices of a recipe as a form in sections, made from the recipe's own description of its fields."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from engine.recipe.fields import fields_of
from engine.recipe.group_cfg import GroupCfg
from engine.recipe.head_cfg import AsIsCfg, DenseHeadCfg
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg
from engine.recipe.recipe import InputCfg, Recipe, SplitCfg
from engine.recipe.training_cfg import (
    AUGMENTS,
    AugmentCfg,
    OptimCfg,
    ScheduleCfg,
    StoppingCfg,
    TrainingCfg,
)
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.part_form import CAPTION_WIDTH, OneOfForm, PartForm
from gui.widgets.rows_form import RowsForm

Path = tuple[str, ...]
Form = PartForm | OneOfForm | RowsForm
TRAINING_TABS = ("training", "augment", "stopping")
_SHARES = ("val", "test", "seed", "use_given")
_LOOP = ("batch", "imbalance", "focal_gamma", "smoothing", "ema", "clip", "initial_weights")


class RecipeForm(QWidget):
    """Edits a recipe; `changed` carries the new one. A section is made when it is first looked at.

    `preview_wanted`: how photos look by the augmentation is to be shown.
    """

    changed = Signal(object)
    preview_wanted = Signal()

    def __init__(self, recipe: Recipe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe = recipe
        self._forms: dict[str, list[tuple[Path, Form]]] = {}
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(self.tr("Sections of the recipe"))
        names = {
            "photos": self.tr("Photos"),
            "model": self.tr("Network"),
            "head": self.tr("On top"),
            "training": self.tr("Training"),
            "augment": self.tr("Augmentation"),
            "stopping": self.tr("Stopping"),
        }
        self._keys = tuple(names)
        for name in names.values():
            self.tabs.addTab(_scrolled(QWidget()), name)
        self.tabs.currentChanged.connect(self._make_section)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.tabs)
        self._make_section(0)
        self._refresh()

    def recipe(self) -> Recipe:
        """The recipe as it stands in the form."""
        return self._recipe

    def set_recipe(self, recipe: Recipe) -> None:
        """The form shows this recipe; `changed` is not emitted."""
        self._recipe = recipe
        self._refresh()

    def show_section(self, key: str) -> None:
        """The section `photos`, `model`, `head`, `training`, `augment` or `stopping` is the one to be seen."""
        self.tabs.setCurrentIndex(self._keys.index(key))

    def form(self, *path: str) -> Form:
        """The form of the part at that place in the sections made so far.

        Raises:
            KeyError: there is none.
        """
        for forms in self._forms.values():
            for place, form in forms:
                if place == path:
                    return form
        raise KeyError(path)

    # Sections

    @Slot(int)
    def _make_section(self, at: int) -> None:
        key = self._keys[at]
        if key in self._forms:
            return
        self._forms[key] = []
        area = self.tabs.widget(at)
        assert isinstance(area, QScrollArea)
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(GAP, 2 * GAP, 2 * GAP, 2 * GAP)
        box.setSpacing(2 * GAP)
        for path, heading, form in self._parts_of(key):
            if heading:
                box.addWidget(label(heading, "section"))
            box.addWidget(form)
            form.changed.connect(self._edited)
            self._forms[key].append((path, form))
        if key == "augment":
            box.insertLayout(0, self._strength())
        box.addStretch(1)
        area.setWidget(inner)
        self._refresh()

    def _parts_of(self, key: str) -> list[tuple[Path, str, Form]]:
        if key == "photos":
            teach = self.tr("Which photos teach (unchanged: as the project's plan says)")
            return [
                (("input",), "", PartForm(InputCfg)),
                (("split",), teach, PartForm(SplitCfg, only=_SHARES)),
                (("split", "groups"), self.tr("Which photos stay together"), PartForm(GroupCfg)),
                ((), self.tr("Chance"), PartForm(Recipe, only=("seed",))),
            ]
        if key == "model":
            layers = RowsForm(_kinds(BuiltCfg, "layers"), self.tr("Layer"))
            return [
                (("model",), "", OneOfForm(_kinds(Recipe, "model"), self.tr("Kind of network"))),
                (("model", "layers"), "", layers),
            ]
        if key == "head":
            dense = RowsForm(_kinds(DenseHeadCfg, "dense"), self.tr("Dense layer"))
            return [
                (("head",), "", OneOfForm(_kinds(Recipe, "head"), self.tr("What learns on top"))),
                (("head", "dense"), "", dense),
                (("head", "mapping"), "", RowsForm(_kinds(AsIsCfg, "mapping"), self.tr("Class"))),
            ]
        if key == "training":
            stages = RowsForm(_kinds(TrainingCfg, "stages"), self.tr("Stage"), least=1)
            return [
                (("training", "stages"), "", stages),
                (("training",), self.tr("Loss and steps"), PartForm(TrainingCfg, only=_LOOP)),
                (("training", "optim"), self.tr("Optimiser"), PartForm(OptimCfg)),
                (("training", "schedule"), self.tr("Learning rate over time"), PartForm(ScheduleCfg)),
            ]
        if key == "augment":
            return [(("training", "augment"), "", PartForm(AugmentCfg))]
        return [(("training", "stopping"), "", PartForm(StoppingCfg))]

    def _strength(self) -> QFormLayout:
        """How strong the augmentation is in one word; the fields below say what that means."""
        self.strength = QComboBox()
        self.strength.setAccessibleName(self.tr("Strength of the augmentation"))
        words = {
            "off": self.tr("Off"),
            "light": self.tr("Light"),
            "standard": self.tr("Standard"),
            "strong": self.tr("Strong"),
        }
        for key in AUGMENTS:
            self.strength.addItem(words[key], key)
        self.strength.addItem(self.tr("Custom"), "")
        self.strength.activated.connect(self._set_strength)
        self.preview = button(self.tr("Preview…"), icon_name="eye", tip=self.tr("See your photos changed like this"))
        self.preview.setAutoDefault(False)
        self.preview.clicked.connect(self.preview_wanted)
        line = QFormLayout()
        line.setHorizontalSpacing(2 * GAP)
        caption = label(self.tr("Strength"))
        caption.setMinimumWidth(CAPTION_WIDTH)
        caption.setBuddy(self.strength)
        line.addRow(caption, row(self.strength, self.preview, None))
        return line

    @Slot(int)
    def _set_strength(self, at: int) -> None:
        chosen = self.strength.itemData(at)
        if chosen:
            self._put(("training", "augment"), AUGMENTS[chosen])

    # Values

    @Slot()
    def _edited(self) -> None:
        sender = self.sender()
        for forms in self._forms.values():
            for path, form in forms:
                if form is sender:
                    self._put(path, form.value())
                    return

    def _put(self, path: Path, value: Any) -> None:
        self._recipe = _consistent(_replaced(self._recipe, path, value), path)
        self._refresh()
        self.changed.emit(self._recipe)

    def _refresh(self) -> None:
        for at, key in enumerate(self._keys):
            self.tabs.setTabEnabled(at, key not in TRAINING_TABS or self._recipe.training is not None)
        for forms in self._forms.values():
            for path, form in forms:
                value = _at(self._recipe, path)
                form.setVisible(value is not None)
                if value is not None:
                    form.set_value(value)
        if "augment" in self._forms and self._recipe.training is not None:
            keys = [key for key, augment in AUGMENTS.items() if augment == self._recipe.training.augment]
            with QSignalBlocker(self.strength):
                self.strength.setCurrentIndex(self.strength.findData(keys[0] if keys else ""))


def _scrolled(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    return area


def _kinds(part: type[msgspec.Struct], name: str) -> tuple[type[msgspec.Struct], ...]:
    return next(field.parts for field in fields_of(part) if field.name == name)


def _at(part: Any, path: Path) -> Any:
    """The value at a place; None if there is no such place in this recipe."""
    for name in path:
        part = getattr(part, name, None)
    return part


def _replaced(part: Any, path: Path, value: Any) -> Any:
    """The recipe with another value at a place; sections that need each other are put right afterwards."""
    if not path:
        return value
    inner = _replaced(getattr(part, path[0]), path[1:], value)
    if isinstance(part, Recipe) and path[0] in ("model", "head"):
        return _with(part, path[0], inner)
    return msgspec.structs.replace(part, **{path[0]: inner})


def _with(recipe: Recipe, name: str, part: Any) -> Recipe:
    """The recipe with another network or head, and what that one demands beside it."""
    model, head, training = recipe.model, recipe.head, recipe.training
    if name == "model":
        model = part
        if isinstance(model, BuiltCfg) and not isinstance(head, DenseHeadCfg):
            head = DenseHeadCfg(pool="flatten")
    else:
        head = part
        if not isinstance(head, DenseHeadCfg) and isinstance(model, BuiltCfg):
            model = BackboneCfg()
    if isinstance(head, DenseHeadCfg):
        training = training or TrainingCfg()
    else:
        training = None
    return msgspec.structs.replace(recipe, model=model, head=head, training=training)


def _consistent(recipe: Recipe, path: Path) -> Recipe:
    """Nothing learns in a network with random weights unless it is trained."""
    model = recipe.model
    if isinstance(model, BackboneCfg) and model.weights == "none" and recipe.training is None:
        if path[:1] == ("model",):
            return _with(recipe, "head", DenseHeadCfg())
        return msgspec.structs.replace(recipe, model=msgspec.structs.replace(model, weights="pretrained"))
    return recipe
