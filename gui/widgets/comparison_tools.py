"""What is done with the table of models itself: searching, pinning rows, and choosing its columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QWidget

from gui.core.icons import icon
from gui.models.comparison_model import ComparisonModel
from gui.widgets.cards import GAP, button
from gui.widgets.comparison_table import ComparisonTable

_SEARCH_WIDTH = 320


class ComparisonTools(QWidget):
    """`columns_chosen` carries the names of the columns that the user wants to see, in the order of the table."""

    columns_chosen = Signal(object)

    def __init__(self, model: ComparisonModel, table: ComparisonTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._table = model, table
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search: name, recipe, better, worse"))
        self.search.setAccessibleName(self.tr("Search the models"))
        self.search.addAction(icon("search", "text_muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(_SEARCH_WIDTH)
        self.search.textChanged.connect(self._find)
        self.pin = button(self.tr("Pin"), icon_name="pin", tip=self.tr("Keep the chosen rows on top of the table"))
        self.pin.clicked.connect(self._pin)
        self.columns = button(self.tr("Columns"), icon_name="columns-3", tip=self.tr("Choose what the table shows"))
        self._menu = QMenu(self.columns)
        self._actions: dict[str, QAction] = {}
        self._fill_menu()
        self.columns.setMenu(self._menu)
        head = table.horizontalHeader()
        head.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        head.customContextMenuRequested.connect(self._ask_columns)
        table.chosen.connect(self._name_pin)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.search, 1)
        box.addStretch(1)
        for part in (self.pin, self.columns):
            box.addWidget(part)
        self._name_pin()

    def show_columns(self, names: Sequence[str]) -> None:
        """These columns are wanted; those in which no row says anything stay hidden until one does."""
        for name, action in self._actions.items():
            action.setChecked(name in names)
        self.show_wanted()

    def show_wanted(self) -> None:
        """There are other rows: columns that are wanted and say something are shown."""
        for at, column in enumerate(self._model.columns()):
            action = self._actions.get(column.name)
            self._table.setColumnHidden(
                at, action is not None and not (action.isChecked() and self._model.says_something(at))
            )
        self._table.share_width()

    def forget(self) -> None:
        """Nothing is pinned or searched for: other models are to come, whose numbers may be the same."""
        self.search.clear()
        self._model.pin(self._model.pinned(), on=False)

    def wanted(self) -> tuple[str, ...]:
        """The names of the columns that are wanted, beside the first one."""
        return tuple(name for name, action in self._actions.items() if action.isChecked())

    def _fill_menu(self) -> None:
        # The first column says of which model a row is.
        for column in self._model.columns()[1:]:
            action = self._menu.addAction(column.heading)
            action.setCheckable(True)
            action.setToolTip(column.tip)
            action.triggered.connect(self._tell)
            self._actions[column.name] = action
        self._menu.setToolTipsVisible(True)

    @Slot()
    def _tell(self) -> None:
        self.show_wanted()
        self.columns_chosen.emit(self.wanted())

    @Slot(QPoint)
    def _ask_columns(self, where: QPoint) -> None:
        self._menu.popup(self._table.horizontalHeader().mapToGlobal(where))

    @Slot(str)
    def _find(self, text: str) -> None:
        self._table.keep_chosen(partial(self._model.search, text))

    @Slot()
    def _pin(self) -> None:
        ids = [row.found.run_id for row in self._table.chosen_rows()]
        on = not self._all_pinned()
        self._table.keep_chosen(partial(self._model.pin, ids, on=on))

    def _all_pinned(self) -> bool:
        chosen = self._table.chosen_rows()
        return bool(chosen) and all(row.found.run_id in self._model.pinned() for row in chosen)

    @Slot()
    def _name_pin(self) -> None:
        self.pin.setEnabled(bool(self._table.chosen_rows()))
        self.pin.setText("\u2009" + (self.tr("Unpin") if self._all_pinned() else self.tr("Pin")))
        self.pin.setAccessibleName(self.pin.text().strip())
