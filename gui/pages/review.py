"""The Review page: where a model is wrong, why it may be, and mending the label on the spot."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QComboBox, QMenu, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.ids import ClassId, RunId
from engine.store.rows import ClassRow, RunRow
from gui.core.picking import show_among
from gui.core.score_text import Part, beneath, headline, part_name, percent
from gui.core.session import Session
from gui.core.throttle import Throttle
from gui.models.matrix_model import Cell, MatrixModel
from gui.pages.review_compare import ComparePanel
from gui.pages.review_models import ModelsPanel
from gui.pages.review_photos import ReviewPhotos
from gui.pages.review_read import Overview, most_confused, overview
from gui.verbs.merge_trial import MergeTrialVerb
from gui.widgets.banner import Banner
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, row
from gui.widgets.class_scores import ClassScores
from gui.widgets.confidence_view import ConfidenceView
from gui.widgets.empty_state import EmptyState
from gui.widgets.matrix_view import MatrixView
from gui.widgets.verdict_list import VerdictList

RELOAD_MS = 200


class ReviewPage(QWidget):
    """Matrix and scores at the left, the photos of a cell or of a question at the right; or models compared."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run_id: RunId | None = None
        self._class_ids: tuple[ClassId, ...] = ()
        self._shown: Overview | None = None
        self.merging = MergeTrialVerb(session, self)
        self.matrix = MatrixModel(self)
        self._build()
        self._asked_at = 0
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        session.changed.connect(self._changed)
        session.project_opened.connect(self._opened)
        session.show_run.connect(self.show_run)
        session.show_before_after.connect(self.show_before_after)
        if session.project is not None:
            self._reload.call()

    @Slot(object, object)
    def show_before_after(self, old: RunId, new: RunId) -> None:
        """The two runs are compared on the same held-out photos."""
        self.compare.compare(old, new)

    @Slot(object)
    def show_run(self, run_id: RunId) -> None:
        """The run is the one being reviewed."""
        self.pile.setCurrentWidget(self.content)
        self._run_id = run_id
        self._reload.call()

    @Slot()
    def show_models(self) -> None:
        """All models are compared in one table."""
        self.pile.setCurrentWidget(self.models)

    @Slot()
    def show_side_by_side(self) -> None:
        """The run being reviewed is compared with the model in use, or else with another one."""
        self.compare.compare_usual(self._run_id)

    @Slot()
    def try_merge(self) -> None:
        """What the score would be if two classes were one: those of the chosen cell, or those most often confused."""
        cell: Cell | None = self.table.currentIndex().data(MatrixModel.CELL)
        if cell is not None and cell.true_column != cell.answer_column:
            self._try_cell(cell)
        elif self._shown is not None and self._shown.report is not None:
            self._try(most_confused(self._shown.report, self._class_ids, self._shown.classes))

    def part(self) -> Part:
        """Which photos the scores speak of."""
        part: Part = self.parts.currentData()
        return part

    @Slot()
    def _opened(self) -> None:
        self._run_id = None
        self._shown = None
        self._asked_at += 1
        self.photos.forget()
        self.compare.forget()
        self.models.forget()
        self.pile.setCurrentWidget(self.content)
        self._reload.call()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.labels or changes.classes:
            self.photos.refresh()
        self._reload.call()

    @Slot()
    def _ask(self) -> None:
        if self._session.project is not None:
            run_id, part = self._run_id, self.part()
            self._asked_at += 1
            asked = partial(self._show, self._asked_at, run_id)
            self._session.store.ask(lambda project: overview(project, run_id, part), asked, context=self)

    def _show(self, number: int, asked: RunId | None, found: Overview) -> None:
        if number != self._asked_at or asked != self._run_id:
            return  # another run has been chosen since, or another project opened
        if self.pile.currentWidget() not in (self.compare, self.models):
            self.pile.setCurrentWidget(self.content if found.run is not None else self.empty)
        if found.run is None:
            self._run_id = None
            return
        self._run_id = found.run.id
        self._class_ids = found.report_classes
        self._shown = found
        self._show_runs(found)
        report = found.report
        self.score.setText(headline(report) if report is not None else self.tr("No scored photos of this kind"))
        self.interval.setText(beneath(report) if report is not None else "")
        self.verdicts.show_verdicts(found.verdicts)
        self._show_matrix(found)
        self._show_stale(found.run)
        self.photos.ask(found.run.id, self.part(), found.classes)

    def _show_runs(self, found: Overview) -> None:
        assert found.run is not None
        self.runs.blockSignals(True)
        self.runs.clear()
        for run in found.runs:
            mark = self.tr(" (in use)") if run.is_current else ""
            when = run.started_at[:16].replace("T", " ")
            self.runs.addItem(f"{run.name}{mark}", run.id)
            self.runs.setItemData(self.runs.count() - 1, when, Qt.ItemDataRole.ToolTipRole)
        self.runs.setCurrentIndex(self.runs.findData(self._run_id))
        self.runs.setToolTip(self.tr("Trained {0}").format(found.run.started_at[:16].replace("T", " ")))
        self.runs.blockSignals(False)
        self.parts.setItemText(self.parts.findData("test"), part_name("test", found.run.fold))

    def _show_matrix(self, found: Overview) -> None:
        self.table.blockSignals(True)
        kept = self.table.currentIndex()
        self.matrix.show_report(found.report)
        if kept.isValid() and kept.row() < self.matrix.rowCount():
            self.table.setCurrentIndex(self.matrix.index(kept.row(), kept.column()))
        self.table.blockSignals(False)
        self.scores.show_report(found.report)
        self.confidence.show_calibration(found.calibration)
        self.as_one.setEnabled(found.report is not None and len(self._mergeable()) > 1)

    def _show_stale(self, run: RunRow) -> None:
        text = self.tr(
            "%n label(s) changed since this model was trained. The score counts them; the model does not know"
            " them yet.",
            "",
            run.n_label_changes,
        )
        self.stale.show_text(text if run.n_label_changes else "")

    @Slot(object)
    def _choose_cell(self, cell: Cell) -> None:
        true, answer = self.matrix.name(cell.true_column), self.matrix.name(cell.answer_column)
        title = self.tr("{0}, recognised").format(true) if true == answer else f"{true} → {answer}"
        self.photos.show_cell(self._class_ids[cell.true_column], self._class_ids[cell.answer_column], title)

    @Slot(QPoint)
    def _cell_menu(self, at: QPoint) -> None:
        cell: Cell | None = self.table.indexAt(at).data(MatrixModel.CELL)
        if cell is None or cell.true_column == cell.answer_column:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        names = (self.matrix.name(cell.true_column), self.matrix.name(cell.answer_column))
        menu.addAction(self.tr("If “{0}” and “{1}” were one class…").format(*names), partial(self._try_cell, cell))
        menu.popup(self.table.viewport().mapToGlobal(at))

    def _try_cell(self, cell: Cell) -> None:
        self._try((self._class_ids[cell.true_column], self._class_ids[cell.answer_column]))

    def _try(self, preset: tuple[ClassId, ...]) -> None:
        if self._run_id is not None:
            self.merging.ask(self._run_id, self.part(), self._mergeable(), preset)

    def _mergeable(self) -> tuple[ClassRow, ...]:
        """The classes that the run knows and the project still has."""
        return tuple(one for one in self._shown.classes if one.id in self._class_ids) if self._shown else ()

    @Slot(int)
    def _show_bin(self, number: int) -> None:
        run_id, part = self._run_id, self.part()
        if run_id is None or self._shown is None or self._shown.calibration is None:
            return
        one = self._shown.calibration.bins[number]
        title = self.tr("confidence {0} to {1}").format(percent(one.low), percent(one.high))
        self._session.store.ask(
            lambda project: project.comparisons.of_bin(run_id, number, part),
            lambda ids: show_among(self._session, ids, title),
            context=self,
        )

    @Slot(int)
    def _choose_run(self, at: int) -> None:
        self._run_id = self.runs.itemData(at)
        self._reload.call()

    @Slot()
    def _choose_part(self) -> None:
        self._reload.call()

    @Slot()
    def _compared(self) -> None:
        self.pile.setCurrentWidget(self.compare)

    @Slot(object)
    def _leave_compare(self, run_id: RunId | None) -> None:
        self.pile.setCurrentWidget(self.content)
        self._run_id = run_id
        self._reload.call()

    @Slot(object)
    def _leave_models(self, run_id: RunId | None) -> None:
        self._leave_compare(self._run_id if run_id is None else run_id)

    @Slot()
    def _train_again(self) -> None:
        self._session.show_page.emit("train")

    def _build(self) -> None:
        self.empty = EmptyState(
            "grid-3x3",
            self.tr("Nothing to review yet"),
            self.tr("Train a model first. Then you see here which classes it confuses, and can mend wrong labels."),
            (("train", self.tr("Go to Train")),),
        )
        self.empty.chosen.connect(self._session.show_page)
        self.photos = ReviewPhotos(self._session)
        self.compare = ComparePanel(self._session)
        self.compare.ready.connect(self._compared)
        self.compare.left.connect(self._leave_compare)
        self.models = ModelsPanel(self._session)
        self.models.left.connect(self._leave_models)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self._left())
        split.addWidget(self.photos)
        split.setStretchFactor(1, 1)
        split.setSizes([490, 690])
        self.content = QWidget()
        inner = QVBoxLayout(self.content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        self.stale = Banner(self.tr("Train again"))
        self.stale.pressed.connect(self._train_again)
        inner.addWidget(self.stale)
        inner.addWidget(split, 1)
        self.pile = QStackedWidget()
        for part in (self.empty, self.content, self.compare, self.models):
            self.pile.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.pile)

    def _left(self) -> QWidget:
        self.runs = QComboBox()
        self.runs.setAccessibleName(self.tr("Run"))
        self.runs.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.runs.setMinimumContentsLength(16)
        self.runs.currentIndexChanged.connect(self._choose_run)
        self.parts = QComboBox()
        self.parts.setAccessibleName(self.tr("Which photos"))
        for part in ("test", "cv"):
            self.parts.addItem(part_name(part), part)
        self.parts.currentIndexChanged.connect(self._choose_part)
        self.score = label("", "figure", wrap=True)
        self.interval = label("", "muted", wrap=True)
        made = QWidget()
        made.setMinimumWidth(400)
        box = QVBoxLayout(made)
        box.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, 2 * GAP, 2 * GAP)
        box.setSpacing(GAP)
        beside = button(self.tr("Side by side"), icon_name="layers", tip=self.tr("Compare this model with another one"))
        beside.clicked.connect(self.show_side_by_side)
        models = button(self.tr("All models"), icon_name="table", tip=self.tr("Compare all models in one table"))
        models.clicked.connect(self.show_models)
        box.addLayout(row(label(self.tr("Review"), "title"), None, beside, models))
        line = row(self.runs, self.parts)
        line.setStretch(0, 1)
        box.addLayout(line)
        box.addWidget(self.score)
        box.addWidget(self.interval)
        self.verdicts = VerdictList()
        box.addWidget(self.verdicts)
        self.views = QTabBar()
        self.views.setAccessibleName(self.tr("What to look at"))
        self.views.setDrawBase(False)
        self.views.setExpanding(False)
        for name in (self.tr("Confusions"), self.tr("By class"), self.tr("Confidence")):
            self.views.addTab(name)
        box.addWidget(self.views)
        box.addWidget(self._view_pile(), 1)
        return made

    def _view_pile(self) -> QStackedWidget:
        self.table = MatrixView(self.matrix)
        self.table.cell_chosen.connect(self._choose_cell)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._cell_menu)
        self.scores = ClassScores()
        self.confidence = ConfidenceView()
        self.confidence.chosen.connect(self._show_bin)
        self.as_one = button(self.tr("If classes were one…"), "quiet", icon_name="merge")
        self.as_one.setToolTip(self.tr("What the score would be if the model need not tell some classes apart"))
        self.as_one.clicked.connect(self.try_merge)
        hint = self.tr("Rows: what the photos show. Columns: what the model answered. Choose a cell to see its photos.")
        matrix = QWidget()
        box = QVBoxLayout(matrix)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(label(hint, "muted", wrap=True))
        box.addWidget(self.table, 1)
        box.addLayout(row(None, self.as_one))
        pile = QStackedWidget()
        for part in (matrix, self.scores, self.confidence):
            pile.addWidget(part)
        self.views.currentChanged.connect(pile.setCurrentIndex)
        return pile
