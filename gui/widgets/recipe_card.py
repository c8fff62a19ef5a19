"""Which recipe is trained by: a short list, what the chosen one does in plain words, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from engine.recipe.built_presets import STUDY_PRESETS
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import Recipe
from gui.core.recipe_text import explanation, summary
from gui.widgets.cards import Card, button, label, row, tool_button
from gui.widgets.missing_weights import MissingWeights


class RecipeCard(Card):
    """`changed` carries the recipe that was chosen; `wanted` what to do with it.

    `wanted`: `edit`, `duplicate`, `compare`, `save`, `open` or `delete`.
    """

    changed = Signal(object)
    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Recipe"), parent=parent)
        self._recipes: dict[str, Recipe] = {}
        self._own: tuple[Recipe, ...] = ()
        self.box = QComboBox()
        self.box.setAccessibleName(self.tr("Recipe"))
        self.box.setToolTip(self.tr("How the model is made"))
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(16)
        self.box.setMaxVisibleItems(16)
        self.box.currentIndexChanged.connect(self._chosen)
        self._summary = label("", wrap=True)
        self._explanation = label("", "muted", wrap=True)
        self.edit = button(
            self.tr("Settings for experts…"), icon_name="settings", shortcut="Ctrl+E", tip=self.tr("Change the recipe")
        )
        self.edit.clicked.connect(self._edit)
        self.more = tool_button(self.tr("More to do with the recipe"), "ellipsis")
        self.more.setPopupMode(self.more.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu())
        self.missing = MissingWeights(narrow=True)
        for part in (self.box, self.missing, self._summary, self._explanation):
            self.body.addWidget(part)
        self.body.addLayout(row(self.edit, None, self.more))
        self.show_own(())

    def recipe(self) -> Recipe:
        """The recipe that is chosen."""
        return self._recipes[str(self.box.currentData())]

    def recipes(self) -> tuple[Recipe, ...]:
        """All recipes that can be chosen, those that come with Fieldmark first."""
        return tuple(self._recipes.values())

    def is_own(self, recipe: Recipe) -> bool:
        """Whether the recipe is one of the user's."""
        return any(own.name == recipe.name for own in self._own)

    def show_own(self, own: Sequence[Recipe]) -> None:
        """The list offers these beside those that come with Fieldmark; the chosen one stays chosen."""
        kept = self.box.currentData()
        self._own = tuple(own)
        with QSignalBlocker(self.box):
            self.box.clear()
            self._add("", [recipe for name, recipe in PRESETS.items() if name not in STUDY_PRESETS])
            self._add(self.tr("Your own"), self._own)
            self._add(self.tr("Networks of the five studies"), tuple(STUDY_PRESETS.values()))
        self._recipes = {recipe.name: recipe for recipe in (*PRESETS.values(), *self._own)}
        self.choose(str(kept) if kept in self._recipes else next(iter(PRESETS)))
        self._chosen()

    def choose(self, name: str) -> None:
        """The recipe of that name is the chosen one."""
        self.box.setCurrentIndex(self.box.findData(name))

    def actions_of(self, name: str) -> QAction:
        """The entry of the menu for `duplicate`, `compare`, `save`, `open` or `delete`."""
        return self._actions[name]

    def _add(self, heading: str, recipes: Sequence[Recipe]) -> None:
        if heading and recipes:
            self.box.addItem(heading, "")
            model = self.box.model()
            assert isinstance(model, QStandardItemModel)
            model.item(self.box.count() - 1).setFlags(Qt.ItemFlag.NoItemFlags)
        for recipe in recipes:
            self.box.addItem(recipe.title, recipe.name)
            self.box.setItemData(self.box.count() - 1, summary(recipe), Qt.ItemDataRole.ToolTipRole)

    def _menu(self) -> QMenu:
        menu = QMenu(self.more)
        names = {
            "duplicate": self.tr("Duplicate"),
            "compare": self.tr("Compare with another recipe…"),
            "save": self.tr("Save as a file…"),
            "open": self.tr("Open from a file…"),
            "delete": self.tr("Delete…"),
        }
        self._actions: dict[str, QAction] = {}
        for key, name in names.items():
            action = QAction(name, menu)
            action.setData(key)
            action.triggered.connect(self._act)
            menu.addAction(action)
            self._actions[key] = action
        return menu

    @Slot()
    def _chosen(self) -> None:
        recipe = self.recipe()
        self._summary.setText(summary(recipe))
        self._explanation.setText(explanation(recipe))
        self._actions["delete"].setEnabled(self.is_own(recipe))
        self.changed.emit(recipe)

    @Slot()
    def _edit(self) -> None:
        self.wanted.emit("edit")

    @Slot()
    def _act(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.wanted.emit(action.data())
