"""The range of every number in a recipe: what forms offer and what a recipe read from a file must keep to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from engine.recipe import head_cfg
from engine.recipe.fold_cfg import MOST_FOLDS, FoldCfg
from engine.recipe.group_cfg import GroupCfg
from engine.recipe.head_cfg import ClassicCfg, DenseCfg, DenseHeadCfg, LogisticCfg
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg, ConvCfg, DropoutCfg, PoolCfg
from engine.recipe.recipe import InputCfg, Recipe, SplitCfg
from engine.recipe.training_cfg import AugmentCfg, OptimCfg, ScheduleCfg, StageCfg, StoppingCfg, TrainingCfg


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lowest and highest value, both allowed; `log`: steps in a form multiply instead of adding."""

    low: float
    high: float
    log: bool = False


_SHARE = Bounds(0.0, 1.0)
_DROPOUT = Bounds(0.0, 0.95)
_FOLDS = Bounds(2, MOST_FOLDS)
_SEED = Bounds(0, 2**31 - 1)
_STRENGTH = Bounds(1e-6, 1e6, log=True)

BOUNDS: Mapping[type[msgspec.Struct], Mapping[str, Bounds]] = {
    Recipe: {"recipe_version": Bounds(1, 1), "seed": _SEED},
    InputCfg: {"size": Bounds(8, 2048)},
    GroupCfg: {"burst_seconds": Bounds(0.0, 86_400.0)},
    SplitCfg: {"val": Bounds(0.0, 0.5), "test": Bounds(0.0, 0.5), "seed": _SEED},
    FoldCfg: {"n": Bounds(2, MOST_FOLDS), "at": Bounds(0, MOST_FOLDS - 1), "seed": _SEED},
    BackboneCfg: {"cut": Bounds(-64, 64)},
    BuiltCfg: {"input_mean": Bounds(0.0, 255.0), "input_std": Bounds(0.01, 255.0)},
    ConvCfg: {"filters": Bounds(1, 8192), "kernel": Bounds(1, 31)},
    PoolCfg: {"size": Bounds(2, 32)},
    DropoutCfg: {"p": _DROPOUT},
    LogisticCfg: {"strengths": _STRENGTH, "folds": _FOLDS},
    ClassicCfg: {
        "strength": _STRENGTH,
        "trees": Bounds(1, 10_000),
        "rounds": Bounds(1, 10_000),
        "depth": Bounds(1, 64),
        "neighbours": Bounds(1, 1000),
        "folds": _FOLDS,
    },
    DenseCfg: {"width": Bounds(1, 65_536), "dropout": _DROPOUT},
    DenseHeadCfg: {"dropout": _DROPOUT},
    head_cfg.Mapping: {"columns": Bounds(0, 999)},
    AugmentCfg: {
        "flip_h": _SHARE,
        "flip_v": _SHARE,
        "rotate": Bounds(0.0, 180.0),
        "shift": Bounds(0.0, 0.9),
        "shear": Bounds(0.0, 60.0),
        "zoom": Bounds(0.0, 0.95),
        "colour": _SHARE,
        "mixup": Bounds(0.0, 8.0),
        "cutmix": Bounds(0.0, 8.0),
        "erase": _SHARE,
    },
    StageCfg: {
        "epochs": Bounds(1, 10_000),
        "n_last": Bounds(1, 1000),
        "lr": Bounds(1e-8, 10.0, log=True),
        "layer_decay": Bounds(0.01, 1.0),
    },
    OptimCfg: {"weight_decay": Bounds(0.0, 10.0), "momentum": Bounds(0.0, 0.9999)},
    ScheduleCfg: {
        "warmup": _SHARE,
        "floor": _SHARE,
        "every": Bounds(1, 10_000),
        "factor": Bounds(0.001, 1.0),
        "patience": Bounds(0, 10_000),
    },
    StoppingCfg: {"patience": Bounds(0, 10_000)},
    TrainingCfg: {
        "batch": Bounds(1, 8192),
        "focal_gamma": Bounds(0.0, 10.0),
        "smoothing": Bounds(0.0, 0.9),
        "ema": Bounds(0.0, 0.99999),
        "clip": Bounds(0.0, 1e6),
    },
}


def out_of_bounds(part: msgspec.Struct, place: str = "") -> tuple[str, ...]:
    """One sentence for every number outside its range, naming its place; empty if there is none."""
    found: list[str] = []
    for name in part.__struct_fields__:
        value, at = getattr(part, name), f"{place}.{name}" if place else name
        if isinstance(value, msgspec.Struct):
            found += out_of_bounds(value, at)
        elif isinstance(value, tuple):
            found += _in_rows(part, name, value, at)
        else:
            found += _one(part, name, value, at)
    return tuple(found)


def _in_rows(part: msgspec.Struct, name: str, values: tuple[Any, ...], place: str) -> list[str]:
    found: list[str] = []
    for number, value in enumerate(values, start=1):
        at = f"{place}[{number}]"
        found += out_of_bounds(value, at) if isinstance(value, msgspec.Struct) else _one(part, name, value, at)
    return found


def _one(part: msgspec.Struct, name: str, value: object, place: str) -> list[str]:
    bounds = BOUNDS.get(type(part), {}).get(name)
    if bounds is None or not isinstance(value, int | float):
        return []
    if math.isfinite(value) and bounds.low <= value <= bounds.high:
        return []
    return [f"{place} is {value:g}, and has to be between {bounds.low:g} and {bounds.high:g}."]
