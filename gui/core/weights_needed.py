"""Whether the pretrained weights that a recipe asks for are on this machine, asked while it is chosen or edited."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.dirs import weights_dir
from engine.base.errors import UserError
from engine.recipe.alike import from_scratch
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import Recipe
from gui.core.pool_work import on_pool
from gui.core.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsMissing:
    """Why a recipe cannot be trained as things are.

    `text`: what is missing. `network`: its name in recipes. `scratch`: the recipe that does without, None where there
    is none.
    """

    text: str
    network: str
    scratch: Recipe | None


class WeightsCheck(QObject):
    """`answered` carries a `WeightsMissing`, or None if nothing is missing, for the newest recipe.

    It is asked again by itself whenever weights have come or gone.
    """

    answered = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._recipe: Recipe | None = None
        session.weights_changed.connect(self._again)

    @Slot(object)
    def ask(self, recipe: Recipe) -> None:
        """The weights of this recipe's network are looked for."""
        if self._recipe is None or (recipe.model, recipe.head) != (self._recipe.model, self._recipe.head):
            self._recipe = recipe
            self._again()
        self._recipe = recipe

    @Slot()
    def _again(self) -> None:
        recipe = self._recipe
        if recipe is not None:
            on_pool(partial(_missing, recipe, weights_dir()), partial(self._tell, recipe), context=self)

    def _tell(self, asked: Recipe, text: str) -> None:
        recipe = self._recipe
        # Two threads may overtake each other; only the answer on what is shown counts.
        if recipe is None or (recipe.model, recipe.head) != (asked.model, asked.head):
            return
        model = recipe.model
        missing = bool(text) and isinstance(model, BackboneCfg)
        name = model.backbone if isinstance(model, BackboneCfg) else ""
        self.answered.emit(WeightsMissing(text=text, network=name, scratch=from_scratch(recipe)) if missing else None)


def _missing(recipe: Recipe, library: Path) -> str:
    """What is missing, empty if nothing is; also what the weights that are here cannot do."""
    from engine.weights.needed import check_needed

    try:
        check_needed(recipe, library)
    except UserError as error:
        return error.what
    return ""
