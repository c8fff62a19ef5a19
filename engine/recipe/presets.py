"""The recipes Fieldmark comes with, by name."""

from __future__ import annotations

from engine.base.errors import UserError
from engine.recipe.built_presets import STUDY_PRESETS
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg
from engine.recipe.recipe import Recipe

CLASSIC = (
    Recipe(name="svm", title="Support vector machine", head=ClassicCfg(method="svm")),
    Recipe(name="forest", title="Random forest", head=ClassicCfg(method="forest")),
    Recipe(name="boosting", title="Boosted trees", head=ClassicCfg(method="boosting")),
    Recipe(name="neighbours", title="Nearest neighbours", head=ClassicCfg(method="neighbours")),
)
AS_IS = Recipe(name="as_is", title="Pretrained network as it is", head=AsIsCfg())
PRESETS: dict[str, Recipe] = {recipe.name: recipe for recipe in (Recipe(), *CLASSIC, AS_IS, *STUDY_PRESETS.values())}


def preset(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        UserError: there is none; the advice lists those there are.
    """
    try:
        return PRESETS[name]
    except KeyError:
        raise UserError(
            f"There is no recipe called {name!r}.",
            advice=f"Choose one of: {', '.join(sorted(PRESETS))}.",
        ) from None
