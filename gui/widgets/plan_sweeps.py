"""The sweeps of a study: recipes in which some choices take several values in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import prod

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.recipe.recipe import Recipe
from engine.recipe.study_plan import Sweep, SweepField
from gui.core.recipe_places import places_of, text_of
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, button, row, tool_button
from gui.widgets.table_view import RowTable

MOST_ROWS = 5


class PlanSweeps(QWidget):
    """`changed` carries all sweeps; `edit_wanted` the number of the one to be changed, from 0, or -1 for a new one."""

    changed = Signal(object)
    edit_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sweeps: list[Sweep] = []
        self._recipes: Mapping[str, Recipe] = {}
        self.model: TableModel[Sweep] = TableModel(
            [
                Column(heading=self.tr("Sweep"), text=self._name),
                Column(heading=self.tr("What varies"), text=self._varies),
                Column(heading=self.tr("Rows"), text=lambda one: f"{n_rows(one):,}", numeric=True),
            ],
            self,
        )
        self.table = RowTable(self.model, self.tr("Sweeps"), fit_height=True, most_rows=MOST_ROWS, parent=self)
        self.table.setSortingEnabled(False)
        self.table.doubleClicked.connect(self._edit)
        self.table.selectionModel().currentRowChanged.connect(self._allow)
        self.plus = button(self.tr("Add a sweep…"), icon_name="plus", tip=self.tr("Try several values of some choices"))
        self.edit = tool_button(self.tr("Change the sweep"), "pencil")
        self.minus = tool_button(self.tr("Remove the sweep"), "trash-2")
        self.plus.clicked.connect(self._add)
        self.edit.clicked.connect(self._edit)
        self.minus.clicked.connect(self._remove)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.table)
        box.addLayout(row(self.plus, None, self.edit, self.minus))
        self._fill(0)

    def set_sweeps(self, sweeps: Sequence[Sweep], recipes: Mapping[str, Recipe]) -> None:
        """These are the sweeps; `changed` is not emitted."""
        self._recipes = recipes
        if list(sweeps) != self._sweeps:
            self._sweeps = list(sweeps)
            self._fill(max(0, self.table.currentIndex().row()))

    def sweeps(self) -> tuple[Sweep, ...]:
        """The sweeps as they stand."""
        return tuple(self._sweeps)

    def put(self, at: int, made: Sweep) -> None:
        """The sweep with that number is this one now; -1: it is a new one."""
        if at < 0:
            self._sweeps.append(made)
        else:
            self._sweeps[at] = made
        self._fill(len(self._sweeps) - 1 if at < 0 else at)
        self.changed.emit(self.sweeps())

    def _fill(self, at: int) -> None:
        self.model.set_rows(self._sweeps)
        self.table.setVisible(bool(self._sweeps))
        self.table.selectRow(min(at, len(self._sweeps) - 1))
        self._allow()

    @Slot()
    def _allow(self) -> None:
        some = 0 <= self.table.currentIndex().row() < len(self._sweeps)
        self.edit.setEnabled(some)
        self.minus.setEnabled(some)

    @Slot()
    def _add(self) -> None:
        self.edit_wanted.emit(-1)

    @Slot()
    def _edit(self) -> None:
        self.edit_wanted.emit(self.table.currentIndex().row())

    @Slot()
    def _remove(self) -> None:
        at = self.table.currentIndex().row()
        del self._sweeps[at]
        self._fill(max(0, at - 1))
        self.changed.emit(self.sweeps())

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
