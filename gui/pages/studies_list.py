"""The studies of the project, and where new ones come from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from engine.recipe.study_plan import StudyPlan
from engine.recipe.study_templates import TEMPLATES
from gui.models.table_model import Column, TableModel
from gui.verbs.studies import StudyVerbs
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, row, tool_button
from gui.widgets.table_view import RowTable

LEAST_WIDTH = 260


class StudyList(QWidget):
    """`chosen` carries the name of the study that was chosen."""

    chosen = Signal(str)

    def __init__(self, verbs: StudyVerbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verbs = verbs
        self.model: TableModel[StudyPlan] = TableModel(
            [
                Column(
                    heading=self.tr("Study"),
                    text=lambda plan: plan.name,
                    key=lambda plan: plan.name.casefold(),
                    tip=self.tr("Plans that compare ways of training"),
                )
            ],
            self,
        )
        self.table = RowTable(self.model, self.tr("Studies of this project"))
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.plus = button(self.tr("New study"), icon_name="plus")
        self.plus.setMenu(self._menu())
        self.copy = tool_button(self.tr("Duplicate the study"), "clipboard-copy")
        self.minus = tool_button(self.tr("Delete the study…"), "trash-2")
        self._refused = label("", "muted", wrap=True)
        self.setMinimumWidth(LEAST_WIDTH)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, 2 * GAP, 2 * GAP)
        box.setSpacing(GAP)
        box.addWidget(label(self.tr("Studies"), "title"))
        box.addWidget(self.table, 1)
        box.addWidget(self._refused)
        box.addLayout(row(self.plus, None, self.copy, self.minus))

    def show_plans(self, plans: Sequence[StudyPlan], refused: Sequence[str], chosen: str) -> None:
        """The list shows these studies; `refused`: what was said of files that could not be read."""
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_rows(plans)
            names = [plan.name for plan in self.model.rows()]
            if chosen in names:
                self.table.selectRow(names.index(chosen))
        self.table.viewport().update()
        self._refused.setText("\n".join(refused))
        self._refused.setVisible(bool(refused))
        for part in (self.copy, self.minus):
            part.setEnabled(bool(plans))

    @Slot()
    def _choose(self) -> None:
        plan: StudyPlan | None = self.table.currentIndex().data(TableModel.ROW)
        if plan is not None:
            self.chosen.emit(plan.name)

    def _menu(self) -> QMenu:
        menu = QMenu(self.plus)
        menu.addAction(self.tr("From your own recipes"), self._verbs.begin_empty)
        menu.addAction(self.tr("From a file…"), self._verbs.ask_open)
        quick = menu.addMenu(self.tr("A reference study, in minutes"))
        full = menu.addMenu(self.tr("A reference study, in full"))
        for name, plan in TEMPLATES.items():
            place = quick if name.endswith("-quick") else full
            place.setToolTipsVisible(True)
            action = place.addAction(plan.name, partial(self._verbs.begin, plan))
            action.setToolTip(plan.about)
        return menu
