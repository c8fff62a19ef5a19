"""Parts of a study's plan in a table: one more, change, remove; what one of them says is asked elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, row, tool_button
from gui.widgets.table_view import RowTable

MOST_ROWS = 5
Part = TypeVar("Part")


class PlanParts(QWidget, Generic[Part]):
    """`changed` carries all parts; `edit_wanted` the number of the one to be changed, from 0, or -1 for one more."""

    changed = Signal(object)
    edit_wanted = Signal(int)

    def __init__(
        self,
        columns: Sequence[Column[Part]],
        plus: QPushButton,
        *,
        name: str,
        change: str,
        remove: str,
        parent: QWidget | None = None,
    ) -> None:
        """`plus`: asks for one more. `name`, `change`, `remove`: what the table and two buttons are called."""
        super().__init__(parent)
        self._parts: list[Part] = []
        self._can_ask = True
        self.model: TableModel[Part] = TableModel(columns, self)
        self.table = RowTable(self.model, name, fit_height=True, most_rows=MOST_ROWS, parent=self)
        # Their order is that of the plan.
        self.table.setSortingEnabled(False)
        self.table.doubleClicked.connect(self._edit)
        self.table.selectionModel().currentRowChanged.connect(self._allow)
        self.plus = plus
        self.edit = tool_button(change, "pencil")
        self.minus = tool_button(remove, "trash-2")
        self.plus.clicked.connect(self._add)
        self.edit.clicked.connect(self._edit)
        self.minus.clicked.connect(self._remove)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.table)
        box.addLayout(row(self.plus, None, self.edit, self.minus))
        self._fill(0)

    def set_parts(self, parts: Sequence[Part]) -> None:
        """These are the parts; `changed` is not emitted."""
        if list(parts) != self._parts:
            self._parts = list(parts)
            self._fill(max(0, self.table.currentIndex().row()))

    def parts(self) -> tuple[Part, ...]:
        """The parts as they stand."""
        return tuple(self._parts)

    def put(self, at: int, made: Part) -> None:
        """The part with that number is this one now; -1: it is one more."""
        if at < 0:
            self._parts.append(made)
        else:
            self._parts[at] = made
        self._fill(len(self._parts) - 1 if at < 0 else at)
        self.changed.emit(self.parts())

    def allow_more(self, *, allowed: bool) -> None:
        """Parts can be asked for and changed, or only removed."""
        self._can_ask = allowed
        self._allow()

    def _fill(self, at: int) -> None:
        self.model.set_rows(self._parts)
        self.table.setVisible(bool(self._parts))
        self.table.selectRow(min(at, len(self._parts) - 1))
        self._allow()

    @Slot()
    def _allow(self) -> None:
        some = 0 <= self.table.currentIndex().row() < len(self._parts)
        self.plus.setEnabled(self._can_ask)
        self.edit.setEnabled(some and self._can_ask)
        self.minus.setEnabled(some)

    @Slot()
    def _add(self) -> None:
        self.edit_wanted.emit(-1)

    @Slot()
    def _edit(self) -> None:
        if self.edit.isEnabled():
            self.edit_wanted.emit(self.table.currentIndex().row())

    @Slot()
    def _remove(self) -> None:
        at = self.table.currentIndex().row()
        del self._parts[at]
        self._fill(max(0, at - 1))
        self.changed.emit(self.parts())
