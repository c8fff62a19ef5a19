"""What recipes do differently, as a table of places with the value of each."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.recipe.difference import Difference, differences
from engine.recipe.recipe import Recipe
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, label
from gui.widgets.table_view import RowTable


class RecipeChanges(QWidget):
    """`show_recipes` compares two; how they are called does not count."""

    def __init__(self, parent: QWidget | None = None, *, fit_height: bool = False) -> None:
        super().__init__(parent)
        self._same = label(self.tr("They do the same."), "muted")
        self.model: TableModel[Difference] = TableModel(
            [
                Column(heading=self.tr("Choice"), text=lambda row: row.place),
                Column(heading=self.tr("Before"), text=lambda row: row.before or "–"),
                Column(heading=self.tr("After"), text=lambda row: row.after or "–"),
            ],
            self,
        )
        self.table = RowTable(self.model, self.tr("Differences of the recipes"), fit_height=fit_height, parent=self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self._same)
        box.addWidget(self.table, 1)

    def show_recipes(self, before: Recipe, after: Recipe) -> None:
        """The table names every choice in which the second differs from the first."""
        rows = differences(before, after)
        if rows == self.model.rows():
            return
        self.model.set_rows(rows)
        self.table.setVisible(bool(rows))
        self._same.setVisible(not rows)
