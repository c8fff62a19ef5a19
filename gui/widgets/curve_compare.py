"""Several runs in one plot, with what their recipes do differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.insight.curves import Curves
from engine.recipe.recipe import Recipe
from gui.widgets.cards import GAP, Card, label
from gui.widgets.live_plot import LivePlot
from gui.widgets.recipe_changes import RecipeChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRun:
    """A run to compare."""

    name: str
    curves: Curves
    recipe: Recipe


class CurveCompare(QWidget):
    """`show_runs` in the order of the list; recipes are compared where there are two."""

    export_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = LivePlot()
        self.plot.export_wanted.connect(self.export_wanted)
        self.changes = RecipeChanges(fit_height=True)
        self._without = label("", "muted", wrap=True)
        self._between = label("", "section", wrap=True)
        curves = Card(self.tr("Curves of the chosen runs"))
        for part in (
            label(
                self.tr("Dots: validation. Dashed: training. Stars: the best epoch, whose weights are kept."), "muted"
            ),
            self.plot,
            self._without,
        ):
            curves.body.addWidget(part)
        self._recipes = Card()
        self._recipes.body.addWidget(self._between)
        self._recipes.body.addWidget(self.changes)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * GAP)
        box.addWidget(curves)
        box.addWidget(self._recipes)

    def without(self) -> str:
        """What is said of the runs that have no curves; empty if all have."""
        return "" if self._without.isHidden() else self._without.text()

    def show_runs(self, runs: Sequence[ComparedRun]) -> None:
        """These runs are compared."""
        drawn = [run for run in runs if not run.curves.is_empty()]
        self.plot.show_runs([(run.name, run.curves) for run in drawn])
        without = [run.name for run in runs if run.curves.is_empty()]
        self._without.setVisible(bool(without))
        self._without.setText(
            self.tr("Without curves, because no network was trained step by step: {0}").format(", ".join(without))
        )
        self._recipes.setVisible(len(runs) == 2)
        if len(runs) == 2:
            # The list shows the newest first; a change is read from the older to the newer.
            new, old = runs
            self._between.setText(self.tr("Recipe of “{0}”, then of “{1}”").format(old.name, new.name))
            self.changes.show_recipes(old.recipe, new.recipe)
