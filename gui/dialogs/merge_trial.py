"""What the score would be if some classes were one, from stored answers; and merging them, if that is wanted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFormLayout, QListView, QWidget

from engine.base.ids import ClassId, RunId
from engine.store.rows import ClassRow
from gui.core.score_text import Part
from gui.core.session import Session
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import GAP, label
from gui.widgets.trial_card import TrialCard

if TYPE_CHECKING:
    from engine.base.errors import AppError
    from engine.project.comparisons import MergeTrial

translate = QCoreApplication.translate
LIST_HEIGHT = 190
ROW_HEIGHT = 28


@dataclass(frozen=True, slots=True)
class MergeChoice:
    """Classes that are to be one: those that go, and the one that stays."""

    sources: tuple[ClassRow, ...]
    target: ClassRow


class MergeTrialDialog(Dialog):
    """`chosen` carries a `MergeChoice`. The score follows the ticks; `ready` says that it has come."""

    chosen = Signal(object)
    ready = Signal()

    def __init__(
        self,
        session: Session,
        run_id: RunId,
        part: Part,
        classes: Sequence[ClassRow],
        preset: Collection[ClassId],
        parent: QWidget | None = None,
    ) -> None:
        """`classes`: those that the run knows and the project still has; `preset`: ticked at first."""
        super().__init__(
            parent,
            translate("Dialog", "What if these classes were one?"),
            accept_text=translate("Dialog", "Merge them…"),
            kind="",
            width=560,
        )
        self._session = session
        self._run_id = run_id
        self._part = part
        self._classes = tuple(classes)
        self._asked_at = 0
        self._build(preset)
        self._items.itemChanged.connect(self._ask)
        self._ask()

    def ticked(self) -> tuple[ClassRow, ...]:
        """The classes that would be one."""
        return tuple(one for at, one in enumerate(self._classes) if self._is_ticked(at))

    def tick(self, at: int, *, on: bool) -> None:
        """The class at a place of the list is among them, or not."""
        self._items.item(at).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def accept(self) -> None:
        target = next((one for one in self.ticked() if one.id == self.target.currentData()), None)
        if target is not None:
            sources = tuple(one for one in self.ticked() if one.id != target.id)
            super().accept()
            self.chosen.emit(MergeChoice(sources, target))

    def _build(self, preset: Collection[ClassId]) -> None:
        self._items = QStandardItemModel(self)
        for one in self._classes:
            item = QStandardItem(self.tr("{0}  ({1})").format(one.name, self.tr("%n photo(s)", "", one.n_photos)))
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if one.id in preset else Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, ROW_HEIGHT))
            self._items.appendRow(item)
        self.classes = QListView()
        self.classes.setModel(self._items)
        self.classes.setAccessibleName(self.tr("Classes that would be one"))
        self.classes.setFixedHeight(min(LIST_HEIGHT, len(self._classes) * ROW_HEIGHT + 4))
        self.classes.setCurrentIndex(self._items.index(0, 0))
        self.card = TrialCard()
        self.target = QComboBox()
        self.target.setAccessibleName(self.tr("Class that stays"))
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GAP)
        form.addRow(self.tr("If you merge them, this class stays"), self.target)
        hint = self.tr("The score is worked out from what the model has answered already; nothing is trained.")
        self.body.addWidget(label(hint, "muted", wrap=True))
        self.body.addWidget(self.classes)
        self.body.addWidget(self.card)
        self.body.addLayout(form)
        self.classes.setFocus()

    def _is_ticked(self, at: int) -> bool:
        return self._items.item(at).checkState() == Qt.CheckState.Checked

    @Slot()
    def _ask(self) -> None:
        self._asked_at += 1
        ticked = self.ticked()
        self._offer(ticked)
        if len(ticked) < 2:
            self.card.show_nothing(self.tr("Tick at least two classes."))
            return
        run_id, part, names = self._run_id, self._part, [one.name for one in ticked]
        number = self._asked_at
        self._session.store.ask(
            lambda project: project.comparisons.if_one(run_id, names, part),
            partial(self._show, number),
            context=self,
            on_error=partial(self._refuse, number),
        )

    def _offer(self, ticked: Sequence[ClassRow]) -> None:
        """The largest of the ticked classes stays, unless another one of them was chosen."""
        kept = self.target.currentData()
        self.target.clear()
        for one in sorted(ticked, key=lambda one: -one.n_photos):
            self.target.addItem(one.name, one.id)
        self.target.setCurrentIndex(max(0, self.target.findData(kept)))
        self.target.setEnabled(len(ticked) > 1)
        assert self.accept_button is not None
        self.accept_button.setEnabled(len(ticked) > 1)

    def _show(self, number: int, trial: MergeTrial) -> None:
        if number == self._asked_at:
            self.card.show_trial(trial)
            self.ready.emit()

    def _refuse(self, number: int, error: AppError) -> None:
        if number == self._asked_at:
            self.card.show_nothing(error.what)
