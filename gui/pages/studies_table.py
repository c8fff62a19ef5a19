"""What came of a study: its runs in one table, each tested against the reference; before that, what it will hold."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QModelIndex, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.base.ids import RunId
from engine.insight.comparison import Comparison
from engine.project.studies import StudyRun
from gui.core.picking import show_among
from gui.core.session import Session
from gui.core.settings import MODEL_COLUMNS
from gui.core.study_reading import StudyTold
from gui.models.comparison_model import ComparedModel, ComparisonModel, NumberOfPhotos, caption, photos_of
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.comparison_table import ComparisonTable
from gui.widgets.comparison_tools import ComparisonTools
from gui.widgets.empty_state import EmptyState
from gui.widgets.fold_part import FoldPart

MOST_NAMED = 8


class StudyTable(QWidget):
    """`review_wanted` carries the RunId of a row."""

    review_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._found: Comparison | None = None
        self.model = ComparisonModel(self)
        self.table = ComparisonTable(self.model, self.tr("Runs of the study, each tested against the reference"))
        self.table.photos_wanted.connect(self._show_number)
        self.table.doubleClicked.connect(self._review_at)
        self.table.chosen.connect(self._allow)
        self.tools = ComparisonTools(self.model, self.table)
        self.tools.show_columns(session.settings.get(MODEL_COLUMNS))
        self.tools.columns_chosen.connect(self._keep_columns)
        self.folds = FoldPart()
        self._caption = label("", "muted", wrap=True, selectable=True)
        self.review = button(self.tr("Review"), tip=self.tr("Look at the chosen model's mistakes"))
        self.review.clicked.connect(self._review)
        tip = self.tr("The curves of the chosen networks in one plot; choose several rows with Ctrl or Shift")
        self.curves = button(self.tr("Compare curves"), tip=tip)
        self.curves.clicked.connect(self._show_curves)
        self.beside = button(self.tr("Side by side"), tip=self.tr("Two chosen models: matrices, and their photos"))
        self.beside.clicked.connect(self._show_beside)
        self.disagreed = button("", tip=self.tr("Photos that not all of the models answer alike"))
        self.disagreed.clicked.connect(self._show_disagreed)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 2 * GAP, 0, 0)
        inner.setSpacing(GAP)
        inner.addWidget(self.tools)
        inner.addWidget(self.table, 1)
        inner.addLayout(row(self.review, self.curves, self.beside, None, self.disagreed))
        inner.addWidget(self._caption)
        inner.addWidget(self.folds)
        self.empty = EmptyState("table", self.tr("No table yet"), _about())
        self.content = content
        self.pile = QStackedWidget()
        for part in (self.empty, content):
            self.pile.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.pile)

    def forget(self) -> None:
        """Another study is to be shown."""
        self._found = None
        self.model.set_rows(())
        self.tools.forget()
        self.empty.set_text(self.tr("Comparing the models…"), "")
        self.pile.setCurrentWidget(self.empty)
        self._allow()

    def show_found(self, told: StudyTold, found: Comparison | None) -> None:
        """The table shows this comparison of the study's runs."""
        self._found = found
        self.empty.set_text(self.tr("No table yet"), f"{_about()} {self._rows_to_come(told)}".strip())
        self.pile.setCurrentWidget(self.empty if found is None else self.content)
        rows = () if found is None else _rows(told, found)
        self.table.keep_chosen(lambda: self.model.set_rows(rows))
        self.tools.show_wanted()
        self.folds.show_runs([one.found for one in rows])
        self._allow()
        if found is not None:
            reference = next(one.found.name for one in rows if one.found.against is None)
            self._caption.setText(caption(found, reference))
            n = len(found.disagreed)
            self.disagreed.setText(self.tr("Not all agree: %n photo(s)", "", n))
            self.disagreed.setAccessibleName(self.disagreed.text())
            self.disagreed.setEnabled(n > 0)

    def _rows_to_come(self, told: StudyTold) -> str:
        """The first of them by name: their own commas are no bounds between them, and many names fill the page."""
        names = list(dict.fromkeys(one.planned.row for one in told.runs))
        if not names:
            return ""
        listed = "; ".join(names[:MOST_NAMED])
        if len(names) > MOST_NAMED:
            listed = self.tr("{0}; and {1} more").format(listed, len(names) - MOST_NAMED)
        return self.tr("Its rows: {0}.").format(listed)

    def found(self) -> Comparison | None:
        """What the table shows."""
        return self._found

    @Slot()
    def _allow(self) -> None:
        current = self.table.current()
        self.review.setEnabled(current is not None and current.run is not None)
        self.curves.setEnabled(len(self._with_curves()) > 0)
        self.beside.setEnabled(len(self._runs()) == 2)

    def _runs(self) -> tuple[RunId, ...]:
        """The chosen rows that are single runs."""
        return tuple(one.run.id for one in self.table.chosen_rows() if one.run is not None)

    def _with_curves(self) -> tuple[RunId, ...]:
        """Those of them that were trained in epochs."""
        trained = {one.found.run_id for one in self.table.chosen_rows() if one.found.facts.val_loss is not None}
        return tuple(run_id for run_id in self._runs() if run_id in trained)

    @Slot()
    def _review(self) -> None:
        current = self.table.current()
        if current is not None and current.run is not None:
            self.review_wanted.emit(current.run.id)

    @Slot()
    def _show_curves(self) -> None:
        self._session.show_curves.emit(self._with_curves())

    @Slot()
    def _show_beside(self) -> None:
        runs = self._runs()
        if len(runs) == 2:
            self._session.show_before_after.emit(*runs)

    @Slot(object)
    def _keep_columns(self, names: tuple[str, ...]) -> None:
        self._session.settings.set(MODEL_COLUMNS, list(names))

    @Slot(object)
    def _show_number(self, number: NumberOfPhotos) -> None:
        show_among(self._session, number.ids, number.title)

    @Slot()
    def _show_disagreed(self) -> None:
        if self._found is not None:
            show_among(self._session, self._found.disagreed, self.tr("the models do not all agree"))

    @Slot(QModelIndex)
    def _review_at(self, index: QModelIndex) -> None:
        one = self.model.row(index.row())
        if one.run is not None and photos_of(one, index.column()) is None:
            self.review_wanted.emit(one.run.id)


def _rows(told: StudyTold, found: Comparison) -> tuple[ComparedModel, ...]:
    """The reference first, then the best first; runs are called as in the plan."""
    run_of = {one.run.id: replace(one.run, name=_name(one)) for one in told.runs if one.run is not None}
    rows = []
    for one in found.runs:
        run = run_of.get(one.run_id)
        named = one if run is None else replace(one, name=run.name)
        rows.append(ComparedModel(run=run, found=named))
    return tuple(sorted(rows, key=lambda one: (one.found.against is not None, -one.found.accuracy)))


def _name(one: StudyRun) -> str:
    """What stands in the table: of runs that test one fold each, the row that they make together."""
    return one.planned.name if one.planned.fold is None else one.planned.row


def _about() -> str:
    return QCoreApplication.translate(
        "Studies",
        "Once two runs are done they stand here side by side: how many photos each has right, with its 95 % interval,"
        " what it took, and whether it is better than the reference or only seems so.",
    )
