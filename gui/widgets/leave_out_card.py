"""Each group left out in turn: how well a site, a day or a camera is recognised by what all the others teach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from gui.core.plan_words import relation
from gui.core.score_text import interval, percent
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import Card, button, label, row
from gui.widgets.job_place import JobPlace
from gui.widgets.table_view import RowTable

if TYPE_CHECKING:
    from engine.insight.leave_one_out import GroupScore, LeaveOneOut

N_LINES = 8
# Pixels for the name of a group where there is no room for more.
LEAST_NAME = 96


class LeaveOutCard(Card):
    """`wanted` carries the relation whose groups are to be left out; `show_found` then fills the card."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.kinds = QComboBox()
        self.kinds.setAccessibleName(self.tr("What the groups are"))
        self.kinds.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.start = button(self.tr("Leave each out"), icon_name="play", tip=self.tr("Learns once a group, with Quick"))
        self.start.clicked.connect(self._start)
        self.progress = JobPlace(narrow=True)
        intro = self.tr(
            "What to expect at a site, on a day or of a camera that no photo has taught: each group is answered by a"
            " model that learned from all the others. Test photos neither teach nor are asked."
        )
        self.model: TableModel[GroupScore] = TableModel(self._columns(), self)
        self.table = RowTable(
            self.model, self.tr("Score of each group"), fit_height=True, most_rows=N_LINES, least_wide=LEAST_NAME
        )
        self.overall = label("", "section", wrap=True)
        self._notes = label("", "muted", wrap=True)
        self.body.addWidget(label(self.tr("Each group left out in turn"), "section"))
        self.body.addWidget(label(intro, "muted", wrap=True))
        self.body.addLayout(row(self.kinds, self.start, None))
        for part in (self.progress, self.overall, self.table, self._notes):
            self.body.addWidget(part)
        self.forget()

    def forget(self) -> None:
        """There is no result."""
        for part in (self.overall, self.table, self._notes):
            part.hide()

    def show_relations(self, names: Sequence[str]) -> None:
        """These can be chosen; the chosen one stays chosen."""
        kept = self.kinds.currentData()
        if [self.kinds.itemData(at) for at in range(self.kinds.count())] == list(names):
            return
        self.kinds.clear()
        for name in names:
            text = relation(name)
            self.kinds.addItem(text[:1].upper() + text[1:], name)
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(kept)))

    def show_found(self, found: LeaveOneOut) -> None:
        """The card shows this, the lowest share first."""
        photos = self.tr("%n photo(s)", "", found.n)
        groups = self.tr("%n group(s)", "", len(found.groups))
        text = self.tr("{0} right on {1} in {2} by {5} (95 % interval {3}); mean over groups {4}.")
        share, mean, ci95 = percent(found.accuracy), percent(found.macro), interval(found.accuracy_ci95)
        self.overall.setText(text.format(share, photos, groups, ci95, mean, relation(found.relation)))
        self.model.set_rows(found.groups)
        self._notes.setText(self._reservations(found))
        for part in (self.overall, self.table):
            part.show()
        self._notes.setVisible(bool(self._notes.text()))

    def _reservations(self, found: LeaveOneOut) -> str:
        said = []
        if found.is_by_class:
            text = self.tr(
                "Each of these groups is all there is of a class, so no answer could be right, and this says nothing"
                " of the model. Choose other groups."
            )
            said.append(text)
        elif found.n_untaught:
            text = self.tr(
                "Of a class that no other group shows, and so never right: %n photo(s).", "", found.n_untaught
            )
            said.append(text)
        if found.n_unknown:
            said.append(self.tr("Of an unknown group, and so only teaching: %n photo(s).", "", found.n_unknown))
        return " ".join(said)

    @Slot()
    def _start(self) -> None:
        self.wanted.emit(self.kinds.currentData())

    def _columns(self) -> list[Column[GroupScore]]:
        return [
            Column(heading=self.tr("Group"), text=lambda one: one.name, key=lambda one: one.name.casefold()),
            Column(heading=self.tr("Photos"), text=lambda one: f"{one.n:,}", key=lambda one: one.n, numeric=True),
            Column(
                heading=self.tr("Right"), text=lambda one: f"{one.n_right:,}", key=lambda one: one.n_right, numeric=True
            ),
            Column(
                heading=self.tr("Share"),
                text=lambda one: f"{percent(one.accuracy)}  ({interval(one.accuracy_ci95)})",
                key=lambda one: one.accuracy,
                tip=self.tr("In brackets the 95 % interval"),
                numeric=True,
            ),
        ]
