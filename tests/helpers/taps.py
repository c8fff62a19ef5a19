"""Recipes on the features of other networks, and a library with tiny weights of them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import timm
import torch
from safetensors.torch import save_file

from engine.nets.weights_import import import_weights
from engine.recipe.head_cfg import HeadCfg
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import InputCfg, Recipe
from tests.helpers.learning import SIZE, TINY

# Made to be tested with: a third of a million parameters, five stages.
RESNET = "timm/test_resnet"


def tap_recipe(
    backbone: str = RESNET,
    *,
    cut: int = 0,
    weights: Literal["pretrained", "none"] = "none",
    head: HeadCfg = TINY.head,
    size: int = SIZE,
    seed: int = 0,
) -> Recipe:
    """A recipe of a head on frozen features."""
    model = BackboneCfg(backbone=backbone, weights=weights, cut=cut)
    return Recipe(name="tap", title="Tap", model=model, head=head, input=InputCfg(size=size), seed=seed)


def keep_drawn(library: Path, name: str = "test_resnet", *, n_classes: int = 7, seed: int = 3) -> torch.nn.Module:
    """The library holds random weights of timm's network `name`, which is returned, as if they had been imported."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net: torch.nn.Module = timm.create_model(name, num_classes=n_classes)
    library.mkdir(parents=True, exist_ok=True)
    path = library / "came.safetensors.part"
    save_file(net.state_dict(), path.with_suffix(""))
    import_weights(path.with_suffix(""), f"timm/{name}", library, licence="MIT")
    path.with_suffix("").unlink()
    return net.eval()
