"""The optimiser of a stage: which layers learn, at which rate, with weight decay where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from timm.optim import create_optimizer_v2
from torch import nn

from engine.base.errors import UserError
from engine.recipe.training_cfg import OptimCfg, StageCfg


def first_learning(stage: StageCfg, n_stages: int) -> int:
    """The first of a network's stages that learns in this stage of training; the last one, the head, always does."""
    match stage.layers:
        case "head":
            return n_stages - 1
        case "last":
            return max(0, n_stages - 1 - stage.n_last)
        case "all":
            return 0


def parameter_groups(
    stages: Sequence[Sequence[nn.Parameter]], stage: StageCfg, weight_decay: float
) -> list[dict[str, Any]]:
    """Groups for an optimiser, each with its `lr`, its peak (`peak`) and its `weight_decay`.

    The head learns at `stage.lr`, every stage before it at `layer_decay` times the rate of the next (Howard and Ruder
    2018, discriminative fine-tuning). Biases and norms do not decay, as is usual with AdamW.
    """
    groups = []
    for number in range(first_learning(stage, len(stages)), len(stages)):
        lr = stage.lr * stage.layer_decay ** (len(stages) - 1 - number)
        for decays in (True, False):
            chosen = [p for p in stages[number] if (p.ndim > 1) == decays]
            if chosen:
                decay = weight_decay if decays else 0.0
                groups.append({"params": chosen, "lr": lr, "peak": lr, "weight_decay": decay})
    return groups


def make_optimiser(cfg: OptimCfg, groups: list[dict[str, Any]]) -> torch.optim.Optimizer:
    """Timm's optimiser of that name on the groups.

    Raises:
        UserError: timm knows no such optimiser, or it cannot be used here.
    """
    try:
        made = create_optimizer_v2(
            groups, opt=cfg.name, lr=groups[0]["lr"], weight_decay=cfg.weight_decay, momentum=cfg.momentum
        )
    except (ValueError, AssertionError, RuntimeError, TypeError, ImportError) as error:
        raise _refused(cfg.name, repr(error)) from error
    if getattr(made, "is_second_order", False):
        raise _refused(cfg.name, "it needs second derivatives")
    return cast("torch.optim.Optimizer", made)


def _refused(name: str, why: str) -> UserError:
    return UserError(
        f"The optimiser {name} cannot be used.",
        safe="Your photos and labels are unchanged.",
        advice="Choose adamw, adam, sgd or another of timm's optimisers in the recipe.",
        details=why,
    )
