"""Whether what belongs together stands on one side: a line for each relation, and the groups that do not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui.core.plan_words import leak_text, relation
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, Picture, button, label, row
from gui.widgets.table_view import RowTable

if TYPE_CHECKING:
    from engine.insight.leaks import Leak, LeakReport
    from engine.project.splits import FolderParts, SplitReport

N_LINES = 7
ICON = 18


@dataclass(frozen=True, slots=True)
class LeakLine:
    """A group on several sides, and what its photos have in common."""

    kind: str
    leak: Leak

    @property
    def photos(self) -> tuple[int, ...]:
        """All of the group."""
        return self.leak.train + self.leak.val + self.leak.test


class RelationRow(QFrame):
    """Green where every group is on one side, red where the plan says so and it is not, amber where it does not."""

    def __init__(self, found: LeakReport, *, kept: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name, token = "circle-check", "success"
        if found.leaks:
            name, token = ("circle-x", "danger") if kept else ("triangle-alert", "warning")
        self.state = token
        self.text = label(leak_text(found, kept=kept), wrap=True)
        self.setAccessibleName(self.text.text())
        line = row(Picture(name, ICON, token), self.text, spacing=GAP + 2)
        line.setAlignment(line.itemAt(0).widget(), Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        self.setLayout(line)


class LeakList(QWidget):
    """`chosen` carries (photo ids, what they have in common) of the groups that are to be looked at."""

    chosen = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[RelationRow, ...] = ()
        self._lines = QVBoxLayout()
        self._lines.setSpacing(GAP)
        self._unknown = label("", "muted", wrap=True)
        self.folders = label("", wrap=True)
        self.model: TableModel[LeakLine] = TableModel(self._columns(), self)
        self.table = RowTable(self.model, self.tr("Groups on several sides"), fit_height=True, most_rows=N_LINES)
        self.table.activated.connect(self._activate)
        self.show_all = button(self.tr("Show all in Photos"), "quiet")
        self.show_all.clicked.connect(self._choose_all)
        self._head = label(self.tr("Groups on several sides"), "section")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(self._lines)
        box.addWidget(self.folders)
        box.addWidget(self._unknown)
        self._hint = label(self.tr("Open one to see its photos"), "muted")
        box.addLayout(row(self._head, None, self.show_all))
        box.addWidget(self._hint)
        box.addWidget(self.table)

    def show_report(self, report: SplitReport) -> None:
        """The list speaks of this split."""
        for old in self.rows:
            self._lines.removeWidget(old)
            old.hide()
            old.deleteLater()
        said = _worth_saying(report)
        self.rows = tuple(RelationRow(found, kept=report.keeps(found.kind)) for found in said)
        for made in self.rows:
            self._lines.addWidget(made)
        self._show_unknown(report)
        self._show_folders(report.folders)
        lines = [LeakLine(found.kind, leak) for found in said for leak in found.leaks]
        self.model.set_rows(lines)
        for part in (self._head, self._hint, self.show_all, self.table):
            part.setVisible(bool(lines))

    def _show_unknown(self, report: SplitReport) -> None:
        split = report.split
        texts = []
        nothing = [relation(found.kind) for found in report.leaks if not found.n_groups]
        if nothing:
            texts.append(self.tr("No photos are known to share: {0}.").format(", ".join(nothing)))
        n = split.n_train + split.n_val + split.n_test
        dated = self.tr("When they were taken is known of {0} of {1} photos; bursts and days are of these.")
        texts.append(dated.format(f"{report.n_dated:,}", f"{n:,}"))
        self._unknown.setText(" ".join(texts))

    def _show_folders(self, folders: FolderParts | None) -> None:
        """What a split that came as folders would have let through."""
        self.folders.setVisible(folders is not None)
        if folders is None:
            return
        texts = [self.tr("The folders say the part of %n photo(s).", "", folders.n)]
        texts += [self.tr("As they divide them: {0}").format(leak_text(found, kept=None)) for found in folders.leaks]
        if folders.n_moved:
            moved = self.tr("%n photo(s) stand elsewhere here, with their relatives.", "", folders.n_moved)
            texts.append(moved)
        self.folders.setText(" ".join(texts))

    @Slot(QModelIndex)
    def _activate(self, index: QModelIndex) -> None:
        line = self.model.row(index.row())
        self.chosen.emit(line.photos, self._title(line.kind))

    @Slot()
    def _choose_all(self) -> None:
        lines = self.model.rows()
        kinds = list(dict.fromkeys(relation(line.kind) for line in lines))
        photos = dict.fromkeys(photo for line in lines for photo in line.photos)
        self.chosen.emit(tuple(photos), self._title(", ".join(kinds)))

    def _title(self, kind: str) -> str:
        return self.tr("on several sides of the split: {0}").format(relation(kind))

    def _columns(self) -> list[Column[LeakLine]]:
        def count(heading: str, part: str) -> Column[LeakLine]:
            return Column(
                heading=heading,
                text=lambda line: f"{len(getattr(line.leak, part)):,}",
                key=lambda line: len(getattr(line.leak, part)),
                numeric=True,
            )

        return [
            Column(heading=self.tr("What they share"), text=lambda line: relation(line.kind)),
            count(self.tr("Teach"), "train"),
            count(self.tr("Tune"), "val"),
            count(self.tr("Test"), "test"),
        ]


def _worth_saying(report: SplitReport) -> list[LeakReport]:
    """Relations that photos have; equal files are in every relation, and one that adds nothing to them is left out."""
    equal = report.leaks[0]
    return [
        found
        for found in report.leaks
        if found.n_groups and (found is equal or (found.n_groups, found.leaks) != (equal.n_groups, equal.leaks))
    ]
