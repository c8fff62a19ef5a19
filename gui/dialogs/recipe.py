"""A recipe to look at and to change: all its choices, what differs from another one, its layers, and its text."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSplitter, QTabWidget, QVBoxLayout, QWidget

from engine.recipe.difference import differences
from engine.recipe.recipe import Recipe
from engine.recipe.shelf import copy_of
from engine.recipe.toml_text import to_toml
from gui.core.augment_asking import AugmentAsker
from gui.core.layer_asking import LayerAsker
from gui.core.rate_asking import RateAsker
from gui.core.recipe_text import summary
from gui.core.weights_needed import WeightsCheck
from gui.dialogs.dialog import Dialog
from gui.widgets.augment_preview import AugmentPreview
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.layer_form import LayerForm
from gui.widgets.missing_weights import MissingWeights
from gui.widgets.rate_form import RateForm
from gui.widgets.recipe_changes import RecipeChanges
from gui.widgets.recipe_form import RecipeForm

translate = QCoreApplication.translate
WIDTH, HEIGHT, LEAST_WIDTH = 1140, 680, 820
MAX_TITLE = 80


class RecipeDialog(Dialog):
    """`chosen` carries the recipe to train by; one that was changed is a new one, with a title of its own.

    `weights_wanted` carries the name of a network whose weights are missing.
    """

    chosen = Signal(object)
    weights_wanted = Signal(str)

    def __init__(
        self,
        parent: QWidget | None,
        recipe: Recipe,
        others: Sequence[Recipe],
        *,
        own: bool,
        layers: LayerAsker,
        rates: RateAsker,
        augments: AugmentAsker,
        weights: WeightsCheck,
    ) -> None:
        """`others`: all recipes there are. `own`: the recipe is the user's, and changes are kept in it."""
        super().__init__(
            parent,
            translate("Dialog", "Settings for experts"),
            accept_text=translate("Dialog", "Use this recipe"),
            width=LEAST_WIDTH,
        )
        self._original = recipe
        self._others = tuple(others)
        self._own = own
        self._layers = layers
        self._rates = rates
        self._augments = augments
        self._weights = weights
        for asker in (layers, rates, augments, weights):
            asker.setParent(self)
        self.title = QLineEdit(recipe.title)
        self.title.setMaxLength(MAX_TITLE)
        self.title.setAccessibleName(self.tr("Title of the recipe"))
        self.form = RecipeForm(recipe)
        self.form.changed.connect(self._show)
        self.form.preview_wanted.connect(self._preview)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self._left())
        split.addWidget(self._right())
        split.setSizes([590, WIDTH - 590])
        self.body.addWidget(split, 1)
        self.resize(WIDTH, HEIGHT)
        self.title.textChanged.connect(self._name)
        self.accepted.connect(self._choose)
        self._show(recipe)

    def recipe(self) -> Recipe:
        """The recipe as it stands, under the title that it would get."""
        recipe = msgspec.structs.replace(self.form.recipe(), name=self._original.name, title=self._original.title)
        title = self.title.text().strip() or self._original.title
        if recipe == self._original and title == self._original.title:
            return recipe
        if self._own and title == self._original.title:
            return recipe
        return copy_of(recipe, title, self._others)

    def done(self, result: int) -> None:
        self._rates.stop()
        super().done(result)

    @Slot(float)
    def use_rate(self, rate: float) -> None:
        """The last stage of the recipe learns at that rate."""
        recipe = self.form.recipe()
        training = recipe.training
        if training is None:
            return
        *first, last = training.stages
        stages = (*first, msgspec.structs.replace(last, lr=rate))
        self._put(msgspec.structs.replace(recipe, training=msgspec.structs.replace(training, stages=stages)))

    @Slot(object)
    def _put(self, recipe: Recipe) -> None:
        self.form.set_recipe(recipe)
        self._show(recipe)

    def _left(self) -> QWidget:
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 0, 2 * GAP, 0)
        caption = label(self.tr("Title"))
        caption.setBuddy(self.title)
        line = row(caption, self.title, spacing=2 * GAP)
        line.setStretch(1, 1)
        box.addLayout(line)
        self._hint = label("", "muted", wrap=True)
        self.missing = MissingWeights()
        self.missing.get_wanted.connect(self.weights_wanted)
        self.missing.scratch_wanted.connect(self._put)
        self._weights.answered.connect(self.missing.show_missing)
        for part in (self._hint, self.missing):
            box.addWidget(part)
        box.addWidget(self.form, 1)
        return made

    def _right(self) -> QWidget:
        self.views = QTabWidget()
        self.views.setDocumentMode(True)
        self.views.setAccessibleName(self.tr("Looks at the recipe"))
        self.against = QComboBox()
        self.against.setAccessibleName(self.tr("Compare with"))
        for other in self._others:
            self.against.addItem(other.title, other.name)
        self.against.setCurrentIndex(max(0, self.against.findData(self._original.name)))
        self.against.currentIndexChanged.connect(self._compare)
        self.changes = RecipeChanges()
        differs = QWidget()
        box = QVBoxLayout(differs)
        box.setContentsMargins(0, 2 * GAP, 0, 0)
        box.setSpacing(GAP)
        line = row(label(self.tr("Compared with"), "muted"), self.against)
        line.setStretch(1, 1)
        box.addLayout(line)
        box.addWidget(self.changes, 1)
        self.layers = LayerForm()
        self._layers.asking.connect(self.layers.show_asking)
        self._layers.found.connect(self.layers.show_table)
        self._layers.refused.connect(self.layers.show_problem)
        self.rates = self._rate_form()
        self.augments = AugmentPreview(self._original, self._augments.n_picked())
        self.augments.wanted.connect(self._augments.ask)
        self._augments.asking.connect(self.augments.show_asking)
        self._augments.found.connect(self.augments.show_photos)
        self._augments.refused.connect(self.augments.show_problem)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("The recipe as text"))
        copy = button(self.tr("Copy"), icon_name="clipboard-copy")
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        as_text = QWidget()
        text_box = QVBoxLayout(as_text)
        text_box.setContentsMargins(0, 2 * GAP, 0, 0)
        text_box.addWidget(self.text, 1)
        text_box.addLayout(row(None, copy))
        for widget, name in (
            (differs, self.tr("Differences")),
            (self.layers, self.tr("Layers")),
            (self.rates, self.tr("Learning rate")),
            (self.augments, self.tr("Augmentation")),
            (as_text, self.tr("Text")),
        ):
            self.views.addTab(widget, name)
        self.views.currentChanged.connect(self._look)
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(2 * GAP, 0, 0, 0)
        box.addWidget(self.views)
        return made

    def _rate_form(self) -> RateForm:
        made = RateForm(self._original)
        made.wanted.connect(self._rates.ask)
        made.stop_wanted.connect(self._rates.stop)
        made.use_wanted.connect(self.use_rate)
        self._rates.asking.connect(made.show_asking)
        self._rates.progressed.connect(made.show_progress)
        self._rates.found.connect(made.show_found)
        self._rates.refused.connect(made.show_problem)
        return made

    @Slot(object)
    def _show(self, recipe: Recipe) -> None:
        self.rates.show_recipe(recipe)
        self._weights.ask(recipe)
        self._compare()
        self._look()
        self._name()

    @Slot()
    def _compare(self) -> None:
        at = self.against.currentIndex()
        self.changes.show_recipes(self._others[at] if at >= 0 else self._original, self.form.recipe())

    @Slot()
    def _look(self) -> None:
        """What takes work is shown only where it is looked at."""
        recipe = self.form.recipe()
        shown = self.views.currentWidget()
        if shown is self.layers:
            if recipe.training is None:
                self.layers.show_problem(self.tr("This recipe trains no network."))
            self._layers.ask(recipe)
        elif shown is self.augments:
            self.augments.show_recipe(recipe)
        elif self.text.isVisibleTo(shown) and shown is not None and shown.isAncestorOf(self.text):
            self.text.setPlainText(to_toml(self.recipe()))

    @Slot()
    def _preview(self) -> None:
        self.views.setCurrentWidget(self.augments)

    @Slot()
    def _name(self) -> None:
        recipe = self.recipe()
        told = summary(recipe)
        if recipe.name != self._original.name and differences(recipe, self._original):
            told = self.tr("{0}. Kept as a recipe of your own, “{1}”.").format(told, recipe.title)
        self._hint.setText(told)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def _choose(self) -> None:
        self.chosen.emit(self.recipe())
