"""Whether the pretrained weights that a recipe asks for are on this machine; asked before a run begins."""

from __future__ import annotations

from pathlib import Path

from engine.base.errors import UserError
from engine.recipe.catalogue import BACKBONES
from engine.recipe.head_cfg import AsIsCfg
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import Recipe
from engine.weights.library import find_weights
from engine.weights.packaged import weights_path

TIMM_PREFIX = "timm/"
N_IMAGENET = 1000


def check_needed(recipe: Recipe, library: Path | None) -> None:
    """Nothing, if the weights are here and can do what the recipe wants of them.

    That there is a network of that name is not checked here: timm knows the names, and takes seconds to load.

    Raises:
        UserError: they are not here, or an untrained network is to answer that has no classes of its own.
    """
    model = recipe.model
    as_is = isinstance(recipe.head, AsIsCfg)
    if not isinstance(model, BackboneCfg):
        return
    if as_is and (model.weights == "none" or model.cut):
        raise UserError(
            "Only a whole network with pretrained weights can be used as it is.",
            safe="Your photos and labels are unchanged.",
            advice="Set cut to 0 and weights to pretrained, or train with another recipe.",
        )
    if model.weights == "none":
        return
    if model.backbone in BACKBONES:
        weights_path(BACKBONES[model.backbone])
    elif model.backbone.startswith(TIMM_PREFIX):
        info = find_weights(library, model.backbone.removeprefix(TIMM_PREFIX)).info
        if as_is and info.n_classes != N_IMAGENET:
            raise UserError(
                f"{info.title} cannot be used as it is: it does not know the thousand classes of ImageNet.",
                safe="Your photos and labels are unchanged.",
                advice="Choose another network, or train with another recipe.",
                details=f"its own classes: {info.n_classes}",
            )
