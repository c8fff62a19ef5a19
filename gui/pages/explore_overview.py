"""The overview: classes, sizes, files, dates and cameras as charts, each bar and point a way to its photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.insight.chosen import Choice
from engine.insight.date_bins import DateBins
from engine.insight.overview import ClassBalance, SizeCount
from gui.core.explore_words import PART_TOKENS, mode_word, or_unknown, part_word
from gui.core.picking import Pick, show_pick
from gui.core.session import Session
from gui.pages.explore_read import Seen
from gui.pages.explore_sheet import SampleSheet
from gui.pages.explore_tables import ByteTable, ClassTable, CountTable, CountWords, SizeTable, size_pick
from gui.widgets.cards import GAP, PAGE_MARGIN, Card, button, label, row, upright_area
from gui.widgets.column_chart import ColumnChart, Upright
from gui.widgets.legend import Legend
from gui.widgets.scatter_chart import HEIGHT as SCATTER_HEIGHT
from gui.widgets.scatter_chart import ScatterChart

SHEET_HEIGHT = 348


class ExploreOverview(QWidget):
    """Given a `Seen`; what is clicked is shown on the Photos page."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._seen: Seen | None = None
        self._dates = DateBins(unit="day", bins=(), n_unknown=0)
        self._sizes: tuple[SizeCount, ...] = ()
        self._waiting: list[Callable[[Seen], None]] = []
        self._next = QTimer(self)
        self._next.setInterval(0)
        self._next.timeout.connect(self._show_next)
        self._make_charts()
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(PAGE_MARGIN, 2 * GAP, PAGE_MARGIN, 2 * GAP)
        box.setSpacing(2 * GAP)
        for make in (
            self._class_card,
            self._sheet_card,
            self._size_card,
            self._byte_card,
            self._date_card,
            self._camera_card,
            self._kind_cards,
        ):
            box.addWidget(make())
        box.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._area = upright_area(inner, self.tr("Overview"))
        outer.addWidget(self._area)

    def show_seen(self, seen: Seen) -> None:
        """These photos are described: chart by chart, so that the window stays quick meanwhile."""
        self._seen = seen
        self._waiting = [
            self._show_classes,
            self._show_reasons,
            self._show_sheet,
            self._show_sizes,
            self._show_points,
            self._show_bytes,
            self._show_dates,
            self._show_cameras,
            self._show_formats,
            self._show_modes,
        ]
        self._next.start()

    def forget(self) -> None:
        """Another project is open."""
        self._seen = None
        self._waiting = []
        self.sheet.forget()

    def pick(self, pick: Pick) -> None:
        """The photos that this stands for are shown on the Photos page."""
        if self._seen is not None:
            show_pick(self._session, self._seen.facts, pick, self)

    @Slot()
    def _show_next(self) -> None:
        if self._seen is None or not self._waiting:
            self._next.stop()
            return
        self._waiting.pop(0)(self._seen)

    def _show_classes(self, seen: Seen) -> None:
        self.classes.show_rows(seen.overview.classes, {made.name: made.colour for made in seen.classes})

    def _show_reasons(self, seen: Seen) -> None:
        self.reasons.show_rows(seen.overview.reasons)
        self._reason_part.setVisible(bool(seen.overview.reasons))

    def _show_sheet(self, seen: Seen) -> None:
        self.sheet.show_seen(seen)

    def _show_sizes(self, seen: Seen) -> None:
        self.sizes.show_rows(seen.listed_sizes)
        text = self.tr("%n size(s)", "", len(seen.overview.sizes))
        if seen.n_odd_sizes:
            text += self.tr(", {0} of them unlike the others in area or shape").format(f"{seen.n_odd_sizes:,}")
        self._size_text.setText(text)

    def _show_points(self, seen: Seen) -> None:
        self._sizes = seen.overview.sizes
        self.scatter.show_points(self._sizes)

    def _show_bytes(self, seen: Seen) -> None:
        self.bytes.show_rows(seen.overview.bytes)

    def _show_cameras(self, seen: Seen) -> None:
        self.cameras.show_rows(seen.overview.cameras)

    def _show_formats(self, seen: Seen) -> None:
        self.formats.show_rows(seen.overview.formats)

    def _show_modes(self, seen: Seen) -> None:
        self.modes.show_rows(seen.overview.modes)

    def _show_dates(self, seen: Seen) -> None:
        self._dates = seen.dates
        self.dates.show_bars([Upright(bar.value, bar.n) for bar in self._dates.bins])
        self.dates.setVisible(bool(self._dates.bins))
        self._dateless.setVisible(not self._dates.bins)
        self.undated.setVisible(self._dates.n_unknown > 0)
        self.undated.setText(self.tr("%n photo(s) of unknown date", "", self._dates.n_unknown))
        self.undated.setAccessibleName(self.undated.text())

    # What was clicked

    @Slot(int)
    def _pick_date(self, at: int) -> None:
        value = self._dates.bins[at].value
        self.pick(Pick(Choice(taken=value), self.tr("taken {0}").format(value)))

    @Slot()
    def _pick_undated(self) -> None:
        self.pick(Pick(Choice(taken=""), self.tr("unknown date")))

    @Slot(object)
    def _pick_points(self, points: Sequence[int]) -> None:
        self.pick(size_pick(tuple(self._sizes[at] for at in points)))

    @Slot(object)
    def _look_at(self, row: ClassBalance) -> None:
        self.sheet.show_class(row.name)
        self._area.ensureWidgetVisible(self.sheet)

    # Parts

    def _make_charts(self) -> None:
        self.classes = ClassTable(self)
        self.sheet = SampleSheet(self._session)
        self.sizes = SizeTable(self, most_rows=(SCATTER_HEIGHT - 44) // 32)
        self.bytes = ByteTable(self)
        self.scatter = ScatterChart(
            self.tr("Photos by width and height"), self.tr("Width in pixels"), self.tr("Height in pixels")
        )
        self.dates = ColumnChart(self.tr("Photos by when they were taken"))
        reason = self.tr("excluded: {0}")
        self.reasons = CountTable(
            CountWords(
                name=self.tr("Excluded photos by reason"),
                heading=self.tr("Reason"),
                value=lambda value: value or self.tr("no reason said"),
            ),
            lambda value: Pick(Choice(excluded=True, reason=value), reason.format(value or self.tr("no reason said"))),
            self,
        )
        self.formats = self._counts(
            CountWords(name=self.tr("Photos by format"), heading=self.tr("Format"), value=or_unknown),
            lambda value: Choice(format=value),
        )
        self.modes = self._counts(
            CountWords(name=self.tr("Photos by colour mode"), heading=self.tr("Colour mode"), value=mode_word),
            lambda value: Choice(mode=value),
        )
        self.cameras = self._counts(
            CountWords(name=self.tr("Photos by camera"), heading=self.tr("Camera"), value=or_unknown),
            lambda value: Choice(camera=value),
        )
        self.classes.view.named.connect(self._look_at)
        self.scatter.chosen.connect(self._pick_points)
        self.dates.chosen.connect(self._pick_date)
        self.sheet.picked.connect(self.pick)
        for table in (self.classes, self.sizes, self.bytes, self.reasons, self.formats, self.modes, self.cameras):
            table.view.picked.connect(self.pick)

    def _counts(self, words: CountWords, choice: Callable[[str], Choice]) -> CountTable:
        def pick(value: str) -> Pick:
            return Pick(choice(value), f"{words.heading}: {words.value(value)}")

        return CountTable(words, pick, self)

    def _class_card(self) -> Card:
        card = Card()
        hint = label(self.tr("Click a bar or a number to see its photos, a name to look at some."), "muted")
        legend = Legend([(part_word(part), token) for part, token in PART_TOKENS.items()])
        self._reason_part = QWidget()
        reasons = QVBoxLayout(self._reason_part)
        reasons.setContentsMargins(0, GAP, 0, 0)
        reasons.addWidget(label(self.tr("Excluded, by reason"), "section"))
        reasons.addWidget(self.reasons.view)
        card.body.addLayout(row(label(self.tr("Classes"), "section"), hint, None, legend, spacing=2 * GAP))
        card.body.addWidget(self.classes.view)
        card.body.addWidget(self._reason_part)
        return card

    def _sheet_card(self) -> Card:
        card = Card()
        self.sheet.setFixedHeight(SHEET_HEIGHT)
        card.body.addWidget(self.sheet)
        return card

    def _size_card(self) -> Card:
        card = Card()
        self._size_text = label("", "muted")
        hint = label(self.tr("Click a point, or draw a frame around several."), "muted")
        card.body.addLayout(row(label(self.tr("Width and height"), "section"), self._size_text, None, hint))
        sides = QHBoxLayout()
        sides.setSpacing(3 * GAP)
        sides.addWidget(self.scatter, 1)
        sides.addWidget(self.sizes.view, 1, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(sides)
        return card

    def _byte_card(self) -> Card:
        card = Card(self.tr("File sizes by class, in kB"))
        card.body.addWidget(self.bytes.view)
        return card

    def _date_card(self) -> Card:
        card = Card()
        self.undated = button("", "quiet")
        self.undated.clicked.connect(self._pick_undated)
        card.body.addLayout(row(label(self.tr("When they were taken"), "section"), None, self.undated))
        self._dateless = label(self.tr("The files do not say when they were taken."), "muted")
        card.body.addWidget(self._dateless)
        card.body.addWidget(self.dates)
        return card

    def _camera_card(self) -> Card:
        card = Card(self.tr("Cameras"))
        card.body.addWidget(self.cameras.view)
        return card

    def _kind_cards(self) -> QWidget:
        made = QWidget()
        sides = QHBoxLayout(made)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(2 * GAP)
        for heading, table in (
            (self.tr("Formats"), self.formats),
            (self.tr("Colour modes"), self.modes),
        ):
            card = Card(heading)
            card.body.addWidget(table.view)
            card.body.addStretch(1)
            sides.addWidget(card, 1)
        return made
