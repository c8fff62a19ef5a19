"""What is about to be trained: the classes with their photos, the recipe in plain words, its settings, the button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from engine.base.ids import RunId
from engine.recipe.recipe import Recipe, SplitCfg
from engine.store.rows import ClassRow, RunRow
from gui.core.plan_words import shares_of, together_of
from gui.core.score_text import seconds_of
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, PAGE_MARGIN, Card, button, label, line
from gui.widgets.photo_viewer import colour_dot
from gui.widgets.progress_row import duration
from gui.widgets.recipe_card import RecipeCard
from gui.widgets.start_from import StartFrom
from gui.widgets.table_view import RowTable

if TYPE_CHECKING:
    from engine.project.teaching import Trainability

N_CLASS_ROWS = 6


class TrainSetup(QWidget):
    """`start_wanted` when the button is pressed; progress goes into `progress_place`, right above it."""

    start_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self._able = False
        self._plan = SplitCfg()
        self.setMinimumWidth(360)
        self.progress_place = QVBoxLayout()
        inner = QWidget()
        cards = QVBoxLayout(inner)
        cards.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN)
        cards.setSpacing(2 * GAP)
        cards.addWidget(label(self.tr("Train"), "title"))
        cards.addWidget(self._data_card())
        cards.addWidget(self._recipe_card())
        cards.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        foot = QVBoxLayout()
        foot.setContentsMargins(PAGE_MARGIN, 2 * GAP, PAGE_MARGIN, 2 * GAP)
        foot.setSpacing(GAP)
        foot.addLayout(self.progress_place)
        foot.addWidget(self._make_button())
        foot.addWidget(self._why_not)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(area, 1)
        box.addWidget(line())
        box.addLayout(foot)
        self._show_shares(self.card.recipe())

    def recipe(self) -> Recipe:
        """What is trained by."""
        return self.card.recipe()

    def start_from(self) -> RunId | None:
        """The run whose weights the training begins with; None for the recipe's own."""
        return self.first_weights.run_id()

    def shares(self) -> str:
        """What is said of which photos teach, tune and test."""
        return self._shares.text()

    def can_start(self) -> bool:
        """Whether the button can be pressed."""
        return self.train.isEnabled()

    def set_busy(self, *, busy: bool) -> None:
        """Whether a training is under way; then another cannot begin here."""
        self._busy = busy
        self.train.setVisible(not busy)
        self.train.setEnabled(self._able and not busy)

    def show_state(
        self, able: Trainability, classes: Sequence[ClassRow], runs: Sequence[RunRow], plan: SplitCfg
    ) -> None:
        """The cards speak of these classes and say whether they are enough; `plan`: how the project is divided."""
        self._able = able.ok
        self._plan = plan
        self._show_shares(self.card.recipe())
        self.train.setEnabled(able.ok and not self._busy)
        self._why_not.setVisible(not able.ok)
        self._why_not.setText(f"{able.text} {able.advice}")
        photos = self.tr("%n photo(s)", "", able.n_photos)
        in_classes = self.tr("in %n class(es)", "", able.n_classes)
        self._what.setText(f"{photos} {in_classes}" if able.ok else self.tr("Not enough labelled photos yet"))
        self.first_weights.show_runs(runs)
        self.classes.set_rows(classes)
        self._fit_table(len(classes))
        self._left_out.setVisible(bool(able.left_out) and bool(able.n_classes))
        self._left_out.setText(
            self.tr("Left out, because they have fewer than two different photos: {0}").format(", ".join(able.left_out))
        )
        last = next((run for run in runs if run.state == "finished" and run.ended_at), None)
        self._time.setVisible(last is not None)
        if last is not None:
            self._time.setText(self.tr("The last training took {0}.").format(duration(seconds_of(last))))

    def _data_card(self) -> Card:
        self._what = label("", wrap=True)
        self._left_out = label("", "muted", wrap=True)
        self._shares = label("", "muted", wrap=True)
        self.classes: TableModel[ClassRow] = TableModel(
            [
                Column(
                    heading=self.tr("Class"),
                    text=lambda row: row.name,
                    key=lambda row: row.name.casefold(),
                    colour=lambda row: colour_dot(row.colour),
                ),
                Column(
                    heading=self.tr("Photos"), text=lambda row: f"{row.n_photos:,}", key=lambda row: row.n_photos,
                    numeric=True,
                ),
            ],
            self,
        )  # fmt: skip
        self._table = RowTable(self.classes, self.tr("Classes and their photos"))
        card = Card(self.tr("What will be learned"))
        for part in (self._what, self._table, self._left_out, self._shares):
            card.body.addWidget(part)
        return card

    def _recipe_card(self) -> RecipeCard:
        self.card = RecipeCard()
        self._time = label("", "muted")
        self.first_weights = StartFrom()
        self.first_weights.show_recipe(self.card.recipe())
        for part in (self._time, self.first_weights):
            self.card.body.insertWidget(self.card.body.count() - 1, part)
        self.card.changed.connect(self._show_shares)
        self.card.changed.connect(self.first_weights.show_recipe)
        return self.card

    def _make_button(self) -> QWidget:
        self.train = button(
            self.tr("Train"), "primary", icon_name="play", shortcut="Ctrl+T", tip=self.tr("Train a model")
        )
        self.train.setEnabled(False)
        self.train.clicked.connect(self.start_wanted)
        self._why_not = label("", wrap=True)
        self._why_not.hide()
        return self.train

    def _fit_table(self, n: int) -> None:
        self._table.setVisible(n > 0)
        rows = min(n, N_CLASS_ROWS)
        height = self._table.horizontalHeader().sizeHint().height()
        self._table.setFixedHeight(height + rows * self._table.verticalHeader().defaultSectionSize() + 4)

    @Slot(object)
    def _show_shares(self, recipe: Recipe) -> None:
        split = recipe.divided_by(self._plan).split
        own = recipe.split != SplitCfg() and recipe.split != self._plan
        whose = self.tr("The recipe has its own plan.") if own else self.tr("The plan is set in Explore, Split.")
        self._shares.setText(f"{shares_of(split)} {together_of(split.groups)} {whose}")
