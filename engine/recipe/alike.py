"""Recipes beside one another: whether two describe the same network, and one that does without pretrained weights."""

from __future__ import annotations

import msgspec

from engine.recipe.catalogue import BACKBONES, SHORTLIST
from engine.recipe.head_cfg import AsIsCfg, DenseHeadCfg
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg
from engine.recipe.recipe import Recipe
from engine.recipe.training_cfg import StageCfg, TrainingCfg

# Where a recipe says nothing of epochs: as the small network from scratch has.
_SCRATCH_STAGE = StageCfg(epochs=30, lr=2e-3)
# Networks that cut the photo into patches have a table with a row for each.
_PATCHES = "timm/vit"


def same_network(one: Recipe, other: Recipe) -> bool:
    """Whether both train a network and the weights of one fit the other, but for the classes.

    First weights, rates, augmentation and the like may differ; the size of the photos only where no layer depends on
    it. Networks of timm that the catalogue does not know are taken to depend on it.
    """
    if one.training is None or other.training is None or one.head != other.head:
        return False
    if _network(one) != _network(other):
        return False
    return one.input.size == other.input.size or _any_size(one)


def from_scratch(recipe: Recipe) -> Recipe | None:
    """The recipe with random first weights, all layers learning from the beginning; None where that makes no sense.

    A recipe that learned on frozen features becomes one that trains the network.
    """
    if not isinstance(recipe.model, BackboneCfg) or isinstance(recipe.head, AsIsCfg):
        return None
    training = recipe.training or TrainingCfg(stages=(_SCRATCH_STAGE,))
    stages = tuple(StageCfg(epochs=stage.epochs, lr=stage.lr) for stage in training.stages)
    return msgspec.structs.replace(
        recipe,
        model=msgspec.structs.replace(recipe.model, weights="none"),
        head=recipe.head if isinstance(recipe.head, DenseHeadCfg) else DenseHeadCfg(),
        training=msgspec.structs.replace(training, stages=stages),
    )


def _network(recipe: Recipe) -> object:
    """What decides the shapes of a network's body."""
    model = recipe.model
    return model.layers if isinstance(model, BuiltCfg) else (_untagged(model.backbone), model.cut)


def _untagged(backbone: str) -> str:
    """A name of timm without the tag of the weights."""
    return backbone.partition(".")[0]


def _any_size(recipe: Recipe) -> bool:
    if not isinstance(recipe.head, DenseHeadCfg) or recipe.head.pool == "flatten":
        return False
    if isinstance(recipe.model, BuiltCfg):
        return True
    name = _untagged(recipe.model.backbone)
    return (name in BACKBONES or name in SHORTLIST) and not name.startswith(_PATCHES)
