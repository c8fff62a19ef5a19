"""A sweep: a recipe, the choices in it that vary, and the values that each of them takes in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QCompleter, QFormLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from engine.recipe.recipe import Recipe
from engine.recipe.study_plan import MAX_RUNS, Sweep, SweepField
from gui.core.recipe_places import RecipePlace, places_of, text_of
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import GAP, button, indent_figures, label, row, tool_button
from gui.widgets.plan_sweeps import n_rows

translate = QCoreApplication.translate
WIDTH = 720
MAX_SEED = 2**31 - 1


class SweepLine(QWidget):
    """One choice and its values; `changed` when either is another, `removed` when the line is to go."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, places: Sequence[RecipePlace], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places = {one.place: one for one in places}
        self.place = QComboBox()
        self.place.setAccessibleName(self.tr("Choice that varies"))
        self.place.setEditable(True)
        self.place.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.place.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.place.setMinimumContentsLength(28)
        for one in places:
            self.place.addItem(one.words, one.place)
            self.place.setItemData(self.place.count() - 1, one.field.help, Qt.ItemDataRole.ToolTipRole)
        completer = self.place.completer()
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.values = QLineEdit()
        self.values.setAccessibleName(self.tr("Values, with commas between them"))
        self.minus = tool_button(self.tr("Remove this choice"), "trash-2")
        self.minus.clicked.connect(self._remove)
        self.place.currentIndexChanged.connect(self._hint)
        self.values.textChanged.connect(self.changed)
        line = row(self.place, self.values, self.minus)
        line.setStretch(0, 3)
        line.setStretch(1, 2)
        self.setLayout(line)
        self._hint()

    def show_field(self, field: SweepField) -> None:
        """The line is that of the field."""
        self.place.setCurrentIndex(max(0, self.place.findData(field.place)))
        self.values.setText(", ".join(text_of(value) for value in field.values))

    def chosen(self) -> RecipePlace | None:
        """The choice that varies."""
        return self._places.get(str(self.place.currentData()))

    def field(self) -> SweepField | None:
        """The field as typed; None while it is none."""
        one = self.chosen()
        if one is None:
            return None
        try:
            values = tuple(one.parsed(text) for text in self.values.text().split(",") if text.strip())
        except ValueError:
            return None
        return SweepField(place=one.place, values=tuple(dict.fromkeys(values))) if values else None

    def wrong(self) -> str:
        """The first of the values that the choice cannot take, and what it can; empty if there is none."""
        one = self.chosen()
        if one is None:
            return ""
        for text in self.values.text().split(","):
            try:
                if text.strip():
                    one.parsed(text)
            except ValueError:
                can = f": {one.hint()}" if one.hint() else ""
                return self.tr("It cannot be {0}{1}.").format(text.strip(), can)
        return ""

    @Slot()
    def _hint(self) -> None:
        one = self.chosen()
        if one is not None:
            now = self.tr("now {0}").format(one.text())
            self.values.setPlaceholderText(f"{one.hint()}; {now}" if one.hint() else now)
            self.values.setToolTip(one.field.help)
        self.changed.emit()

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self)


