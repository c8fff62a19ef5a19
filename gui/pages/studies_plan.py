"""The plan of a study as a form: what it compares, what it sweeps over, how often, and when to stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.recipe.fold_cfg import MOST_FOLDS
from engine.recipe.recipe import Recipe
from engine.recipe.study_plan import StudyPlan
from gui.core.study_reading import StudyTold
from gui.widgets.cards import GAP, PAGE_MARGIN, Card, indent_figures, label
from gui.widgets.plan_joins import PlanJoins
from gui.widgets.plan_rows import PlanRows
from gui.widgets.plan_sweeps import PlanSweeps
from gui.widgets.progress_row import duration

translate = QCoreApplication.translate
MAX_ABOUT = 300
# What `PlanEditor` has a field for each of.
_STATED = ("about", "repeats", "folds", "max_runs", "max_minutes", "priority")


class PlanEditor(QWidget):
    """`changed` carries the plan after every change of the user's."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan = self._shown = StudyPlan(name="")
        self.rows = PlanRows()
        self.rows.changed.connect(self._rows_changed)
        self.rows.renamed.connect(self._row_renamed)
        self.sweeps = PlanSweeps()
        self.sweeps.changed.connect(self._sweeps_changed)
        self.joins = PlanJoins()
        self.joins.changed.connect(self._joins_changed)
        inner = QWidget()
        cards = QVBoxLayout(inner)
        cards.setContentsMargins(0, 2 * GAP, PAGE_MARGIN, PAGE_MARGIN)
        cards.setSpacing(2 * GAP)
        compared = Card(self.tr("What is compared"))
        self.about = self._line(self.tr("What the study asks"), MAX_ABOUT)
        compared.body.addWidget(self.about)
        compared.body.addWidget(self.rows)
        cards.addWidget(compared)
        swept = Card(self.tr("Several values in turn"))
        swept.body.addWidget(self.sweeps)
        cards.addWidget(swept)
        joined = Card(self.tr("Models that answer together"))
        joined.body.addWidget(self.joins)
        cards.addWidget(joined)
        cards.addWidget(self._how_card())
        cards.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setAccessibleName(self.tr("Plan of the study"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(area)

    def plan(self) -> StudyPlan:
        """The plan as it stands in the form."""
        return self._plan

    def set_plan(self, plan: StudyPlan, recipes: Mapping[str, Recipe], own: Sequence[Recipe]) -> None:
        """The form shows this plan; `changed` is not emitted. `recipes`: all there are, by name."""
        # What is being typed stays; it is said once it is finished.
        is_typed = plan.name == self._plan.name and self.about.hasFocus()
        self._plan = plan
        self.rows.set_rows(plan.rows, recipes, own)
        self.sweeps.set_sweeps(plan.sweeps, recipes)
        self.joins.set_parts(plan.ensembles)
        fields = (self.about, self.reference, self.repeats, self.folds, self.max_runs, self.max_minutes, self.priority)
        blockers = [QSignalBlocker(field) for field in fields]
        if self.about.text() != plan.about and not is_typed:
            self.about.setText(plan.about)
        self.repeats.setValue(plan.repeats)
        self.folds.setValue(max(1, plan.folds))
        self.max_runs.setValue(plan.max_runs)
        self.max_minutes.setValue(plan.max_minutes)
        self.priority.setValue(plan.priority)
        self._choose_reference()
        del blockers
        shown = self._stated()
        self._shown = msgspec.structs.replace(shown, about=self._shown.about) if is_typed else shown

    def show_told(self, told: StudyTold) -> None:
        """The rows that the plan comes to can be chosen as the reference."""
        self.joins.allow_more(allowed=not told.problem)
        with QSignalBlocker(self.reference):
            self.reference.clear()
            self.reference.addItem(self.tr("the first row"), "")
            for name in dict.fromkeys(one.planned.row for one in told.runs):
                self.reference.addItem(name, name)
            self._choose_reference()

    def _choose_reference(self) -> None:
        self.reference.setCurrentIndex(max(0, self.reference.findData(self._plan.reference)))

    def _how_card(self) -> Card:
        self.reference = QComboBox()
        self.reference.setAccessibleName(self.tr("Compared with"))
        self.reference.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.reference.setMinimumContentsLength(24)
        self.reference.activated.connect(self._reference_chosen)
        self.repeats = self._number(self.tr("How often each row is trained"), 1, 50)
        self.folds = self._number(self.tr("Folds of a cross-validation"), 1, MOST_FOLDS)
        self.folds.setSpecialValueText(self.tr("none: on the test photos"))
        self.folds.setToolTip(self.tr("Each fold is tested by a model that learned from the others"))
        self.max_runs = self._number(self.tr("Most runs to begin at a time"), 0, 1000)
        self.max_minutes = QDoubleSpinBox()
        self.max_minutes.setRange(0.0, 100_000.0)
        self.max_minutes.setDecimals(0)
        self.max_minutes.setAccessibleName(self.tr("Minutes after which no run is begun"))
        self.max_minutes.valueChanged.connect(self._edited)
        indent_figures(self.max_minutes)
        for field in (self.max_runs, self.max_minutes):
            field.setSpecialValueText(self.tr("no limit"))
        self.priority = self._number(self.tr("Priority"), -99, 99)
        self.priority.setToolTip(self.tr("Of studies carried out at the same time, the one with more goes first"))
        self.repeats.setToolTip(self.tr("Each time with another seed: shows what chance does"))
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GAP)
        form.setVerticalSpacing(GAP)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        for name, field in (
            (self.tr("Each row is tested against"), self.reference),
            (self.tr("Train each row, times"), self.repeats),
            (self.tr("Cross-validate in folds"), self.folds),
            (self.tr("Stop after runs"), self.max_runs),
            (self.tr("Stop after minutes"), self.max_minutes),
            (self.tr("Priority"), self.priority),
        ):
            caption = label(name)
            caption.setBuddy(field)
            form.addRow(caption, field)
        card = Card(self.tr("How"))
        card.body.addLayout(form)
        return card

    def _number(self, name: str, low: int, high: int) -> QSpinBox:
        made = QSpinBox()
        indent_figures(made)
        made.setRange(low, high)
        made.setAccessibleName(name)
        made.valueChanged.connect(self._edited)
        return made

    def _line(self, name: str, longest: int) -> QLineEdit:
        made = QLineEdit()
        made.setMaxLength(longest)
        made.setAccessibleName(name)
        made.setPlaceholderText(name)
        made.editingFinished.connect(self._edited)
        return made

    @Slot(str, str)
    def _row_renamed(self, former: str, name: str) -> None:
        """What speaks of the row goes on speaking of it."""
        joins = tuple(
            msgspec.structs.replace(one, rows=tuple(name if row == former else row for row in one.rows))
            for one in self._plan.ensembles
        )
        reference = name if self._plan.reference == former else self._plan.reference
        self._plan = msgspec.structs.replace(self._plan, ensembles=joins, reference=reference)
        self.joins.set_parts(joins)

    @Slot(object)
    def _rows_changed(self, rows: Any) -> None:
        self._put(msgspec.structs.replace(self._plan, rows=rows))

    @Slot(object)
    def _sweeps_changed(self, sweeps: Any) -> None:
        self._put(msgspec.structs.replace(self._plan, sweeps=sweeps))

    @Slot(object)
    def _joins_changed(self, joins: Any) -> None:
        self._put(msgspec.structs.replace(self._plan, ensembles=joins))

    @Slot()
    def _reference_chosen(self) -> None:
        # Nothing else writes it: while a plan comes to no rows, the field offers none of them.
        self._put(msgspec.structs.replace(self._plan, reference=str(self.reference.currentData() or "")))

    @Slot()
    def _edited(self) -> None:
        now, before = self._stated(), self._shown
        # A plan written by hand may hold more than a field can show: what was not changed here is left as it is.
        changed = {name: getattr(now, name) for name in _STATED if getattr(now, name) != getattr(before, name)}
        self._shown = now
        if changed:
            self._put(msgspec.structs.replace(self._plan, **changed))

    def _stated(self) -> StudyPlan:
        """What the fields say, as far as they can."""
        return StudyPlan(
            name="",
            about=self.about.text().strip(),
            repeats=self.repeats.value(),
            folds=self.folds.value() if self.folds.value() > 1 else 0,
            max_runs=self.max_runs.value(),
            max_minutes=self.max_minutes.value(),
            priority=self.priority.value(),
        )

    def _put(self, plan: StudyPlan) -> None:
        self._plan = plan
        self.changed.emit(plan)


def cost_text(told: StudyTold) -> str:
    """How far it is, as `12 runs, 3 done, 2 waiting for pretrained weights; about 25 min left`."""
    parts = [translate("Studies", "%n run(s)", "", len(told.runs))]
    n_waits = sum(one.state == "waits" for one in told.runs)
    if told.n_done:
        parts.append(translate("Studies", "{0} done").format(told.n_done))
    if n_waits:
        parts.append(translate("Studies", "{0} waiting for pretrained weights").format(n_waits))
    text, cost = ", ".join(parts), told.cost
    if cost is None or not cost.n_open:
        return f"{text}."
    if not cost.n_known:
        if told.n_done:
            return f"{text}. " + translate("Studies", "Nothing like those that are left was trained here yet.")
        return f"{text}. " + translate("Studies", "How long it takes shows once the first run is done.")
    left = duration(60 * cost.minutes)
    if cost.n_known == cost.n_open:
        return f"{text}; " + translate("Studies", "about {0} left.").format(left)
    some = translate("Studies", "about {0} for {1} of the {2} left, and nothing like the others was trained here yet.")
    return f"{text}; " + some.format(left, cost.n_known, cost.n_open)
