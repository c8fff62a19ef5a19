"""A recipe shown to be changed, with all that its dialog asks the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from engine.recipe.recipe import Recipe
from gui.core.session import Session
from gui.core.weights_needed import WeightsCheck

if TYPE_CHECKING:
    from gui.dialogs.recipe import RecipeDialog


def edit_recipe(
    session: Session,
    window: QWidget,
    recipe: Recipe,
    others: Sequence[Recipe],
    n_classes: int,
    use: Callable[[Recipe], None],
    *,
    own: bool = False,
) -> RecipeDialog:
    """The dialog is on the screen; `use` is called with the recipe that the user settles on.

    Args:
        others: all recipes there are. n_classes: that its networks would tell apart. own: the recipe is the user's,
            and changes are kept in it.
    """
    from gui.core.augment_asking import AugmentAsker
    from gui.core.layer_asking import LayerAsker
    from gui.core.rate_asking import RateAsker
    from gui.dialogs.recipe import RecipeDialog

    dialog = RecipeDialog(
        window,
        recipe,
        others,
        own=own,
        layers=LayerAsker(session, n_classes),
        rates=RateAsker(session),
        augments=AugmentAsker(session),
        weights=WeightsCheck(session),
    )
    dialog.weights_wanted.connect(session.show_weights)
    dialog.chosen.connect(use)
    dialog.open()
    return dialog
