"""What a network's training begins with: its recipe's own weights, or those of an earlier run of the same network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from engine.base.ids import RunId
from engine.recipe.alike import same_network
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import Recipe, from_json
from engine.store.rows import RunRow
from gui.core.score_text import percent
from gui.widgets.cards import GAP, label, row

N_SHOWN = 20


class StartFrom(QWidget):
    """Hidden where there is nothing to choose: no network is trained, or none like it has been."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe: Recipe | None = None
        self._runs: tuple[RunRow, ...] = ()
        self.box = QComboBox()
        self.box.setAccessibleName(self.tr("What the training begins with"))
        self.box.setToolTip(
            self.tr("The first weights of the network: the recipe's, or what an earlier run has learned")
        )
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(16)
        self.box.currentIndexChanged.connect(self._tell)
        caption = label(self.tr("Begin with"))
        caption.setBuddy(self.box)
        self._hint = label("", "muted", wrap=True)
        line = row(caption, self.box, spacing=2 * GAP)
        line.setStretch(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(line)
        box.addWidget(self._hint)
        self._fill()

    def run_id(self) -> RunId | None:
        """The run whose weights are the first ones; None for the recipe's own."""
        found = self.box.currentData()
        return None if found is None else RunId(int(found))

    def choose(self, run_id: RunId | None) -> bool:
        """That run is the chosen one, None: the recipe's own weights; False if it is not offered."""
        at = self.box.findData(run_id)
        self.box.setCurrentIndex(max(0, at))
        return at >= 0

    def said(self) -> str:
        """What is said of the choice."""
        return self._hint.text()

    def show_recipe(self, recipe: Recipe) -> None:
        """The choice is one for this recipe."""
        self._recipe = recipe
        self._fill()

    def show_runs(self, runs: Sequence[RunRow]) -> None:
        """The choice is among these runs, the newest first; the chosen one stays chosen if it is still offered."""
        self._runs = tuple(runs)
        self._fill()

    def _fill(self) -> None:
        kept = self.run_id()
        alike = [run for run in self._runs if self._recipe is not None and _is_alike(run, self._recipe)][:N_SHOWN]
        with QSignalBlocker(self.box):
            self.box.clear()
            self.box.addItem(self._own_text(), None)
            for run in alike:
                self.box.addItem(self._run_text(run), int(run.id))
            self.box.setCurrentIndex(max(0, self.box.findData(None if kept is None else int(kept))))
        self.setVisible(bool(alike))
        self._tell()

    def _own_text(self) -> str:
        recipe = self._recipe
        if recipe is None or not isinstance(recipe.model, BackboneCfg) or recipe.model.weights == "none":
            return self.tr("Random weights")
        return self.tr("Pretrained weights")

    def _run_text(self, run: RunRow) -> str:
        if run.accuracy is None:
            return self.tr("“{0}”").format(run.name)
        return self.tr("“{0}”, {1} right").format(run.name, percent(run.accuracy))

    @Slot()
    def _tell(self) -> None:
        self._hint.setVisible(self.run_id() is not None)
        self._hint.setText(
            self.tr(
                "Goes on from what that run has learned; classes that are new begin from nothing. The model in use"
                " stays until you choose the new one."
            )
            if self.run_id() is not None
            else ""
        )


def _is_alike(run: RunRow, recipe: Recipe) -> bool:
    return run.state == "finished" and same_network(_recipe_of(run.recipe), recipe)


@lru_cache(maxsize=512)
def _recipe_of(text: str) -> Recipe:
    """The page asks for all runs again with every change of the project."""
    return from_json(text)
