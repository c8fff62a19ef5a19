"""The project's plan as a form: shares, seed, and what keeps photos together."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from engine.recipe.group_cfg import GroupCfg
from engine.recipe.recipe import SplitCfg
from gui.widgets.cards import GAP, label
from gui.widgets.list_completer import ListCompleter
from gui.widgets.part_form import PartForm

SHARES = ("val", "test", "seed", "use_given")


class PlanForm(QWidget):
    """`changed` when the user has changed the plan."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan = SplitCfg()
        self.shares = PartForm(SplitCfg, only=SHARES)
        self.together = PartForm(GroupCfg)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(label(self.tr("How many"), "section"))
        box.addWidget(self.shares)
        box.addSpacing(GAP)
        box.addWidget(label(self.tr("What stays together"), "section"))
        box.addWidget(self.together)
        columns = self.together.editor("columns").control
        assert isinstance(columns, QLineEdit)
        columns.setPlaceholderText(self.tr("site, individual"))
        self._headings = ListCompleter(columns)
        for part in (self.shares, self.together):
            part.changed.connect(self._edited)
        self.set_plan(self._plan)

    def plan(self) -> SplitCfg:
        """The plan as it stands in the form."""
        return self._plan

    def set_plan(self, plan: SplitCfg) -> None:
        """The form shows this plan; `changed` is not emitted."""
        self._plan = plan
        self.shares.set_value(plan)
        self.together.set_value(plan.groups)

    def show_headings(self, names: Sequence[str]) -> None:
        """These headings are offered."""
        self._headings.set_words(names)

    def is_possible(self) -> bool:
        """Whether something is left to teach."""
        return self._plan.val + self._plan.test < 1

    @Slot()
    def _edited(self) -> None:
        self._plan = msgspec.structs.replace(self.shares.value(), groups=self.together.value())
        self.changed.emit()
