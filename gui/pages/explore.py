"""The Explore page: what the photos are like, which are odd or doubtful, copies, and how they are divided."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from engine.base.changes import Changes
from gui.core.comparing import Comparing
from gui.core.looking import Looking
from gui.core.odd_limits import OddChoice
from gui.core.session import Session
from gui.core.throttle import Throttle
from gui.pages.explore_read import Seen, seen
from gui.widgets.cards import GAP, PAGE_MARGIN, label, row
from gui.widgets.empty_state import EmptyState

RELOAD_MS = 200
# Reading so many photos again takes about a millisecond: a large project is read more seldom.
PHOTOS_PER_MS = 40
# Tab key -> (module, class); a tab is made when it is first turned to.
TABS: dict[str, tuple[str, str]] = {
    "overview": ("gui.pages.explore_overview", "ExploreOverview"),
    "odd": ("gui.pages.explore_odd", "ExploreOdd"),
    "doubts": ("gui.pages.explore_doubts", "ExploreDoubts"),
    "pairs": ("gui.pages.explore_pairs", "ExplorePairs"),
    "copies": ("gui.pages.explore_copies", "ExploreCopies"),
    "split": ("gui.pages.explore_split", "ExploreSplit"),
}
# Tabs that show what all photos are like, and those that compare photos by what a network sees.
OF_PHOTOS = ("overview", "odd")
COMPARING = ("odd", "doubts", "pairs")


class ExplorePage(QWidget):
    """Reads the photos' facts once for all tabs that show them, and has unseen photos looked at in the background."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._stale = True
        self._asked_at = 0
        self._seen: Seen | None = None
        self._made: dict[str, QWidget] = {}
        self.odd = OddChoice(session.settings, self)
        self.comparing = Comparing(session, self)
        self.looking = Looking(session, self)
        self._build()
        self._reload = Throttle(RELOAD_MS, self)
        self._reload.due.connect(self._ask)
        self.looking.progressed.connect(self._show_progress)
        session.changed.connect(self._changed)
        session.project_opened.connect(self._opened)

    def turn_to(self, key: str) -> QWidget:
        """The tab is shown, made first if it has not been shown before."""
        self.tabs.setCurrentIndex(list(TABS).index(key))
        return self._made[key]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._reload.call()

    # What is read

    @Slot()
    def _opened(self) -> None:
        self._asked_at += 1
        self._seen = None
        self.looking.forget()
        for made in self._made.values():
            forget: Callable[[], None] | None = getattr(made, "forget", None)
            if forget is not None:
                forget()
        self._summary.clear()
        self._changed(Changes(photos=True))

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        # A training brings the split up to date.
        if not (changes.photos or changes.labels or changes.classes or changes.splits or changes.runs):
            return
        self._stale = True
        if self.isVisible():
            self._reload.call()

    @Slot()
    def _ask(self) -> None:
        if self._session.project is None:
            return
        self._stale = False
        self._asked_at += 1
        limits = self.odd.limits()
        self._session.store.ask(
            lambda project: seen(project, limits), partial(self._show, self._asked_at), context=self
        )

    def _show(self, number: int, found: Seen) -> None:
        if number != self._asked_at:
            return
        self._seen = found
        self._reload.set_interval(RELOAD_MS + len(found.facts) // PHOTOS_PER_MS)
        self._summary.setText(self._sentence(found) if found.facts else "")
        self._whole.setCurrentWidget(self._content if found.facts else self.empty)
        for key in OF_PHOTOS:
            if key in self._made:
                self._made[key].show_seen(found)
        self.looking.want(found.unseen)

    def _sentence(self, found: Seen) -> str:
        overview = found.overview
        text = self.tr("{0} photos, {1} of them labelled, in {2} classes").format(
            f"{overview.n:,}", f"{overview.n_labelled:,}", f"{len(found.classes):,}"
        )
        if overview.n_excluded:
            text += self.tr("; {0} more excluded").format(f"{overview.n_excluded:,}")
        return text

    @Slot(int, int)
    def _show_progress(self, done: int, total: int) -> None:
        text = self.tr("Looking at the photos: {0} of {1}").format(f"{done:,}", f"{total:,}")
        self._progress.setText(text if total else "")

    # Tabs

    @Slot(int)
    def _choose(self, at: int) -> None:
        key = list(TABS)[at]
        made = self._made.get(key) or self._make(key)
        self._pile.setCurrentWidget(made)

    def _make(self, key: str) -> QWidget:
        module, name = TABS[key]
        kind = getattr(import_module(module), name)
        made: QWidget
        if key == "odd":
            made = kind(self._session, self.comparing, self.odd)
        elif key in COMPARING:
            made = kind(self._session, self.comparing)
        else:
            made = kind(self._session)
        self._made[key] = made
        self._pile.addWidget(made)
        if key in OF_PHOTOS and self._seen is not None:
            made.show_seen(self._seen)
        return made

    def _build(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(self.tr("What to explore"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for name in (
            self.tr("Overview"),
            self.tr("Odd photos"),
            self.tr("Labels in doubt"),
            self.tr("Classes alike"),
            self.tr("Copies"),
            self.tr("Split"),
        ):
            self.tabs.addTab(name)
        self._summary = label("", "muted")
        self._progress = label("", "muted")
        self._pile = QStackedWidget()
        head = QVBoxLayout()
        head.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, 0)
        head.setSpacing(GAP)
        head.addLayout(row(label(self.tr("Explore"), "title"), self._summary, None, self._progress, spacing=2 * GAP))
        head.addWidget(self.tabs)
        self._content = QWidget()
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addLayout(head)
        inner.addWidget(self._pile, 1)
        self.empty = EmptyState(
            "chart-column",
            self.tr("Nothing to explore yet"),
            self.tr("Add photos first. Then you see here what they are like, which are odd, and which are copies."),
            (("photos", self.tr("Go to Photos")),),
        )
        self.empty.chosen.connect(self._session.show_page)
        self._whole = QStackedWidget()
        for part in (self._content, self.empty):
            self._whole.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._whole)
        self.setFocusProxy(self.tabs)
        self.tabs.currentChanged.connect(self._choose)
        self._choose(0)
