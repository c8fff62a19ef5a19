"""The left side of Split: the plan that the project is divided by, and the button that carries it out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from engine.recipe.group_cfg import BY_HAND
from engine.recipe.recipe import SplitCfg
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, line
from gui.widgets.plan_form import PlanForm


class SplitPlan(QWidget):
    """`wanted` carries the plan to divide by, and whether that is another one than the project has."""

    wanted = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan = SplitCfg()
        self._is_divided = False
        self._is_stale = False
        self.setMinimumWidth(360)
        self.form = PlanForm()
        self.form.changed.connect(self._show_button)
        whose = self.tr(
            "Train divides by this plan wherever a recipe says nothing of its own. A run that extends another one keeps"
            " the split of that run."
        )
        inner = QWidget()
        cards = QVBoxLayout(inner)
        cards.setContentsMargins(PAGE_MARGIN, GAP, 2 * GAP, PAGE_MARGIN)
        cards.setSpacing(GAP)
        cards.addWidget(label(self.tr("The plan of this project"), "section"))
        cards.addWidget(label(whose, "muted", wrap=True))
        cards.addSpacing(GAP)
        cards.addWidget(self.form)
        cards.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self.divide = button("", "primary", icon_name="layers")
        self.divide.clicked.connect(self._divide)
        self.state = label("", "muted", wrap=True)
        foot = QVBoxLayout()
        foot.setContentsMargins(PAGE_MARGIN, 2 * GAP, 2 * GAP, 2 * GAP)
        foot.setSpacing(GAP)
        foot.addWidget(self.divide)
        foot.addWidget(self.state)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(area, 1)
        box.addWidget(line())
        box.addLayout(foot)
        self._show_button()

    def show_plan(self, plan: SplitCfg, headings: Sequence[str], *, is_divided: bool, is_stale: bool) -> None:
        """The project has this plan; what the user has changed and not carried out yet stays in the form.

        `is_divided`: there is a split by it. `is_stale`: photos have come, or belong together, that it does not know.
        """
        if self.form.plan() == self._plan:
            self.form.set_plan(plan)
        self._plan, self._is_divided, self._is_stale = plan, is_divided, is_stale
        self.form.show_headings(headings)
        self._show_button()

    def forget(self) -> None:
        """Another project has another plan."""
        self._plan = SplitCfg()
        self.form.set_plan(self._plan)

    def keep_groups_by_hand(self) -> None:
        """The form's plan keeps together what people have put together."""
        plan = self.form.plan()
        columns = ", ".join([*plan.groups.headings(), BY_HAND])
        self.form.set_plan(msgspec.structs.replace(plan, groups=msgspec.structs.replace(plan.groups, columns=columns)))
        self._show_button()

    @Slot()
    def _show_button(self) -> None:
        other = self.form.plan() != self._plan
        text, state = self.tr("Divide"), self.tr("The photos have not been divided by this plan yet.")
        if other:
            text, state = self.tr("Divide anew…"), self.tr("Changed here, and not carried out yet.")
        elif self._is_divided:
            text = self.tr("Bring up to date")
            state = self.tr("The split is up to date.") if not self._is_stale else ""
        if not self.form.is_possible():
            state = self.tr("Nothing is left to teach; hold out less.")
        self.divide.setText(f"\u2009{text}")
        self.divide.setAccessibleName(text)
        self.divide.setEnabled(self.form.is_possible() and (other or not self._is_divided or self._is_stale))
        self.state.setText(state)
        self.state.setVisible(bool(state))

    @Slot()
    def _divide(self) -> None:
        self.wanted.emit(self.form.plan(), self.form.plan() != self._plan)
