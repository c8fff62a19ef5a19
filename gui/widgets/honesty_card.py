"""The honest score beside the naive one: groups kept together, and photos drawn singly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui.core.score_text import interval, percent
from gui.widgets.cards import GAP, Card, button, label, row
from gui.widgets.job_place import JobPlace

if TYPE_CHECKING:
    from engine.insight.honesty import Honesty


class HonestyCard(Card):
    """`wanted` when the two are to be worked out; `show_found` then fills the card."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.start = button(self.tr("Compare"), icon_name="target", tip=self.tr("Works out both scores with Quick"))
        self.start.clicked.connect(self.wanted)
        self.progress = JobPlace(narrow=True)
        intro = self.tr(
            "What a careless split would claim: Quick is scored twice by cross-validation on the photos that teach,"
            " once with groups kept together and once with every photo drawn by itself. Test photos are not looked at."
        )
        self._cells: dict[tuple[int, int], QLabel] = {}
        self._table = QWidget()
        self._table.setLayout(self._grid())
        self.verdict = label("", wrap=True, selectable=True)
        self._on_what = label("", "muted", wrap=True)
        self.body.addLayout(row(label(self.tr("Honest beside naive"), "section"), None, self.start))
        for part in (label(intro, "muted", wrap=True), self.progress, self._table, self.verdict, self._on_what):
            self.body.addWidget(part)
        self.forget()

    def forget(self) -> None:
        """There is no result."""
        for part in (self._table, self.verdict, self._on_what):
            part.hide()

    def show_found(self, found: Honesty) -> None:
        """The card shows this."""
        for at, (share, ci95) in enumerate(((found.honest, found.honest_ci95), (found.naive, found.naive_ci95)), 1):
            self._cells[at, 1].setText(percent(share))
            self._cells[at, 2].setText(interval(ci95))
        self.verdict.setText(found.verdict)
        photos = self.tr("%n photo(s)", "", found.n)
        groups = self.tr("%n group(s)", "", found.n_groups)
        self._on_what.setText(self.tr("{0} in {1}; sign test p = {2:.2g}.").format(photos, groups, found.p_value))
        for part in (self._table, self.verdict, self._on_what):
            part.show()

    def figures(self) -> tuple[str, str]:
        """The honest and the naive score as shown."""
        return self._cells[1, 1].text(), self._cells[2, 1].text()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * GAP)
        grid.setVerticalSpacing(4)
        for column, text in enumerate(("", self.tr("right"), self.tr("95 % interval"))):
            grid.addWidget(label(text, "muted"), 0, column)
        names = (self.tr("Honest: groups kept together"), self.tr("Naive: photos drawn singly"))
        for at, name in enumerate(names, 1):
            grid.addWidget(label(name), at, 0)
            for column in (1, 2):
                self._cells[at, column] = label("", "section" if column == 1 else "")
                grid.addWidget(self._cells[at, column], at, column)
        grid.setColumnStretch(3, 1)
        return grid
