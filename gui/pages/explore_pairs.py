"""Classes alike: which two a network finds hardest or easiest to keep apart, their nearest photos side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QSignalBlocker, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.store.rows import PhotoFilter, PhotoRow
from gui.core.comparing import Comparing
from gui.core.picking import show_among
from gui.core.score_text import percent
from gui.core.session import Session
from gui.core.throttle import Throttle
from gui.models.table_model import Column, TableModel
from gui.pages.explore_compare import CompareOffer
from gui.widgets.banner import Banner
from gui.widgets.cards import GAP, PAGE_MARGIN, Card, button, label, row, upright_area
from gui.widgets.empty_state import EmptyState
from gui.widgets.job_place import JobPlace
from gui.widgets.photo_strip import PhotoStrip
from gui.widgets.table_view import RowTable

if TYPE_CHECKING:
    from engine.project.explore import ClassPair, Comparison
    from engine.project.project import Project

RELOAD_MS = 300
MOST_LISTED = 20
LIST_WIDTH = 330
N_EXAMPLES = 6
SIDE = 108


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Every two classes, the hardest first; both are None where the photos were not compared yet."""

    pairs: tuple[ClassPair, ...] | None
    compared: Comparison | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Photos of the two classes of a pair, the first of one beside the first of the other."""

    pair: ClassPair
    first: tuple[PhotoRow, ...]
    second: tuple[PhotoRow, ...]
    similarities: tuple[float, ...]


class ExplorePairs(QWidget):
    """The hardest and the easiest pairs at the left; the chosen one at the right."""

    def __init__(self, session: Session, comparing: Comparing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._comparing = comparing
        self._stale = True
        self._asked_at = 0
        self._pair: ClassPair | None = None
        self.hardest: TableModel[ClassPair] = TableModel(self._columns(), self)
        self.easiest: TableModel[ClassPair] = TableModel(self._columns(), self)
        self._build()
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        session.changed.connect(self._changed)
        comparing.over.connect(self._reload.call)
        comparing.began.connect(self._progress.follow)

    def forget(self) -> None:
        """Another project is open."""
        self._asked_at += 1
        self._stale = True
        self._pair = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._reload.call()

    # What is read

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        self._stale = True
        if self.isVisible():
            self._reload.call()

    @Slot()
    def _ask(self) -> None:
        if self._session.project is not None:
            self._stale = False
            self._asked_at += 1
            self._session.store.ask(_read, partial(self._show, self._asked_at), context=self)

    def _show(self, number: int, found: Pairs) -> None:
        if number != self._asked_at:
            return
        if found.pairs is None or found.compared is None:
            self._pile.setCurrentWidget(self.offer)
            return
        self._pile.setCurrentWidget(self._content if found.pairs else self._nothing)
        n_new = found.compared.n_new
        text = self.tr("New or changed since the photos were compared: %n photo(s).", "", n_new)
        self.news.show_text(text if n_new and not self._comparing.is_busy() else "")
        n_hard = min(MOST_LISTED, -(-len(found.pairs) // 2))
        n_easy = min(MOST_LISTED, len(found.pairs) - n_hard)
        self.hardest.set_rows(found.pairs[:n_hard])
        self.easiest.set_rows(found.pairs[::-1][:n_easy])
        self._easy_part.setVisible(n_easy > 0)
        self._choose_again(found.pairs)

    def _choose_again(self, pairs: tuple[ClassPair, ...]) -> None:
        """The pair that was chosen is chosen as it is now; else the hardest."""
        known = {_key(pair) for pair in pairs}
        kept = self._pair if self._pair is not None and _key(self._pair) in known else None
        for table, model in ((self.hard_table, self.hardest), (self.easy_table, self.easiest)):
            for at, pair in enumerate(model.rows()):
                if kept is None or _key(pair) == _key(kept):
                    table.selectRow(at)
                    return

    @Slot(QItemSelection)
    def _choose_hard(self, chosen: QItemSelection) -> None:
        self._choose(self.hard_table, self.easy_table)

    @Slot(QItemSelection)
    def _choose_easy(self, chosen: QItemSelection) -> None:
        self._choose(self.easy_table, self.hard_table)

    def _choose(self, table: RowTable, other: RowTable) -> None:
        rows = table.selectionModel().selectedRows()
        if not rows:
            return
        with QSignalBlocker(other.selectionModel()):
            other.clearSelection()
        other.viewport().update()
        pair: ClassPair = rows[0].data(TableModel.ROW)
        self._pair = pair
        self._session.store.ask(lambda project: _beside(project, pair), self._show_beside, context=self)

    def _show_beside(self, found: Beside) -> None:
        pair = found.pair
        if self._pair is None or _key(pair) != _key(self._pair):
            return
        self.title.setText(f"{pair.first}  ·  {pair.second}")
        text = self.tr(
            "Of the photos nearest to one of {0}, {2} are of {1} on average; of those nearest to one of {1}, {3} are of"
            " {0}. What is near is what a network trained on other photos finds alike."
        )
        shares = (percent(pair.first_in_second), percent(pair.second_in_first))
        self._words.setText(text.format(pair.first, pair.second, *shares))
        captions = [self.tr("{0} alike").format(f"{one:.2f}") for one in found.similarities]
        self._first.show_photos(pair.first, found.first)
        self._second.show_photos(pair.second, found.second, captions)

    # What is done

    @Slot()
    def _show_examples(self) -> None:
        pair = self._pair
        if pair is not None and pair.examples:
            ids = dict.fromkeys(int(i) for one in pair.examples for i in (one.first, one.second))
            show_among(self._session, tuple(ids), self.tr("{0} like {1}").format(pair.first, pair.second))

    @Slot()
    def _show_both(self) -> None:
        pair = self._pair
        if pair is not None:
            title = self.tr("{0} and {1}").format(pair.first, pair.second)
            self._session.store.ask(
                lambda project: _ids_of(project, pair),
                lambda ids: show_among(self._session, ids, title),
                context=self,
            )

    # Parts

    def _columns(self) -> list[Column[ClassPair]]:
        return [
            Column(heading=self.tr("Classes"), text=lambda pair: f"{pair.first}  ·  {pair.second}"),
            Column(
                heading=self.tr("Mixed"),
                text=lambda pair: percent(pair.overlap),
                key=lambda pair: pair.overlap,
                tip=self.tr("How many of the photos nearest to one of the two are of the other, on average"),
                numeric=True,
            ),
        ]

    def _build(self) -> None:
        self.offer = CompareOffer(
            self._comparing,
            self.tr("Which classes look alike?"),
            self.tr(
                "A network compares every photo with all others. Then you see which two classes are the hardest to keep"
                " apart, and their nearest photos side by side."
            ),
        )
        self._nothing = EmptyState(
            "layers", self.tr("No two classes"), self.tr("With photos of two classes there is a pair to look at.")
        )
        self._content = QWidget()
        sides = QHBoxLayout()
        sides.setContentsMargins(PAGE_MARGIN, 2 * GAP, PAGE_MARGIN, 2 * GAP)
        sides.setSpacing(2 * GAP)
        sides.addLayout(self._lists())
        sides.addWidget(upright_area(self._right(), self.tr("The two classes side by side")), 1)
        self.news = Banner(self.tr("Compare again"))
        self.news.pressed.connect(self._compare_again)
        box = QVBoxLayout(self._content)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.news)
        box.addLayout(sides, 1)
        self._pile = QStackedWidget()
        for part in (self.offer, self._nothing, self._content):
            self._pile.addWidget(part)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pile)

    def _lists(self) -> QVBoxLayout:
        self.hard_table = RowTable(self.hardest, self.tr("Hardest classes to keep apart"))
        self.easy_table = RowTable(self.easiest, self.tr("Easiest classes to keep apart"))
        self.hard_table.selectionModel().selectionChanged.connect(self._choose_hard)
        self.easy_table.selectionModel().selectionChanged.connect(self._choose_easy)
        for table in (self.hard_table, self.easy_table):
            table.setFixedWidth(LIST_WIDTH)
        self._easy_part = QWidget()
        easy = QVBoxLayout(self._easy_part)
        easy.setContentsMargins(0, 0, 0, 0)
        easy.setSpacing(GAP)
        easy.addWidget(label(self.tr("Easiest to keep apart"), "section"))
        easy.addWidget(self.easy_table)
        box = QVBoxLayout()
        box.setSpacing(GAP)
        box.addWidget(label(self.tr("Hardest to keep apart"), "section"))
        box.addWidget(self.hard_table, 1)
        box.addWidget(self._easy_part, 1)
        return box

    def _right(self) -> Card:
        card = Card()
        self.title = label("", "section")
        self._words = label("", "muted", wrap=True)
        thumbs = self._session.thumbs
        self._first = PhotoStrip(thumbs, N_EXAMPLES, side=SIDE)
        self._second = PhotoStrip(thumbs, N_EXAMPLES, side=SIDE, captions=True)
        examples = button(self.tr("Show these in Photos"), icon_name="images")
        examples.clicked.connect(self._show_examples)
        self.show_both = button(self.tr("Show both classes"), "quiet")
        self.show_both.clicked.connect(self._show_both)
        self._progress = JobPlace(narrow=True)
        for part in (self.title, self._words, self._first, self._second):
            card.body.addWidget(part)
        hint = label(self.tr("Above each other: the two photos that look most alike."), "muted")
        card.body.addWidget(hint)
        card.body.addSpacing(GAP)
        card.body.addLayout(row(examples, self.show_both, None))
        card.body.addWidget(self._progress)
        card.body.addStretch(1)
        return card

    @Slot()
    def _compare_again(self) -> None:
        self.news.show_text("")
        self._comparing.start()


def _key(pair: ClassPair) -> tuple[int, int]:
    return int(pair.first_id), int(pair.second_id)


def _read(project: Project) -> Pairs:
    return Pairs(pairs=project.explore.class_pairs(), compared=project.explore.compared())


def _beside(project: Project, pair: ClassPair) -> Beside:
    """The photos of the pair's examples that are still there."""
    ids = {int(i) for one in pair.examples for i in (one.first, one.second)}
    rows = {int(found.id): found for found in project.browse.rows(sorted(ids))}
    here = [one for one in pair.examples if int(one.first) in rows and int(one.second) in rows][:N_EXAMPLES]
    return Beside(
        pair=pair,
        first=tuple(rows[int(one.first)] for one in here),
        second=tuple(rows[int(one.second)] for one in here),
        similarities=tuple(one.similarity for one in here),
    )


def _ids_of(project: Project, pair: ClassPair) -> tuple[int, ...]:
    found = [
        project.browse.ids(PhotoFilter(class_id=class_id, state="labelled"))
        for class_id in (pair.first_id, pair.second_id)
    ]
    return tuple(int(i) for ids in found for i in ids)
