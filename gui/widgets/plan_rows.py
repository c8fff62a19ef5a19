"""The rows of a study: which recipes it compares, each with its name and what is changed in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from engine.recipe.recipe import Recipe
from engine.recipe.study_plan import PlanRow
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, button, label, row, tool_button
from gui.widgets.recipe_menu import RecipeMenu
from gui.widgets.table_view import RowTable

MAX_NAME = 80
MOST_ROWS = 8
CHANGES_WIDTH = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A row as the table tells it."""

    number: int
    name: str
    recipe: str
    changes: tuple[str, ...]


class PlanRows(QWidget):
    """`changed` carries all rows; `edit_wanted` the number of the one whose recipe is to be changed, from 0.

    `renamed` carries the old and the new name of a row, just before `changed`.
    """

    changed = Signal(object)
    renamed = Signal(str, str)
    edit_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[PlanRow] = []
        self._recipes: Mapping[str, Recipe] = {}
        self._own: tuple[Recipe, ...] = ()
        self.model: TableModel[ShownRow] = TableModel(
            [
                Column(heading=self.tr("Row"), text=lambda one: one.name),
                Column(
                    heading=self.tr("Recipe"),
                    text=lambda one: "" if one.recipe == one.name else one.recipe,
                    tip=self.tr("Where the row is called otherwise"),
                ),
                Column(
                    heading=self.tr("Changed in it"),
                    text=lambda one: ", ".join(one.changes) or "–",
                    tip=self.tr("Choices that differ from the recipe, by their places"),
                ),
            ],
            self,
        )
        self.table = RowTable(
            self.model,
            self.tr("Recipes that are compared"),
            fit_height=True,
            most_rows=MOST_ROWS,
            wide=2,
            least_wide=CHANGES_WIDTH,
            parent=self,
        )
        # Their order is that of the plan.
        self.table.setSortingEnabled(False)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.doubleClicked.connect(self._edit)
        self.name = QLineEdit()
        self.name.setMaxLength(MAX_NAME)
        self.name.setAccessibleName(self.tr("Name of the row"))
        self.name.setPlaceholderText(self.tr("Name of the row"))
        self.name.editingFinished.connect(self._rename)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.table)
        caption = label(self.tr("Name"), "muted")
        caption.setBuddy(self.name)
        line = row(caption, self.name, self._make_edit())
        line.setStretch(1, 1)
        box.addLayout(line)
        box.addLayout(self._make_buttons())
        self._allow()

    def set_rows(self, rows: Sequence[PlanRow], recipes: Mapping[str, Recipe], own: Sequence[Recipe]) -> None:
        """These are the rows; `changed` is not emitted. `recipes`: all there are, by name."""
        self._recipes = recipes
        if tuple(own) != self._own:
            self._own = tuple(own)
            self.menu.show_own(self._own)
        if list(rows) != self._rows or not self.model.rows():
            self._rows = list(rows)
            self._fill(max(0, self.at()))

    def at(self) -> int:
        """The number of the chosen row, from 0; -1 if none is."""
        return self.table.currentIndex().row()

    def rows(self) -> tuple[PlanRow, ...]:
        """The rows as they stand."""
        return tuple(self._rows)

    def add(self, made: PlanRow) -> None:
        """The row follows the chosen one, and is chosen."""
        at = self.at() + 1 if self._rows else 0
        self._rows.insert(at, made)
        self._tell(at)

    def replace(self, at: int, made: PlanRow) -> None:
        """The row with that number is this one now."""
        former, name = self._name(self._rows[at]), self._name(made)
        if name != former and [self._name(one) for one in self._rows].count(former) == 1:
            self.renamed.emit(former, name)
        self._rows[at] = made
        self._tell(at)

    def _tell(self, at: int) -> None:
        self._fill(at)
        self.changed.emit(self.rows())

    def _fill(self, at: int) -> None:
        shown = [
            ShownRow(number=number, name=self._name(one), recipe=self._title(one.recipe), changes=one.set)
            for number, one in enumerate(self._rows)
        ]
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_rows(shown)
            self.table.selectRow(min(at, len(shown) - 1))
        self.table.viewport().update()
        self._choose()

    def _name(self, one: PlanRow) -> str:
        return one.name or self._title(one.recipe)

    def _title(self, recipe: str) -> str:
        known = self._recipes.get(recipe)
        return recipe if known is None else known.title

    def _make_edit(self) -> QWidget:
        self.edit = button(
            self.tr("Settings for experts…"), icon_name="settings", tip=self.tr("Change the recipe of this row")
        )
        self.edit.clicked.connect(self._edit)
        return self.edit

    def _make_buttons(self):  # noqa: ANN202 - a layout, as row gives it
        self.plus = button(self.tr("Add a recipe"), icon_name="plus")
        self.menu = RecipeMenu(self.plus)
        self.menu.chosen.connect(self._add_recipe)
        self.plus.setMenu(self.menu)
        self.copy = tool_button(self.tr("Duplicate the row"), "clipboard-copy")
        self.up = tool_button(self.tr("Move the row up"), "chevron-up")
        self.down = tool_button(self.tr("Move the row down"), "chevron-down")
        self.minus = tool_button(self.tr("Remove the row"), "trash-2")
        self.copy.clicked.connect(self._copy)
        self.up.clicked.connect(self._move_up)
        self.down.clicked.connect(self._move_down)
        self.minus.clicked.connect(self._remove)
        return row(self.plus, None, self.copy, self.up, self.down, self.minus)

    @Slot(object)
    def _add_recipe(self, recipe: Recipe) -> None:
        names = {self._name(one) for one in self._rows}
        name, number = recipe.title, 1
        while name in names:
            number += 1
            name = f"{recipe.title} {number}"
        self.add(PlanRow(recipe=recipe.name, name="" if name == recipe.title else name))

    @Slot()
    def _choose(self) -> None:
        at = self.at()
        self.name.setText(self._name(self._rows[at]) if 0 <= at < len(self._rows) else "")
        self._allow()

    def _allow(self) -> None:
        at, n = self.at(), len(self._rows)
        some = 0 <= at < n
        for part in (self.copy, self.minus, self.name, self.edit):
            part.setEnabled(some)
        self.up.setEnabled(some and at > 0)
        self.down.setEnabled(some and at + 1 < n)

    @Slot()
    def _rename(self) -> None:
        at, name = self.at(), self.name.text().strip()
        if not 0 <= at < len(self._rows) or name == self._name(self._rows[at]):
            return
        if not name:
            self.name.setText(self._name(self._rows[at]))
            return
        kept = "" if name == self._title(self._rows[at].recipe) else name
        self.replace(at, msgspec.structs.replace(self._rows[at], name=kept))

    @Slot()
    def _edit(self) -> None:
        if 0 <= self.at() < len(self._rows):
            self.edit_wanted.emit(self.at())

    @Slot()
    def _copy(self) -> None:
        one = self._rows[self.at()]
        self.add(msgspec.structs.replace(one, name=self.tr("{0}, changed").format(self._name(one))))

    @Slot()
    def _move_up(self) -> None:
        self._move(-1)

    @Slot()
    def _move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        at = self.at()
        self._rows.insert(at + by, self._rows.pop(at))
        self._tell(at + by)

    @Slot()
    def _remove(self) -> None:
        at = self.at()
        del self._rows[at]
        self._tell(max(0, min(at, len(self._rows) - 1)))
