"""A recipe: every choice that makes one training run what it is, as one frozen value."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec


class InputCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a photo becomes the network's input.

    `size`: side of the square input in pixels. `fit`: `whole` squeezes the whole photo into the square; `crop` keeps
    the proportions and takes the centre. `views`: `one`, or `flip` = the mean of the photo and its mirror image.
    The defaults were chosen by measurement: docs/decisions/0006-quick-recipe.md.
    """

    size: int = 320
    fit: Literal["whole", "crop"] = "whole"
    views: Literal["one", "flip"] = "one"


class ModelCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which backbone, by its name in the catalogue, and which head stands on it."""

    backbone: str = "efficientnet_lite0"
    head: Literal["logistic"] = "logistic"


class HeadCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Multinomial logistic regression on frozen features.

    `strengths`: candidates for C, the inverse of the L2 penalty's weight, smaller = simpler model; one is chosen by
    cross-validation with `folds` folds. `balanced`: every class weighs the same, however many photos it has.
    """

    strengths: tuple[float, ...] = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
    folds: int = 5
    balanced: bool = True


class SplitCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shares of the photos that validation and test get (the rest is training), and the seed of the draw."""

    val: float = 0.15
    test: float = 0.2
    seed: int = 0
    use_given: bool = True


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One complete description of a training run; equal recipes and seeds on equal data give equal numbers."""

    recipe_version: int = 1
    name: str = "quick"
    title: str = "Quick"
    input: InputCfg = InputCfg()
    model: ModelCfg = ModelCfg()
    head: HeadCfg = HeadCfg()
    split: SplitCfg = SplitCfg()
    seed: int = 0


def to_json(recipe: Recipe) -> str:
    """Canonical JSON: sorted keys, no spaces; equal recipes give equal text."""
    return msgspec.json.encode(recipe, order="sorted").decode()


def from_json(text: str | bytes) -> Recipe:
    """The recipe a JSON text holds.

    Raises:
        msgspec.ValidationError: unknown key or wrong type; the message names the place.
    """
    return msgspec.json.decode(text, type=Recipe)


def sha256_of(recipe: Recipe) -> str:
    """Hex digest of the canonical JSON; the identity of a recipe."""
    return hashlib.sha256(to_json(recipe).encode()).hexdigest()
