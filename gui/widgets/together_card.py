"""Groups that people have made by hand: what they are called, how many photos they have, and taking them apart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from gui.models.table_model import Column, TableModel
from gui.widgets.cards import Card, button, label, row
from gui.widgets.table_view import RowTable

N_LINES = 6
Named = tuple[str, int]


class TogetherCard(Card):
    """`shown` and `removed` carry the name of a group; `counted`: the plan is to keep such groups together."""

    shown = Signal(str)
    removed = Signal(str)
    counted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Kept together by hand"), parent=parent)
        columns: list[Column[Named]] = [
            Column(heading=self.tr("Group"), text=lambda named: named[0]),
            Column(
                heading=self.tr("Photos"), text=lambda named: f"{named[1]:,}", key=lambda named: named[1], numeric=True
            ),
        ]
        self.model: TableModel[Named] = TableModel(columns, self)
        self.table = RowTable(self.model, self.tr("Groups made by hand"), fit_height=True, most_rows=N_LINES)
        self.table.activated.connect(self._show)
        self.table.selectionModel().selectionChanged.connect(self._enable)
        self.model.modelReset.connect(self._enable)
        self.look = button(self.tr("Show in Photos"), "quiet")
        self.look.clicked.connect(self._show)
        self.remove = button(self.tr("Take apart"))
        self.remove.clicked.connect(self._remove)
        self.count = button(self.tr("Keep them together"), tip=self.tr("The plan at the left names them"))
        self.count.clicked.connect(self.counted)
        how = self.tr("Choose photos in Photos, then Keep together… in the menu Photo.")
        self._unused = label(self.tr("The plan does not keep these groups together yet."), wrap=True)
        self.body.addWidget(label(how, "muted", wrap=True))
        self.body.addWidget(self.table)
        self._warning = QWidget()
        line = row(self._unused, self.count)
        line.setStretch(0, 1)
        self._warning.setLayout(line)
        self.body.addWidget(self._warning)
        self.body.addLayout(row(None, self.look, self.remove))

    def show_groups(self, groups: Sequence[Named], *, used: bool) -> None:
        """These are there; `used`: the plan keeps them together."""
        kept = self.chosen()
        self.model.set_rows(groups)
        for at, (name, _) in enumerate(self.model.rows()):
            if name == kept:
                self.table.selectRow(at)
        for part in (self.table, self.look, self.remove):
            part.setVisible(bool(groups))
        self._warning.setVisible(bool(groups) and not used)

    def chosen(self) -> str:
        """The name of the group that is chosen; empty for none."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.row(rows[0].row())[0] if rows else ""

    @Slot()
    def _enable(self) -> None:
        for made in (self.look, self.remove):
            made.setEnabled(bool(self.chosen()))

    @Slot()
    def _show(self) -> None:
        if self.chosen():
            self.shown.emit(self.chosen())

    @Slot()
    def _remove(self) -> None:
        if self.chosen():
            self.removed.emit(self.chosen())
