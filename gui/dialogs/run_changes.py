"""What changed between two runs: photos and labels, split, recipe, code; numbers of photos open the photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.base.ids import PhotoId
from engine.project.run_changes import ClassCount, PhotoChange, RunChanges
from engine.recipe.difference import Difference
from gui.dialogs.dialog import Dialog
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.table_view import RowTable

translate = QCoreApplication.translate
WIDTH = 720
MOST_ROWS = 7


@dataclass(frozen=True, slots=True)
class ChangedPhotos:
    """Photos to look at; `title` says what they have in common, `excluded` that they are left out."""

    ids: tuple[PhotoId, ...]
    title: str
    excluded: bool = False


class RunChangesDialog(Dialog):
    """To be read; `photos_wanted` carries the `ChangedPhotos` of a number that was pressed, and the dialog closes."""

    photos_wanted = Signal(object)

    def __init__(self, found: RunChanges, parent: QWidget | None = None) -> None:
        super().__init__(parent, translate("Dialog", "What changed"), width=WIDTH)
        self._found = found
        self.links: dict[str, QWidget] = {}
        names = self.tr("From “{0}” to “{1}”").format(found.before.name, found.after.name)
        self.body.addWidget(label(names, "muted", wrap=True))
        if found.is_nothing:
            same = self.tr("Nothing that is recorded differs: the one repeats the other.")
            self.body.addWidget(label(same, "section", wrap=True))
        else:
            for heading, fill in (
                (self.tr("Photos and labels"), self._fill_photos),
                (self.tr("Split"), self._fill_split),
                (self.tr("Recipe"), self._fill_recipe),
                (self.tr("Made by"), self._fill_versions),
            ):
                self.body.addSpacing(GAP)
                self.body.addWidget(label(heading, "section"))
                fill(self.body)
        self.body.addWidget(label(self._digests(), "muted", selectable=True))

    def _digests(self) -> str:
        """What photos with their labels, and with their parts, come to; equal where these are equal."""
        before, after = self._found.before, self._found.after
        pairs = ((before.data_digest, after.data_digest), (before.split_digest, after.split_digest))
        data, split = (f"{old[:8]} → {new[:8]}" if old != new else old[:8] for old, new in pairs)
        return self.tr("Data {0}, split {1}").format(data, split)

    def _fill_photos(self, box: QVBoxLayout) -> None:
        photos, n = self._found.photos, (self._found.before.n_photos, self._found.after.n_photos)
        if self._found.same_data:
            box.addWidget(label(self.tr("The same photos with the same labels: %n.", "", n[1])))
            return
        box.addWidget(label(self.tr("{0} photos before, {1} after.").format(f"{n[0]:,}", f"{n[1]:,}")))
        relabelled = tuple(change.photo_id for change in photos.relabelled)
        self._add_links(
            box,
            (
                ("added", self.tr("added"), photos.added, False),
                ("excluded", self.tr("excluded"), photos.excluded, True),
                ("unsure", self.tr("set aside as unsure"), photos.unsure, False),
                ("removed", self.tr("removed"), photos.removed, False),
                ("relabelled", self.tr("relabelled"), relabelled, False),
            ),
        )
        self._add_ways(box, photos.relabelled)
        for one in photos.renamed:
            box.addWidget(label(self.tr("“{0}” is called “{1}” now.").format(one.before, one.after), wrap=True))
        changed = [count for count in photos.per_class if count.before != count.after]
        if changed:
            box.addWidget(self._class_table(changed))

    def _fill_split(self, box: QVBoxLayout) -> None:
        found = self._found
        moved = tuple(change.photo_id for change in found.photos.moved)
        if found.same_split:
            box.addWidget(label(self.tr("The same photos in the same parts.")))
            return
        plan = self.tr("The same plan.") if found.same_plan else self.tr("Another plan: see the recipe.")
        box.addWidget(label(plan))
        self._add_links(box, (("moved", self.tr("in another part"), moved, False),))
        self._add_ways(box, found.photos.moved)

    def _fill_recipe(self, box: QVBoxLayout) -> None:
        parents = [log.parent for log in (self._found.before, self._found.after)]
        if parents[0] != parents[1]:
            names = [self.tr("nothing") if run is None else self.tr("run {0}").format(run) for run in parents]
            box.addWidget(label(self.tr("Started from {0} before, from {1} after.").format(*names)))
        self._add_differences(box, self._found.recipe, self.tr("Choice"))

    def _fill_versions(self, box: QVBoxLayout) -> None:
        self._add_differences(box, self._found.versions, self.tr("Part"))

    def _add_links(self, box: QVBoxLayout, numbers: Sequence[tuple[str, str, tuple[PhotoId, ...], bool]]) -> None:
        made = []
        for key, words, ids, excluded in numbers:
            if ids:
                link = button(f"{len(ids):,} {words}", "link", tip=self.tr("Show these photos"))
                link.setAutoDefault(False)
                link.clicked.connect(partial(self._show, ChangedPhotos(ids, self._title(words), excluded)))
                self.links[key] = link
                made.append(link)
        box.addLayout(row(*made, None, spacing=2 * GAP))

    def _title(self, words: str) -> str:
        return self.tr("{0} from run {1} to run {2}").format(words, self._found.before.run_id, self._found.after.run_id)

    def _add_ways(self, box: QVBoxLayout, changes: Sequence[PhotoChange]) -> None:
        """How many photos went from which to which."""
        ways: dict[tuple[str, str], int] = {}
        for one in changes:
            ways[one.before, one.after] = ways.get((one.before, one.after), 0) + 1
        commonest = sorted(ways.items(), key=lambda item: (-item[1], item[0]))
        shown = [f"{before} → {after} {n:,}" for (before, after), n in commonest[:MOST_ROWS]]
        if shown:
            more = [self.tr("and others")] if len(commonest) > len(shown) else []
            box.addWidget(label(", ".join([*shown, *more]), "muted", wrap=True))

    def _add_differences(self, box: QVBoxLayout, rows: Sequence[Difference], kind: str) -> None:
        if not rows:
            box.addWidget(label(self.tr("The same.")))
            return
        columns: list[Column[Difference]] = [
            Column(heading=kind, text=lambda one: one.place),
            Column(heading=self.tr("Before"), text=lambda one: one.before or "–"),
            Column(heading=self.tr("After"), text=lambda one: one.after or "–"),
        ]
        model = TableModel(columns, self)
        table = RowTable(model, self.tr("{0}, before and after").format(kind), fit_height=True, most_rows=MOST_ROWS)
        model.set_rows(rows)
        box.addWidget(table)

    def _class_table(self, rows: Sequence[ClassCount]) -> RowTable:
        columns: list[Column[ClassCount]] = [
            Column(heading=self.tr("Class"), text=lambda one: one.name, key=lambda one: one.name.casefold()),
            Column(
                heading=self.tr("Before"), text=lambda one: f"{one.before:,}", key=lambda one: one.before, numeric=True
            ),
            Column(
                heading=self.tr("After"), text=lambda one: f"{one.after:,}", key=lambda one: one.after, numeric=True
            ),
        ]
        model = TableModel(columns, self)
        table = RowTable(model, self.tr("Photos of each class"), fit_height=True, most_rows=MOST_ROWS, parent=self)
        model.set_rows(rows)
        return table

    def _show(self, wanted: ChangedPhotos) -> None:
        self.accept()
        self.photos_wanted.emit(wanted)