class SweepDialog(Dialog):
    """`chosen` carries the `Sweep`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None, recipes: Mapping[str, Recipe], sweep: Sweep | None = None) -> None:
        """`recipes`: by name, in the order they are offered. `sweep`: the one to change; None: a new one."""
        super().__init__(
            parent,
            translate("Dialog", "Try several values"),
            accept_text=translate("Dialog", "Use this sweep"),
            width=WIDTH,
        )
        self._recipes = dict(recipes)
        self._kept = sweep
        self._lines: list[SweepLine] = []
        self._build()
        if sweep is not None:
            self._show_sweep(sweep)
        else:
            self._change_recipe()
        self.accepted.connect(self._choose)

    def sweep(self) -> Sweep | None:
        """The sweep as it stands; None while something is missing or cannot be."""
        fields = [line.field() for line in self._lines]
        known = tuple(field for field in fields if field is not None)
        if not fields or len(known) < len(fields) or len({field.place for field in known}) < len(known):
            return None
        return Sweep(
            recipe=str(self.recipe.currentData()),
            name=self.name.text().strip(),
            fields=known,
            set=() if self._kept is None else self._kept.set,
            draws=self.draws.value(),
            seed=self.seed.value(),
        )

    def lines(self) -> tuple[SweepLine, ...]:
        """The choices that vary, each with its values."""
        return tuple(self._lines)

    @Slot()
    def add_line(self) -> SweepLine:
        """There is one more choice that varies."""
        line = SweepLine(places_of(self._recipes[str(self.recipe.currentData())]))
        line.changed.connect(self._check)
        line.removed.connect(self._remove)
        self._lines.append(line)
        self._place.addWidget(line)
        self._check()
        return line

    @Slot(object)
    def _remove(self, line: SweepLine) -> None:
        self._lines.remove(line)
        line.deleteLater()
        self._check()

    def _show_sweep(self, sweep: Sweep) -> None:
        self.recipe.setCurrentIndex(max(0, self.recipe.findData(sweep.recipe)))
        self.name.setText(sweep.name)
        self.draws.setValue(sweep.draws)
        self.seed.setValue(sweep.seed)
        for line in list(self._lines):
            self._remove(line)
        for field in sweep.fields:
            self.add_line().show_field(field)

    @Slot()
    def _change_recipe(self) -> None:
        """Another recipe has other choices."""
        for line in list(self._lines):
            self._remove(line)
        self.add_line()

    @Slot()
    def _check(self) -> None:
        made = self.sweep()
        assert self.accept_button is not None
        n = 0 if made is None else n_rows(made)
        self.accept_button.setEnabled(0 < n <= MAX_RUNS)
        self.seed.setEnabled(self.draws.value() > 0)
        if made is None:
            wrong = next((found for line in self._lines if (found := line.wrong())), "")
            text = wrong or self.tr(
                "Choose what varies, each choice once, and type its values with commas between them."
            )
        elif n > MAX_RUNS:
            text = self.tr("That is %n row(s); draw some of them instead.", "", n)
        else:
            text = self.tr("%n row(s) of the table.", "", n)
        self._told.setText(text)

    @Slot()
    def _choose(self) -> None:
        made = self.sweep()
        if made is not None:
            self.chosen.emit(made)

    def _build(self) -> None:
        self.recipe = QComboBox()
        self.recipe.setAccessibleName(self.tr("Recipe"))
        self.recipe.setMaxVisibleItems(16)
        for name, recipe in self._recipes.items():
            self.recipe.addItem(recipe.title, name)
        self.recipe.activated.connect(self._change_recipe)
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.name.setPlaceholderText(self.tr("as the recipe"))
        self.draws, self.seed = QSpinBox(), QSpinBox()
        for box in (self.draws, self.seed):
            indent_figures(box)
        self.draws.setRange(0, MAX_RUNS)
        self.draws.setSpecialValueText(self.tr("all"))
        self.draws.setAccessibleName(self.tr("How many combinations are drawn"))
        self.draws.valueChanged.connect(self._check)
        self.seed.setRange(0, MAX_SEED)
        self.seed.setAccessibleName(self.tr("Seed of the draw"))
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GAP)
        form.addRow(self.tr("Recipe"), self.recipe)
        form.addRow(self.tr("Name"), self.name)
        draw = row(self.draws, label(self.tr("of the combinations, drawn by seed"), "muted"), self.seed, None)
        form.addRow(self.tr("Train"), draw)
        self.body.addLayout(form)
        self.body.addWidget(label(self.tr("What varies"), "section"))
        self._place = QVBoxLayout()
        self._place.setSpacing(GAP)
        self.body.addLayout(self._place)
        more = button(self.tr("Vary another choice"), icon_name="plus")
        more.setAutoDefault(False)
        more.clicked.connect(self.add_line)
        self.body.addLayout(row(more, None))
        self._told = label("", "muted", wrap=True)
        self.body.addWidget(self._told)
        self.body.addStretch(1)
