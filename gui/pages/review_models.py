"""All models: the finished runs of one split in one table, each tested against a reference."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QMenu, QStackedWidget, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.errors import AppError
from engine.base.ids import PhotoId, RunId
from engine.recipe.recipe import SplitCfg
from gui.core.picking import show_among
from gui.core.plan_words import shares_of, together_of
from gui.core.score_text import Part, part_name, percent
from gui.core.session import Session
from gui.core.settings import MODEL_COLUMNS
from gui.core.throttle import Throttle
from gui.models.comparison_model import RIGHT_ALONE, WRONG_ALONE, ComparisonModel, NumberOfPhotos, caption, photos_of
from gui.pages.review_models_read import Models, PlanOfRuns, compared_models
from gui.verbs.join_models import JoinModelsVerb
from gui.verbs.save_comparison import SaveComparisonVerb, ShownTable, TableForm
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, row
from gui.widgets.comparison_table import ComparisonTable
from gui.widgets.comparison_tools import ComparisonTools
from gui.widgets.empty_state import EmptyState
from gui.widgets.fold_part import FoldPart

RELOAD_MS = 200


class ModelsPanel(QWidget):
    """Reads the comparison itself; `left` is emitted when the user is done, with the run to look at or None."""

    left = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown = Models()
        self._plan: SplitCfg | None = None
        self._reference: RunId | None = None
        self._asked_at = 0
        self._is_old = True
        self.model = ComparisonModel(self)
        self.saving = SaveComparisonVerb(session, self)
        self.joining = JoinModelsVerb(session, self)
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        self._build()
        session.changed.connect(self._changed)

    def forget(self) -> None:
        """Another project was opened."""
        self._asked_at += 1
        self._is_old = True
        self._plan, self._reference = None, None
        self._show_models(Models())
        self.tools.forget()
        self.empty.set_text(self.tr("Comparing the models…"), "")

    def shown(self) -> Models:
        """What the table shows."""
        return self._shown

    def shown_caption(self) -> str:
        """What the table is said to stand on."""
        return self._caption.text()

    def part(self) -> Part:
        """Which photos the scores speak of."""
        part: Part = self.parts.currentData()
        return part

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_old:
            self._ask()

    @Slot()
    def _ask(self) -> None:
        self._is_old = False
        plan, reference, part = self._plan, self._reference, self.part()
        self._asked_at += 1
        self._session.store.ask(
            lambda project: compared_models(project, plan, reference, part),
            partial(self._show, self._asked_at),
            context=self,
            on_error=partial(self._not_compared, self._asked_at),
        )

    def _show(self, number: int, found: Models) -> None:
        if number == self._asked_at:
            self._show_models(found)

    def _not_compared(self, number: int, error: AppError) -> None:
        """A table of what was asked before would be taken for the answer."""
        self._session.notices.error(error)
        self._show(number, Models(problem=error.what))

    def _show_models(self, found: Models) -> None:
        self._shown = found
        self._fill_plans(found)
        self._fill_references(found)
        self.table.keep_chosen(partial(self.model.set_rows, found.rows))
        self.tools.show_wanted()
        compared = found.found
        self.save.setEnabled(compared is not None)
        self.join.setEnabled(compared is not None)
        if compared is None:
            self._show_why_not(found)
        else:
            name = next(row.found.name for row in found.rows if row.found.against is None)
            self._caption.setText(caption(compared, name))
            n = len(compared.disagreed)
            self.disagreed.setText(self.tr("Not all agree: %n photo(s)", "", n))
            self.disagreed.setEnabled(n > 0)
            self.folds.show_runs([row.found for row in found.rows])
        self.pile.setCurrentWidget(self.empty if compared is None else self.content)
        self._allow()

    def _show_why_not(self, found: Models) -> None:
        few = (
            self.tr("Only one model has been asked about these photos.")
            if found.runs
            else self.tr("No model has been asked about these photos.")
        )
        advice = self.tr("Comparing takes two: train another one, or choose other photos above.")
        self.empty.set_text(self.tr("Nothing to compare yet"), found.problem or f"{few} {advice}")

    def _fill_plans(self, found: Models) -> None:
        with QSignalBlocker(self.plans):
            self.plans.clear()
            for at, one in enumerate(found.plans):
                self.plans.addItem(self._plan_name(len(found.plans) - at, one), one.plan)
                tip = f"{shares_of(one.plan)} {together_of(one.plan.groups)}"
                self.plans.setItemData(at, tip, Qt.ItemDataRole.ToolTipRole)
                if one.plan == found.plan:
                    self.plans.setCurrentIndex(at)
                    self.plans.setToolTip(tip)
        # There is something to choose only where the project was divided in several ways.
        for part in (self.plans, self._plans_label):
            part.setVisible(len(found.plans) > 1)

    def _plan_name(self, number: int, one: PlanOfRuns) -> str:
        text = self.tr("Plan {0}: {1} held out, %n model(s)", "", one.n_runs)
        return text.format(number, percent(one.plan.test))

    def _fill_references(self, found: Models) -> None:
        with QSignalBlocker(self.references):
            self.references.clear()
            for run in found.runs:
                mark = self.tr(" (in use)") if run.is_current else ""
                self.references.addItem(f"{run.name}{mark}", run.id)
            if found.found is not None:
                self.references.setCurrentIndex(self.references.findData(found.found.reference))
        self.references.setEnabled(found.found is not None)

    @Slot()
    def _choose(self) -> None:
        self._plan = self.plans.currentData()
        self._reference = self.references.currentData()
        self._ask()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if not (changes.labels or changes.classes or changes.runs or changes.splits):
            return
        self._is_old = True
        if self.isVisible():
            self._reload.call()

    @Slot()
    def _allow(self) -> None:
        current = self.table.current()
        self.review.setEnabled(current is not None and current.run is not None)
        self.remove.setVisible(current is not None and current.run is None)
        n_right = 0 if current is None else len(current.found.only_right)
        n_wrong = 0 if current is None else len(current.found.only_wrong)
        self.right_alone.setEnabled(n_right > 0)
        self.right_alone.setText(self.tr("Right alone: %n photo(s)", "", n_right))
        self.wrong_alone.setEnabled(n_wrong > 0)
        self.wrong_alone.setText(self.tr("Wrong alone: %n photo(s)", "", n_wrong))
        self.curves.setEnabled(len(self._with_curves()) > 1)
        self.beside.setEnabled(self._pair() is not None)
        for made in (self.right_alone, self.wrong_alone, self.disagreed):
            made.setAccessibleName(made.text())

    @Slot(object)
    def _show_number(self, found: NumberOfPhotos) -> None:
        self._show_photos(found.ids, found.title)

    def _show_photos(self, ids: tuple[PhotoId, ...], title: str) -> None:
        show_among(self._session, ids, title)

    def _show_alone(self, column: int) -> None:
        current = self.table.current()
        found = None if current is None else photos_of(current, column)
        if found is not None:
            self._show_number(found)

    @Slot()
    def _show_disagreed(self) -> None:
        if self._shown.found is not None:
            self._show_photos(self._shown.found.disagreed, self.tr("the models do not all agree"))

    def _pair(self) -> tuple[RunId, RunId] | None:
        """The two chosen runs, or the chosen one after the reference."""
        chosen = [row.run.id for row in self.table.chosen_rows() if row.run is not None]
        bases = [row.run.id for row in self._shown.rows if row.run is not None and row.found.against is None]
        if len(chosen) == 1 and bases and bases != chosen:
            return bases[0], chosen[0]
        return (min(chosen), max(chosen)) if len(chosen) == 2 else None

    @Slot()
    def _show_beside(self) -> None:
        pair = self._pair()
        if pair is not None:
            self._session.show_before_after.emit(*pair)

    @Slot()
    def _review(self) -> None:
        current = self.table.current()
        if current is not None and current.run is not None:
            self.left.emit(current.run.id)

    @Slot(QModelIndex)
    def _review_at(self, index: QModelIndex) -> None:
        chosen = self.model.row(index.row())
        if chosen.run is not None and photos_of(chosen, index.column()) is None:
            self.left.emit(chosen.run.id)

    @Slot()
    def _join(self) -> None:
        chosen = [row.found.run_id for row in self.table.chosen_rows() if row.run is not None]
        self.joining.ask(self._shown.runs, chosen)

    @Slot()
    def _remove(self) -> None:
        current = self.table.current()
        if current is not None and current.run is None:
            self.joining.remove(self._shown.made[-1 - current.found.run_id])

    @Slot()
    def _back(self) -> None:
        self.left.emit(None)

    @Slot()
    def _show_curves(self) -> None:
        self._session.show_curves.emit(self._with_curves())

    def _with_curves(self) -> tuple[RunId, ...]:
        """The chosen runs that were trained in epochs."""
        chosen = [row for row in self.table.chosen_rows() if row.run is not None]
        return tuple(row.found.run_id for row in chosen if row.found.facts.val_loss is not None)

    @Slot(object)
    def _keep_columns(self, names: tuple[str, ...]) -> None:
        self._session.settings.set(MODEL_COLUMNS, list(names))

    def shown_table(self) -> ShownTable | None:
        """The table as it is to be seen; None while there is none."""
        if self._shown.found is None:
            return None
        columns = [one.name for at, one in enumerate(self.model.columns()) if not self.table.isColumnHidden(at)]
        runs = tuple(row.found for row in self.model.rows())
        return ShownTable(found=self._shown.found, columns=tuple(columns), runs=runs)

    def _save(self, form: TableForm) -> None:
        shown = self.shown_table()
        if shown is not None:
            self.saving.choose(form, shown)

    def _build(self) -> None:
        back = button(self.tr("Back to review"), "quiet", icon_name="arrow-left")
        back.clicked.connect(self._back)
        self.empty = EmptyState("table", self.tr("Comparing the models…"), "", (("train", self.tr("Go to Train")),))
        self.empty.chosen.connect(self._session.show_page)
        self.content = self._make_content()
        self.pile = QStackedWidget()
        for part in (self.empty, self.content):
            self.pile.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, 2 * GAP)
        box.setSpacing(GAP)
        box.addLayout(row(back, None))
        box.addWidget(label(self.tr("All models"), "title"))
        box.addLayout(self._make_choices())
        box.addSpacing(GAP)
        box.addWidget(self.pile, 1)

    def _make_choices(self):  # noqa: ANN202 - a layout, as row gives it
        self.plans, self.parts, self.references = QComboBox(), QComboBox(), QComboBox()
        self._plans_label = label(self.tr("Split"), "muted")
        names = (self.tr("Split"), self.tr("Which photos"), self.tr("Compared with"))
        for field, name in zip((self.plans, self.parts, self.references), names, strict=True):
            field.setAccessibleName(name)
        for part in ("test", "cv"):
            self.parts.addItem(part_name(part), part)
        for field in (self.plans, self.parts, self.references):
            field.currentIndexChanged.connect(self._choose)
        self.references.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.references.setMinimumContentsLength(22)
        self.save = button(self.tr("Save the table"), icon_name="save")
        menu = QMenu(self.save)
        forms: tuple[tuple[str, TableForm], ...] = (
            (self.tr("Table (CSV)…"), "csv"),
            (self.tr("Markdown…"), "md"),
            (self.tr("LaTeX…"), "tex"),
        )
        for text, form in forms:
            menu.addAction(text, partial(self._save, form))
        self.save.setMenu(menu)
        self.join = button(
            self.tr("Join models…"), icon_name="merge", tip=self.tr("Let several models answer together")
        )
        self.join.clicked.connect(self._join)
        against = label(self.tr("compared with"), "muted")
        return row(self._plans_label, self.plans, self.parts, against, self.references, None, self.join, self.save)

    def _make_content(self) -> QWidget:
        self.table = ComparisonTable(self.model, self.tr("Models, each tested against the reference"))
        self.table.photos_wanted.connect(self._show_number)
        self.table.chosen.connect(self._allow)
        self.table.doubleClicked.connect(self._review_at)
        self.disagreed = button("", tip=self.tr("Photos that not all of the models answer alike"))
        self.disagreed.clicked.connect(self._show_disagreed)
        self.right_alone = button("", tip=self.tr("Photos that the chosen model alone has right"))
        self.right_alone.clicked.connect(partial(self._show_alone, RIGHT_ALONE))
        self.wrong_alone = button("", tip=self.tr("Photos that the chosen model alone has wrong"))
        self.wrong_alone.clicked.connect(partial(self._show_alone, WRONG_ALONE))
        self.review = button(self.tr("Review"), tip=self.tr("Look at the chosen model's mistakes"))
        self.review.clicked.connect(self._review)
        self.remove = button(self.tr("Remove row"), tip=self.tr("The row goes; the models it was made of stay"))
        self.remove.clicked.connect(self._remove)
        tip = self.tr("Two chosen models photo by photo, or the chosen one and the reference")
        self.beside = button(self.tr("Side by side"), tip=tip)
        self.beside.clicked.connect(self._show_beside)
        tip = self.tr("The curves of the chosen networks in one plot; choose several rows with Ctrl or Shift")
        self.curves = button(self.tr("Compare curves"), tip=tip)
        self.curves.clicked.connect(self._show_curves)
        self.tools = ComparisonTools(self.model, self.table)
        self.tools.show_columns(self._session.settings.get(MODEL_COLUMNS))
        self.tools.columns_chosen.connect(self._keep_columns)
        self.folds = FoldPart()
        self._caption = label("", "muted", wrap=True, selectable=True)
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self.tools)
        box.addWidget(self.table, 1)
        box.addLayout(
            row(
                self.review,
                self.remove,
                self.beside,
                self.curves,
                self.right_alone,
                self.wrong_alone,
                None,
                self.disagreed,
            )
        )
        box.addWidget(self._caption)
        box.addWidget(self.folds)
        return made
