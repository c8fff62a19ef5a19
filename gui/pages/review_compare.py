"""Two models side by side: both scores on the same photos, both matrices, and the photos they answer differently."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.ids import RunId
from engine.insight.before_after import TwoAnswers
from engine.store.rows import RunRow
from gui.core.score_text import Part, part_name, percent
from gui.core.session import Session
from gui.models.matrix_model import Cell
from gui.pages.review_compare_photos import ComparePhotos
from gui.pages.review_compare_read import TwoRuns, two_runs, usual_pair
from gui.verbs.run_changes import RunChangesVerb
from gui.widgets.cards import GAP, PAGE_MARGIN, Card, button, label, row
from gui.widgets.change_table import ChangeTable
from gui.widgets.empty_state import EmptyState
from gui.widgets.matrix_pair import MatrixDifference, MatrixPair

PHOTOS_TAB = 0


class ComparePanel(QWidget):
    """Reads the comparison itself; `left` is emitted when the user is done, with the run to look at or None."""

    left = Signal(object)
    ready = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: TwoRuns | None = None
        self._asked: tuple[RunId, RunId] | None = None
        self.changes = RunChangesVerb(session, self)
        self._build()
        session.changed.connect(self._changed)

    def compare(self, old: RunId, new: RunId) -> None:
        """The panel shows what changed from the one run to the other; `ready` follows."""
        self._asked, part = (old, new), self.part()
        self._session.store.ask(
            lambda project: two_runs(project, old, new, part), lambda found: self._show(found, part), context=self
        )

    def compare_usual(self, run_id: RunId | None) -> None:
        """The run is compared with the model in use, or else with another one like it; `ready` follows."""
        self._session.store.ask(lambda project: usual_pair(project, run_id), self._show_usual, context=self)

    def forget(self) -> None:
        """Another project was opened."""
        self._asked, self._shown = None, None
        self.photos.forget()

    def part(self) -> Part:
        """Which photos the two are compared on."""
        part: Part = self.parts.currentData()
        return part

    def headline(self) -> str:
        """Both scores, the photos they stand on, and the verdict, as one text."""
        return self._card.accessibleName()

    def gallery(self) -> tuple[TwoAnswers, ...]:
        """The photos of the chosen pile."""
        return self.photos.gallery()

    def _show_usual(self, pair: tuple[RunId, RunId] | None) -> None:
        self.what_changed.setEnabled(pair is not None)
        if pair is not None:
            self.compare(*pair)
            return
        self.pile.setCurrentWidget(self.empty)
        self.ready.emit()

    def _show(self, found: TwoRuns, part: Part) -> None:
        if self._asked != (found.old.id, found.new.id) or part != self.part():
            return  # the user has left, or asked for others since
        self._shown = found
        self.what_changed.setEnabled(True)
        change = found.change
        self._fill(self.before, found.runs, found.old.id)
        self._fill(self.after, found.runs, found.new.id)
        self._verdict.setText(change.verdict)
        self._figure.setText(f"{percent(change.accuracy_before)}  →  {percent(change.accuracy_after)}")
        self._beneath.setText(self.tr("right on the same %n photo(s) of classes both know", "", change.n))
        self._card.setAccessibleName(f"{self._figure.text()} {self._beneath.text()}. {change.verdict}")
        self._offer(found)
        self.table.show_change(change)
        self.matrices.show_pair(change, (found.old.name, found.new.name))
        self.difference.show_change(change)
        self.photos.show_runs(found)
        self.pile.setCurrentWidget(self.content)
        self.ready.emit()

    def _fill(self, field: QComboBox, runs: tuple[RunRow, ...], chosen: RunId) -> None:
        with QSignalBlocker(field):
            field.clear()
            for run in runs:
                field.addItem(self.tr("{0} (in use)").format(run.name) if run.is_current else run.name, run.id)
                when = run.started_at[:16].replace("T", " ")
                field.setItemData(field.count() - 1, self.tr("Trained {0}").format(when), Qt.ItemDataRole.ToolTipRole)
            field.setCurrentIndex(field.findData(chosen))

    @Slot()
    def _choose(self) -> None:
        """Another run or other photos; choosing the one run on both sides exchanges the two."""
        if self._asked is None:
            return
        old, new = self.before.currentData(), self.after.currentData()
        if old == new:
            old, new = self._asked[::-1]
        self.compare(old, new)

    def _offer(self, found: TwoRuns) -> None:
        """The buttons say what they do to the model in use, and only what would change something is offered."""
        self.use.setVisible(not found.new.is_current)
        self.keep.setText(
            self.tr("Go back to the old model") if found.new.is_current else self.tr("Keep the old model")
        )
        # Of two models of which neither is in use there is none to keep.
        self.keep.setVisible(found.old.is_current or found.new.is_current)
        self.keep.setAccessibleName(self.keep.text())
        self._in_use.setText(
            self.tr("The new model is in use.")
            if found.new.is_current
            else self.tr("The old model is still in use.")
            if found.old.is_current
            else self.tr("Neither of the two is in use.")
        )

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if self._asked is not None and self.isVisible() and (changes.labels or changes.classes or changes.runs):
            self.photos.refresh()
            self.compare(*self._asked)

    @Slot()
    def promote(self) -> None:
        """The new model is the one in use."""
        if self._shown is not None:
            self._use(self._shown.new, self.tr("The new model is in use."))

    @Slot()
    def keep_old(self) -> None:
        """The old model is the one in use; the new one stays in the list of runs."""
        if self._shown is not None and self._shown.new.is_current:
            self._use(self._shown.old, self.tr("The old model is in use again."))
        elif self._shown is not None:
            self._leave(self._shown.old.id)

    def _use(self, run: RunRow, text: str) -> None:
        def done(_: Changes) -> None:
            self._session.notices.success(text)
            self._leave(run.id)

        self._session.store.ask(lambda project: project.runs.promote(run.id), done, context=self)

    @Slot()
    def _back(self) -> None:
        self._leave(self._shown.new.id if self._shown is not None else None)

    def _leave(self, run_id: RunId | None) -> None:
        self._asked = None
        self.left.emit(run_id)

    @Slot()
    def _ask_changes(self) -> None:
        if self._asked is not None:
            self.changes.ask(*self._asked)

    @Slot(int, object)
    def _open_cell(self, side: int, cell: Cell) -> None:
        self._show_cell(cell, side)

    @Slot(object)
    def _open_change(self, cell: Cell) -> None:
        self._show_cell(cell, None)

    def _show_cell(self, cell: Cell, side: int | None) -> None:
        if self._shown is not None:
            classes = self._shown.change.classes
            self.photos.show_cell(classes[cell.true_column], classes[cell.answer_column], side)
            self.views.setCurrentIndex(PHOTOS_TAB)

    def _build(self) -> None:
        back = button(self.tr("Back to review"), "quiet", icon_name="arrow-left")
        back.clicked.connect(self._back)
        self.empty = EmptyState(
            "layers",
            self.tr("Comparing takes two models"),
            self.tr("Train another one, then see here what the two answer differently."),
            (("train", self.tr("Go to Train")),),
        )
        self.empty.chosen.connect(self._session.show_page)
        self.content = self._make_content()
        self.pile = QStackedWidget()
        for part in (self.content, self.empty):
            self.pile.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, 0, 0)
        box.setSpacing(GAP)
        self.what_changed = button(
            self.tr("What changed…"),
            icon_name="history",
            tip=self.tr("Photos, labels, split, recipe and code of the two"),
        )
        self.what_changed.clicked.connect(self._ask_changes)
        head = row(back, label(self.tr("Side by side"), "title"), None, self.what_changed, spacing=2 * GAP)
        head.setContentsMargins(0, 0, PAGE_MARGIN, 0)
        box.addLayout(head)
        box.addWidget(self.pile, 1)

    def _make_content(self) -> QWidget:
        self.views = QTabBar()
        self.views.setAccessibleName(self.tr("What to look at"))
        self.views.setDrawBase(False)
        self.views.setExpanding(False)
        self.photos = ComparePhotos(self._session)
        self.matrices, self.difference, self.table = MatrixPair(), MatrixDifference(), ChangeTable()
        self.matrices.opened.connect(self._open_cell)
        self.difference.opened.connect(self._open_change)
        names = (self.tr("Photos"), self.tr("Confusions"), self.tr("Difference"), self.tr("By class"))
        pile = QStackedWidget()
        for name, part in zip(names, (self.photos, self.matrices, self.difference, self.table), strict=True):
            self.views.addTab(name)
            part.layout().setContentsMargins(0, 0, 0 if part is self.photos else PAGE_MARGIN, 2 * GAP)
            pile.addWidget(part)
        self.views.currentChanged.connect(pile.setCurrentIndex)
        relabel = self.photos.mending.make_button()
        self.views.currentChanged.connect(lambda at: relabel.setVisible(at == PHOTOS_TAB))
        head = row(self.views, relabel)
        # The chosen tab is bolder, and wider than the bar was made for.
        head.setStretch(0, 1)
        head.setContentsMargins(0, 0, PAGE_MARGIN, 0)
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        for part in (self._make_choices(), self._make_card()):
            part.setContentsMargins(0, 0, PAGE_MARGIN, 0)
            box.addLayout(part)
        box.addLayout(head)
        box.addWidget(pile, 1)
        return made

    def _make_choices(self) -> QHBoxLayout:
        self.before, self.after, self.parts = QComboBox(), QComboBox(), QComboBox()
        names = (self.tr("Model before"), self.tr("Model after"), self.tr("Which photos"))
        for field, name in zip((self.before, self.after, self.parts), names, strict=True):
            field.setAccessibleName(name)
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field.setMinimumContentsLength(14)
        for part in ("test", "cv"):
            self.parts.addItem(part_name(part), part)
        for field in (self.before, self.after, self.parts):
            field.currentIndexChanged.connect(self._choose)
        made = row(self.before, label("→", "muted"), self.after, self.parts)
        for at, share in ((0, 3), (2, 3), (3, 2)):
            made.setStretch(at, share)
        return made

    def _make_card(self) -> QHBoxLayout:
        self._figure = label("", "figure")
        self._beneath = label("", "muted", wrap=True)
        self._verdict = label("", "section", wrap=True, selectable=True)
        self._in_use = label("", "muted")
        self.use = button(self.tr("Use the new model"), "primary", icon_name="check")
        self.use.clicked.connect(self.promote)
        self.keep = button(self.tr("Keep the old model"))
        self.keep.clicked.connect(self.keep_old)
        self._card = Card()
        beside = QHBoxLayout()
        beside.setSpacing(3 * GAP)
        columns = ((2, (self._figure, self._beneath)), (4, (self._verdict, self._in_use)), (0, (self.use, self.keep)))
        for share, parts in columns:
            column = QVBoxLayout()
            column.setSpacing(4)
            for part in parts:
                column.addWidget(part)
            column.addStretch(1)
            beside.addLayout(column, share)
        self._card.body.addLayout(beside)
        return row(self._card)
