"""The joined rows of a study: models that answer together, judged by the same table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.recipe.joining import Method
from engine.recipe.study_plan import PlanEnsemble
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, button, row, tool_button
from gui.widgets.table_view import RowTable

MOST_ROWS = 5


class PlanJoins(QWidget):
    """`changed` carries all joined rows; `edit_wanted` the number of the one to be changed, -1 for one more."""

    changed = Signal(object)
    edit_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._joins: list[PlanEnsemble] = []
        self._can_ask = True
        self.model: TableModel[PlanEnsemble] = TableModel(
            [
                Column(heading=self.tr("Joined row"), text=lambda one: one.name),
                Column(heading=self.tr("How"), text=lambda one: self._how()[one.method]),
                Column(heading=self.tr("Of"), text=lambda one: ", ".join(one.rows)),
            ],
            self,
        )
        self.table = RowTable(self.model, self.tr("Joined rows"), fit_height=True, most_rows=MOST_ROWS, parent=self)
        self.table.setSortingEnabled(False)
        self.table.doubleClicked.connect(self._edit)
        self.table.selectionModel().currentRowChanged.connect(self._allow)
        self.plus = button(
            self.tr("Join rows…"), icon_name="merge", tip=self.tr("Let the models of several rows answer together")
        )
        self.edit = tool_button(self.tr("Change the joined row"), "pencil")
        self.minus = tool_button(self.tr("Remove the joined row"), "trash-2")
        self.plus.clicked.connect(self._add)
        self.edit.clicked.connect(self._edit)
        self.minus.clicked.connect(self._remove)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.table)
        box.addLayout(row(self.plus, None, self.edit, self.minus))
        self._fill(0)

    def set_joins(self, joins: Sequence[PlanEnsemble]) -> None:
        """These are the joined rows; `changed` is not emitted."""
        if list(joins) != self._joins:
            self._joins = list(joins)
            self._fill(max(0, self.table.currentIndex().row()))

    def joins(self) -> tuple[PlanEnsemble, ...]:
        """The joined rows as they stand."""
        return tuple(self._joins)

    def put(self, at: int, made: PlanEnsemble) -> None:
        """The joined row with that number is this one now; -1: it is one more."""
        if at < 0:
            self._joins.append(made)
        else:
            self._joins[at] = made
        self._fill(len(self._joins) - 1 if at < 0 else at)
        self.changed.emit(self.joins())

    def allow_more(self, *, allowed: bool) -> None:
        """Rows can be joined, or cannot while the plan comes to none."""
        self._can_ask = allowed
        self.plus.setEnabled(allowed)
        self._allow()

    def _how(self) -> Mapping[Method, str]:
        return {
            "average": self.tr("Average"),
            "weighted": self.tr("Weighted average"),
            "stacked": self.tr("Stacked"),
        }

    def _fill(self, at: int) -> None:
        self.model.set_rows(self._joins)
        self.table.setVisible(bool(self._joins))
        self.table.selectRow(min(at, len(self._joins) - 1))
        self._allow()

    @Slot()
    def _allow(self) -> None:
        some = 0 <= self.table.currentIndex().row() < len(self._joins)
        self.edit.setEnabled(some and self._can_ask)
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
        del self._joins[at]
        self._fill(max(0, at - 1))
        self.changed.emit(self.joins())
