"""The recipes Fieldmark comes with, by name."""

from __future__ import annotations

from engine.base.errors import UserError
from engine.recipe.built_presets import STUDY_PRESETS
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, DenseHeadCfg
from engine.recipe.model_cfg import BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AugmentCfg, ScheduleCfg, StageCfg, StoppingCfg, TrainingCfg

CLASSIC = (
    Recipe(name="svm", title="Support vector machine", head=ClassicCfg(method="svm")),
    Recipe(name="forest", title="Random forest", head=ClassicCfg(method="forest")),
    Recipe(name="boosting", title="Boosted trees", head=ClassicCfg(method="boosting")),
    Recipe(name="neighbours", title="Nearest neighbours", head=ClassicCfg(method="neighbours")),
)
AS_IS = Recipe(name="as_is", title="Pretrained network as it is", head=AsIsCfg())
# One epoch for the head alone, so that its first random answers do not shake the weights below it; then everything,
# the lower layers more slowly. What it reaches: docs/decisions/0009-training-loop.md.
FINE_TUNE = Recipe(
    name="fine_tune",
    title="Fine-tune",
    input=InputCfg(size=224),
    head=DenseHeadCfg(dropout=0.2),
    training=TrainingCfg(
        stages=(StageCfg(epochs=1, layers="head", lr=1e-2), StageCfg(epochs=5, lr=1e-3, layer_decay=0.8)),
        batch=16,
        augment=AugmentCfg(flip_h=0.5, zoom=0.3, rotate=10.0, colour=0.2),
        schedule=ScheduleCfg(kind="one_cycle"),
        smoothing=0.1,
    ),
)
FROM_SCRATCH = Recipe(
    name="from_scratch",
    title="Small network from scratch",
    input=InputCfg(size=96),
    model=BuiltCfg(layers=blocks((32, 64, 128, 256), norm=True)),
    head=DenseHeadCfg(dropout=0.3),
    training=TrainingCfg(
        stages=(StageCfg(epochs=30, lr=2e-3),),
        batch=32,
        schedule=ScheduleCfg(kind="one_cycle"),
        stopping=StoppingCfg(patience=10),
    ),
)
PRESETS: dict[str, Recipe] = {
    recipe.name: recipe for recipe in (Recipe(), FINE_TUNE, FROM_SCRATCH, *CLASSIC, AS_IS, *STUDY_PRESETS.values())
}


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
