"""The Review page: where a model is wrong, why it may be, and mending the label on the spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QMenu, QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.ids import ClassId, PhotoId, RunId
from engine.store.rows import ClassRow, PhotoFilter, PhotoRow
from gui.core.score_text import beneath, headline, part_name
from gui.core.session import Session
from gui.core.settings import THUMB_SIZE
from gui.core.throttle import Throttle
from gui.models.matrix_model import Cell, MatrixModel
from gui.models.photo_model import PhotoModel
from gui.pages.review_read import Found, Overview, Part, overview, photos, shares
from gui.widgets.banner import Banner
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, line, row
from gui.widgets.empty_state import EmptyState
from gui.widgets.matrix_view import MatrixView
from gui.widgets.photo_grid import PhotoGrid
from gui.widgets.probability_bars import ProbabilityBars

if TYPE_CHECKING:
    from engine.project.project import Project

RELOAD_MS = 200
LIMIT = 500


class ReviewPage(QWidget):
    """Matrix at the left, the photos of a cell or of a question at the right; keys relabel what is selected."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run_id: RunId | None = None
        self._classes: tuple[ClassRow, ...] = ()
        self._class_ids: tuple[ClassId, ...] = ()
        self._cell: tuple[ClassId, ClassId] | None = None
        self.matrix = MatrixModel(self)
        self.photos = PhotoModel(self._fetch, self)
        self._build()
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        session.changed.connect(self._changed)
        session.project_opened.connect(self._opened)
        if session.project is not None:
            self._reload.call()

    # What is asked

    def query(self) -> PhotoFilter:
        """The question whose photos the grid shows."""
        base = PhotoFilter(run_id=self._run_id, part=self._part(), limit=LIMIT)
        if self._cell is not None:
            true, answer = self._cell
            return replace(base, true_class=true, predicted_class=answer, order="confident_wrong")
        kinds: tuple[PhotoFilter, ...] = (
            replace(base, wrong=True, order="confident_wrong"),
            replace(base, order="least_certain"),
            replace(base, wrong=False, order="confident_right"),
        )
        return kinds[max(0, self.tabs.currentIndex())]

    def _part(self) -> Part:
        part: Part = self.parts.currentData()
        return part

    @Slot()
    def _opened(self) -> None:
        self._run_id = None
        self._cell = None
        self._reload.call()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.labels or changes.classes:
            self.photos.refresh()
        self._reload.call()

    @Slot()
    def _ask(self) -> None:
        if self._session.project is not None:
            run_id, part = self._run_id, self._part()
            self._session.store.ask(lambda project: overview(project, run_id, part), self._show, context=self)

    def _show(self, found: Overview) -> None:
        self.pile.setCurrentWidget(self.content if found.run is not None else self.empty)
        self._classes = found.classes
        self.photos.set_classes(found.classes)
        if found.run is None:
            return
        self._run_id = found.run.id
        self.runs.blockSignals(True)
        self.runs.clear()
        for run in found.runs:
            mark = self.tr(" (in use)") if run.is_current else ""
            self.runs.addItem(f"{run.name}, {run.started_at[:16].replace('T', ' ')}{mark}", run.id)
        self.runs.setCurrentIndex(self.runs.findData(found.run.id))
        self.runs.blockSignals(False)
        by_name = {row.name: row.id for row in found.classes}
        names = found.report.classes if found.report is not None else ()
        self._class_ids = tuple(by_name[name] for name in names)
        self.score.setText(
            headline(found.report) if found.report is not None else self.tr("No scored photos of this kind")
        )
        self.interval.setText(beneath(found.report) if found.report is not None else "")
        self._show_matrix(found)
        n = found.run.n_label_changes
        text = self.tr(
            "%n label(s) changed since this model was trained. The score counts them; the model does not know"
            " them yet.",
            "",
            n,
        )
        self.stale.show_text(text if n else "")
        self._ask_photos()

    def _show_matrix(self, found: Overview) -> None:
        self.table.blockSignals(True)
        kept = self.table.currentIndex()
        self.matrix.show_report(found.report)
        if kept.isValid() and self._cell is not None:
            self.table.setCurrentIndex(self.matrix.index(kept.row(), kept.column()))
        self.table.blockSignals(False)

    def _ask_photos(self) -> None:
        query = self.query()
        if query.run_id is not None:
            self._session.store.ask(lambda project: photos(project, query), self._show_photos, context=self)

    def _show_photos(self, found: Found) -> None:
        position = self.grid.currentIndex().row()
        self.photos.set_captions(found.captions)
        self.photos.set_ids(found.ids)
        if found.ids and not self.grid.currentIndex().isValid():
            # After a relabel the photo leaves the list: the one that took its place is next.
            self.grid.go_to_row(max(0, position))
        self.grid_pile.setCurrentWidget(self.grid if found.ids else self.nothing)
        self.count.setText(self.tr("%n photo(s)", "", len(found.ids)))

    def _fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        self._session.store.ask(lambda project: project.browse.rows(ids), then, context=self)

    # What the user does

    @Slot(object)
    def _choose_cell(self, cell: Cell) -> None:
        self._cell = (self._class_ids[cell.true_column], self._class_ids[cell.answer_column])
        true, answer = self.matrix.name(cell.true_column), self.matrix.name(cell.answer_column)
        right = self.tr("{0}, recognised").format(true)
        self.subject.setText(right if true == answer else self.tr("{0} taken for {1}").format(true, answer))
        self.all_button.show()
        self._ask_photos()

    @Slot(int)
    def _choose_tab(self, tab: int) -> None:
        self._cell = None
        self.all_button.hide()
        self.table.clearSelection()
        self.subject.setText(self.tabs.tabToolTip(tab))
        self._ask_photos()

    @Slot()
    def _leave_cell(self) -> None:
        # A cell stands beside the questions: going back means the first of them.
        self._choose_tab(0)

    @Slot(int)
    def _choose_run(self, at: int) -> None:
        self._run_id = self.runs.itemData(at)
        self._cell = None
        self._reload.call()

    @Slot()
    def _choose_part(self) -> None:
        self._reload.call()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        key = event.text().lower()
        found = next((made for made in self._classes if made.key and made.key.lower() == key), None) if key else None
        if plain and found is not None:
            self.relabel(found.id)
        elif plain and key == "u":
            self._change(lambda project, ids: project.labels.mark_unsure(ids))
        elif plain and key == "x":
            self._change(lambda project, ids: project.labels.exclude(ids))
        else:
            super().keyPressEvent(event)

    def relabel(self, class_id: ClassId) -> None:
        """The selected photos get this label; they leave the list if they answer the question no more."""
        self._change(lambda project, ids: project.labels.set(ids, class_id))

    def _change(self, verb: Callable[..., Changes]) -> None:
        current = self.grid.current_id()
        ids = self.grid.selected_ids() or ((current,) if current is not None else ())
        if ids:
            self._session.store.ask(lambda project: verb(project, ids), self._told, context=self)

    def _told(self, changes: Changes) -> None:
        if changes:
            self._session.notices.success(
                changes.title + ".", action_text=self.tr("Undo"), action=partial(self._session.store.ask, _undo)
            )

    @Slot()
    def _fill_label_menu(self) -> None:
        self.menu.clear()
        for made in self._classes:
            text = f"{made.name}\t{made.key.upper()}" if made.key else made.name
            self.menu.addAction(text, partial(self.relabel, made.id))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Unsure") + "\tU", lambda: self._change(lambda p, ids: p.labels.mark_unsure(ids)))
        self.menu.addAction(self.tr("Exclude") + "\tX", lambda: self._change(lambda p, ids: p.labels.exclude(ids)))

    @Slot(object)
    def _show_current(self, photo_id: PhotoId | None) -> None:
        run_id = self._run_id
        if photo_id is None or run_id is None:
            self.bars.show_shares(())
            self.detail.setText("")
            return
        self._session.store.ask(lambda project: shares(project, run_id, photo_id), self._show_shares, context=self)

    def _show_shares(self, found: tuple[int, tuple[tuple[str, float], ...], str]) -> None:
        photo_id, pairs, name = found
        if photo_id == self.grid.current_id():
            self.bars.show_shares(pairs, name)
            self.detail.setText(self.tr("Labelled {0}. The model says:").format(name) if name else self.tr("No label."))

    @Slot()
    def _train_again(self) -> None:
        self._session.show_page.emit("train")

    # How it is laid out

    def _build(self) -> None:
        self.empty = EmptyState(
            "search",
            self.tr("Nothing to review yet"),
            self.tr("Train a model first. Then you see here which classes it confuses, and can mend wrong labels."),
            (("train", self.tr("Go to Train")),),
        )
        self.empty.chosen.connect(self._session.show_page)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self._left())
        split.addWidget(self._right())
        split.setStretchFactor(1, 1)
        split.setSizes([620, 700])
        self.content = QWidget()
        inner = QVBoxLayout(self.content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        self.stale = Banner(self.tr("Train again"))
        self.stale.pressed.connect(self._train_again)
        inner.addWidget(self.stale)
        inner.addWidget(split, 1)
        self.pile = QStackedWidget()
        self.pile.addWidget(self.empty)
        self.pile.addWidget(self.content)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.pile)

    def _left(self) -> QWidget:
        self.runs = QComboBox()
        self.runs.setAccessibleName(self.tr("Run"))
        self.runs.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.runs.setMinimumContentsLength(18)
        self.runs.currentIndexChanged.connect(self._choose_run)
        self.parts = QComboBox()
        self.parts.setAccessibleName(self.tr("Which photos"))
        for part in ("test", "cv"):
            self.parts.addItem(part_name(part), part)
        self.parts.currentIndexChanged.connect(self._choose_part)
        self.score = label("", "figure")
        self.interval = label("", "muted", wrap=True)
        self.table = MatrixView(self.matrix)
        self.table.cell_chosen.connect(self._choose_cell)
        made = QWidget()
        made.setMinimumWidth(360)
        box = QVBoxLayout(made)
        box.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, 2 * GAP, PAGE_MARGIN)
        box.setSpacing(GAP)
        box.addWidget(label(self.tr("Review"), "title"))
        box.addLayout(row(self.runs, self.parts))
        box.addWidget(self.score)
        box.addWidget(self.interval)
        box.addSpacing(GAP)
        hint = self.tr("Rows: what the photos show. Columns: what the model answered. Choose a cell to see its photos.")
        box.addWidget(label(hint, "muted", wrap=True))
        box.addWidget(self.table, 1)
        return made

    def _right(self) -> QWidget:
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.tr("Which photos to look at"))
        self.tabs.setDrawBase(False)
        for name, tip in (
            (self.tr("Confident but wrong"), self.tr("Wrong answers, the surest first: look for wrong labels")),
            (self.tr("Least certain"), self.tr("The two likeliest classes are nearly equal")),
            (self.tr("Confident and right"), self.tr("Right answers, the surest first: what the model finds typical")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(name), tip)
        self.tabs.tabBarClicked.connect(self._choose_tab)
        self.tabs.currentChanged.connect(lambda tab: self._choose_tab(tab) if tab >= 0 else None)
        self.subject = label(self.tabs.tabToolTip(0), "muted")
        self.all_button = button(self.tr("Show all mistakes"), "quiet")
        self.all_button.clicked.connect(self._leave_cell)
        self.all_button.hide()
        self.count = label("", "muted")
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_label_menu)
        self.relabel_button = button(self.tr("Change label"), icon_name="tag")
        self.relabel_button.setMenu(self.menu)
        self.grid = PhotoGrid(
            self.photos, self._session.thumbs, side=self._session.settings.get(THUMB_SIZE), captions=1
        )
        self.grid.photo_current.connect(self._show_current)
        self.nothing = EmptyState("check", self.tr("No photos here"), self.tr("No photo answers this question."))
        self.grid_pile = QStackedWidget()
        self.grid_pile.addWidget(self.grid)
        self.grid_pile.addWidget(self.nothing)
        self.detail = label("", "section")
        self.bars = ProbabilityBars()
        foot = QWidget()
        low = QVBoxLayout(foot)
        low.setContentsMargins(2 * GAP, GAP, PAGE_MARGIN, 2 * GAP)
        low.addWidget(self.detail)
        low.addWidget(self.bars)
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 2 * GAP, 0, 0)
        box.setSpacing(GAP)
        head = QVBoxLayout()
        head.setContentsMargins(2 * GAP, 0, PAGE_MARGIN, 0)
        head.addLayout(row(self.tabs, None, self.relabel_button))
        head.addLayout(row(self.subject, self.all_button, None, self.count))
        box.addLayout(head)
        box.addWidget(self.grid_pile, 1)
        box.addWidget(line())
        box.addWidget(foot)
        return made


def _undo(project: Project) -> Changes:
    return project.history.undo()
