"""A list of parts of a recipe, such as layers or stages: the list, and the form of the one that is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from engine.recipe.fields import Part, fields_of
from gui.core.recipe_words import choice_label, field_label, kind_label
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, button, row, tool_button
from gui.widgets.part_form import PartForm, new_part
from gui.widgets.table_view import RowTable

HEIGHT = 200


@dataclass(frozen=True, slots=True)
class NumberedPart:
    """A row of the list."""

    number: int
    part: msgspec.Struct


class RowsForm(QWidget):
    """`changed` when the user has added, removed, moved or edited a row. `least` rows always remain."""

    changed = Signal()

    def __init__(self, kinds: tuple[Part, ...], name: str, *, least: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self._least = least
        self._rows: list[msgspec.Struct] = []
        self._forms: dict[Part, PartForm] = {}
        columns = [Column(heading=name, text=_line_text)]
        self.model: TableModel[NumberedPart] = TableModel(columns, self)
        self.table = RowTable(self.model, name)
        self.table.setSortingEnabled(False)
        self.table.setFixedHeight(HEIGHT)
        self.table.selectionModel().currentRowChanged.connect(self._show_form)
        self._pile = QStackedWidget()
        self._pile.addWidget(QWidget())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.table)
        box.addLayout(self._buttons(name))
        box.addWidget(self._pile)

    def value(self) -> tuple[Any, ...]:
        """The rows."""
        return tuple(self._rows)

    def set_value(self, rows: Sequence[msgspec.Struct]) -> None:
        """The list shows these rows; `changed` is not emitted."""
        if list(rows) != self._rows:
            self._rows = list(rows)
            self._fill(min(max(0, self.at()), len(self._rows) - 1))

    def at(self) -> int:
        """Which row is chosen, from 0; -1 for none."""
        return self.table.currentIndex().row()

    def choose(self, at: int) -> None:
        """That row is the chosen one."""
        self.table.selectRow(at)

    def form(self) -> PartForm | None:
        """The form of the chosen row."""
        shown = self._pile.currentWidget()
        return shown if isinstance(shown, PartForm) else None

    def add(self, part: Part) -> None:
        """A new row of that kind stands after the chosen one, and is chosen."""
        at = self.at() + 1 if self._rows else 0
        self._rows.insert(at, new_part(part))
        self._fill(at)
        self.changed.emit()

    def _buttons(self, name: str):  # noqa: ANN202 - a layout
        self.plus = button(self.tr("Add"), icon_name="plus", tip=self.tr("Add a row after the chosen one"))
        if len(self._kinds) > 1:
            menu = QMenu(self.plus)
            for part in self._kinds:
                action = QAction(kind_label(part), menu)
                action.triggered.connect(partial(self._add, part))
                menu.addAction(action)
            self.plus.setMenu(menu)
        else:
            self.plus.clicked.connect(partial(self._add, self._kinds[0]))
        self.copy = tool_button(self.tr("Duplicate the row"), "clipboard-copy")
        self.copy.clicked.connect(self._copy)
        self.up = tool_button(self.tr("Move the row up"), "chevron-up")
        self.up.clicked.connect(partial(self._move, -1))
        self.down = tool_button(self.tr("Move the row down"), "chevron-down")
        self.down.clicked.connect(partial(self._move, 1))
        self.minus = tool_button(self.tr("Remove the row"), "trash-2")
        self.minus.clicked.connect(self._remove)
        return row(self.plus, None, self.copy, self.up, self.down, self.minus)

    def _add(self, part: Part, checked: bool = False) -> None:
        self.add(part)

    def _fill(self, at: int) -> None:
        self.model.set_rows([NumberedPart(number, part) for number, part in enumerate(self._rows, start=1)])
        if self._rows:
            self.table.selectRow(max(0, at))
        self._show_form()

    @Slot()
    def _show_form(self) -> None:
        at = self.at()
        some = 0 <= at < len(self._rows)
        self.copy.setEnabled(some)
        self.minus.setEnabled(some and len(self._rows) > self._least)
        self.up.setEnabled(some and at > 0)
        self.down.setEnabled(some and at + 1 < len(self._rows))
        if not some:
            self._pile.setCurrentIndex(0)
            return
        form = self._form_of(type(self._rows[at]))
        form.set_value(self._rows[at])
        self._pile.setCurrentWidget(form)

    def _form_of(self, part: Part) -> PartForm:
        if part not in self._forms:
            form = PartForm(part, title=True)
            form.changed.connect(self._edited)
            form.layout().setAlignment(Qt.AlignmentFlag.AlignTop)
            self._forms[part] = form
            self._pile.addWidget(form)
        return self._forms[part]

    @Slot()
    def _edited(self) -> None:
        form, at = self.form(), self.at()
        if form is None or not 0 <= at < len(self._rows):
            return
        self._rows[at] = form.value()
        self.model.replace_row(at, NumberedPart(at + 1, form.value()))
        self.changed.emit()

    @Slot()
    def _copy(self) -> None:
        at = self.at()
        self._rows.insert(at + 1, self._rows[at])
        self._fill(at + 1)
        self.changed.emit()

    @Slot()
    def _remove(self) -> None:
        at = self.at()
        del self._rows[at]
        self._fill(min(at, len(self._rows) - 1))
        self.changed.emit()

    def _move(self, by: int, checked: bool = False) -> None:
        at = self.at()
        self._rows.insert(at + by, self._rows.pop(at))
        self._fill(at + by)
        self.changed.emit()


def _line_text(line: NumberedPart) -> str:
    kind, told = kind_label(type(line.part)), describe(line.part)
    return f"{line.number}   " + ": ".join(text for text in (kind, told) if text)


def describe(part: msgspec.Struct) -> str:
    """What is special about a part in a line: what it demands, and what is not as usual."""
    told = []
    for field in fields_of(type(part)):
        value = getattr(part, field.name)
        if value == field.default:
            continue
        name = field_label(type(part), field)
        if field.kind == "switch":
            told.append(name)
        elif field.kind == "choice":
            told.append(choice_label(field, value))
        elif isinstance(value, tuple):
            told.append(f"{name} {', '.join(f'{one:g}' for one in value)}")
        else:
            told.append(f"{name} {value:g}" if isinstance(value, int | float) else f"{name} {value}")
    return ", ".join(told)
