"""A menu of all recipes: those that come with Fieldmark, the user's own, the networks of the studies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from engine.recipe.built_presets import STUDY_PRESETS
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import Recipe
from gui.core.recipe_text import summary


class RecipeMenu(QMenu):
    """`chosen` carries the recipe."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.show_own(())

    def show_own(self, own: Sequence[Recipe]) -> None:
        """The menu offers these beside those that come with Fieldmark."""
        self.clear()
        self._add(self, [recipe for name, recipe in PRESETS.items() if name not in STUDY_PRESETS])
        self.addSeparator()
        if own:
            self._add(self.addMenu(self.tr("Your own")), own)
        self._add(self.addMenu(self.tr("Networks of the five studies")), tuple(STUDY_PRESETS.values()))

    def _add(self, menu: QMenu, recipes: Sequence[Recipe]) -> None:
        menu.setToolTipsVisible(True)
        for recipe in recipes:
            action = menu.addAction(recipe.title)
            action.setToolTip(summary(recipe))
            action.triggered.connect(partial(self._choose, recipe))

    def _choose(self, recipe: Recipe, checked: bool = False) -> None:
        self.chosen.emit(recipe)
