"""The sweeps of a study: recipes in which some choices take several values in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import prod

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engine.recipe.recipe import Recipe
from engine.recipe.study_plan import Sweep, SweepField
from gui.core.recipe_places import places_of, text_of
from gui.models.table_model import Column
from gui.widgets.cards import button
from gui.widgets.plan_parts import PlanParts

translate = QCoreApplication.translate


class PlanSweeps(PlanParts[Sweep]):
    """Each with its name, what varies in it, and how many rows it becomes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            [
                Column(heading=translate("PlanSweeps", "Sweep"), text=self._name),
                Column(heading=translate("PlanSweeps", "What varies"), text=self._varies),
                Column(heading=translate("PlanSweeps", "Rows"), text=lambda one: f"{n_rows(one):,}", numeric=True),
            ],
            button(
                translate("PlanSweeps", "Add a sweep…"),
                icon_name="plus",
                tip=translate("PlanSweeps", "Try several values of some choices"),
            ),
            name=translate("PlanSweeps", "Sweeps"),
            change=translate("PlanSweeps", "Change the sweep"),
            remove=translate("PlanSweeps", "Remove the sweep"),
            parent=parent,
        )
        self._recipes: Mapping[str, Recipe] = {}

    def set_sweeps(self, sweeps: Sequence[Sweep], recipes: Mapping[str, Recipe]) -> None:
        """These are the sweeps, of these recipes by name; `changed` is not emitted."""
        self._recipes = recipes
        self.set_parts(sweeps)

    def _name(self, one: Sweep) -> str:
        recipe = self._recipes.get(one.recipe)
        return one.name or (one.recipe if recipe is None else recipe.title)

    def _varies(self, one: Sweep) -> str:
        recipe = self._recipes.get(one.recipe)
        words = {} if recipe is None else _words(recipe)
        return "; ".join(f"{words.get(field.place, field.place)}: {_values(field)}" for field in one.fields)


def n_rows(sweep: Sweep) -> int:
    """How many rows of the table the sweep becomes."""
    n = prod(len(field.values) for field in sweep.fields)
    return min(n, sweep.draws) if sweep.draws else n


def _values(field: SweepField) -> str:
    return ", ".join(text_of(value) for value in field.values)


@cache
def _words(recipe: Recipe) -> dict[str, str]:
    return {one.place: one.words.rpartition(" › ")[2] for one in places_of(recipe)}
