"""The search for a learning rate: its button, how far it is, the curve it found, and using the rate."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.base.events import Phase
from engine.data.rate_found import RateFound
from engine.recipe.recipe import Recipe
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.progress_row import ProgressRow
from gui.widgets.rate_plot import RatePlot, rate_text, rounded


class RateForm(QWidget):
    """`wanted` carries the recipe to search for, `use_wanted` the rate to put into it; `stop_wanted` ends a search."""

    wanted = Signal(object)
    stop_wanted = Signal()
    use_wanted = Signal(float)

    def __init__(self, recipe: Recipe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe = recipe
        self._of: Recipe | None = None
        self._progress: ProgressRow | None = None
        self._intro = label("", "muted", wrap=True)
        self.find = button(self.tr("Find a good learning rate"), icon_name="search")
        self.find.clicked.connect(self._find)
        self._progress_place = QVBoxLayout()
        self._said = label("", wrap=True)
        self.plot = RatePlot()
        self.plot.moved.connect(self._offer)
        self.plot.picked.connect(self._use)
        self.use = button("", "primary", icon_name="check")
        self.use.clicked.connect(self._use)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 2 * GAP, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(self._intro)
        box.addLayout(row(self.find, None))
        box.addLayout(self._progress_place)
        box.addWidget(self._said)
        box.addWidget(self.plot, 1)
        box.addLayout(row(None, self.use))
        box.addStretch(0)
        self._show_curve(shown=False)
        self.show_recipe(recipe)

    def said(self) -> str:
        """What is said of the search."""
        return self._said.text()

    def show_recipe(self, recipe: Recipe) -> None:
        """The recipe as it is being edited."""
        self._recipe = recipe
        trains = recipe.training is not None
        self._intro.setText(
            self.tr(
                "How fast a network learns is the one number worth trying out. The search trains a throw-away network"
                " for some seconds to minutes, faster and faster, and watches where the loss falls best."
            )
            if trains
            else self.tr("This recipe trains no network, and has no learning rate.")
        )
        self.find.setEnabled(trains and self._progress is None)
        if self._of is not None and not self.plot.isHidden():
            self._tell_staleness()

    @Slot()
    def show_asking(self) -> None:
        """A search is under way."""
        self._of = self._recipe
        self.find.setEnabled(False)
        self._said.clear()
        self._show_curve(shown=False)
        self._progress = ProgressRow(self.tr("Finding a learning rate"), narrow=True)
        self._progress.set_waiting()
        self._progress.stop_wanted.connect(self.stop_wanted)
        self._progress_place.addWidget(self._progress)

    @Slot(object)
    def show_progress(self, phase: Phase) -> None:
        """How far the search is."""
        if self._progress is not None:
            self._progress.set_phase(phase)

    @Slot(object)
    def show_found(self, found: RateFound) -> None:
        """The search has ended with this curve."""
        self._end()
        self.plot.show_curve(found.rates, found.losses, found.suggested)
        self._show_curve(shown=len(found.rates) > 1)
        if found.suggested is None:
            self.use.hide()
            self._said.setText(
                self.tr(
                    "No rate made the loss fall clearly. Use larger batches, or leave the rate as it is; a point on the"
                    " curve can be chosen all the same."
                )
            )
        else:
            self._offer(found.suggested)
            self._tell_staleness()

    @Slot(str)
    def show_problem(self, text: str) -> None:
        """The search has ended without a curve, and why; empty where it was stopped."""
        self._end()
        self._said.setText(text or self.tr("The search was stopped."))

    def _tell_staleness(self) -> None:
        assert self._of is not None
        text = self.tr("The marked rate is somewhat below the one where the loss falls most steeply.")
        if _without_rates(self._of) != _without_rates(self._recipe):
            text = self.tr("The recipe has changed since; search again for a rate that suits it.")
        elif len(self._recipe.training.stages if self._recipe.training else ()) > 1:
            text += " " + self.tr("It is for the last stage; the rates of the others stay as they are.")
        self._said.setText(text)

    def _end(self) -> None:
        if self._progress is not None:
            self._progress.hide()
            self._progress.deleteLater()
            self._progress = None
        self.find.setEnabled(self._recipe.training is not None)

    def _show_curve(self, *, shown: bool) -> None:
        self.plot.setVisible(shown)
        self.use.setVisible(shown)

    @Slot(float)
    def _offer(self, rate: float) -> None:
        text = self.tr("Use {0}").format(rate_text(rate))
        self.use.setText("\u2009" + text)
        self.use.setAccessibleName(text)
        self.use.show()

    @Slot()
    def _find(self) -> None:
        self.wanted.emit(self._recipe)

    @Slot()
    def _use(self) -> None:
        rate = self.plot.rate()
        if rate is not None:
            self.use_wanted.emit(rounded(rate))


def _without_rates(recipe: Recipe) -> Recipe:
    """What the search depends on: all of the recipe but its names and rates."""
    training = recipe.training
    if training is not None:
        stages = tuple(msgspec.structs.replace(stage, lr=0.0) for stage in training.stages)
        training = msgspec.structs.replace(training, stages=stages)
    return msgspec.structs.replace(recipe, training=training, name="", title="")
