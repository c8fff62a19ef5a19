"""A recipe: every choice that makes one training run what it is, as one frozen value."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from engine.recipe.fold_cfg import FoldCfg
from engine.recipe.group_cfg import GroupCfg
from engine.recipe.head_cfg import DenseHeadCfg, HeadCfg, LogisticCfg
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg, ModelCfg
from engine.recipe.training_cfg import TrainingCfg


class InputCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a photo becomes the network's input.

    `size`: side of the square input in pixels. `fit`: `whole` squeezes the whole photo into the square; `crop` keeps
    the proportions and takes the centre. `views`: `one`, or `flip` = the mean of the photo and its mirror image.
    The defaults were chosen by measurement: docs/decisions/0006-quick-recipe.md.
    """

    size: int = 288
    fit: Literal["whole", "crop"] = "whole"
    views: Literal["one", "flip"] = "one"


class SplitCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shares of the photos that validation and test get (the rest is training), and the seed of the draw.

    `use_given`: photos in folders named train, val or test are divided so. `groups`: which photos stay together.
    `fold`: which fold is tested instead of the test photos, which are left out altogether; unset: the test photos are.
    """

    val: float = 0.15
    test: float = 0.2
    seed: int = 0
    use_given: bool = True
    groups: GroupCfg = GroupCfg()
    # Unset, and so in no text, where there is none: recipes of before read and hash as they did.
    fold: FoldCfg | msgspec.UnsetType = msgspec.UNSET

    @property
    def whole(self) -> SplitCfg:
        """The plan whose test photos are locked while its folds are tested; itself without a fold."""
        return msgspec.structs.replace(self, fold=msgspec.UNSET)

    def fold_of(self, n: int, at: int, seed: int) -> SplitCfg:
        """The plan by which fold `at`, from 0, of `n` is tested; see `FoldCfg`."""
        return msgspec.structs.replace(self, fold=FoldCfg(n=n, at=at, seed=seed))


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One complete description of a training run; equal recipes and seeds on equal data give equal numbers.

    `training` is there where a network is trained, that is, where the head is one of dense layers.
    """

    recipe_version: int = 1
    name: str = "quick"
    title: str = "Quick"
    input: InputCfg = InputCfg()
    model: ModelCfg = BackboneCfg()
    head: HeadCfg = LogisticCfg()
    training: TrainingCfg | None = None
    split: SplitCfg = SplitCfg()
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse sections that contradict each other (ValueError; ValidationError when decoding)."""
        if (self.training is not None) != isinstance(self.head, DenseHeadCfg):
            raise ValueError("a recipe says how to train a network exactly where its head is of dense layers")
        if isinstance(self.model, BuiltCfg) and self.training is None:
            raise ValueError("a network built from layers has no features before it is trained")

    @property
    def is_quick(self) -> bool:
        """Whether only a logistic regression on frozen features is learned."""
        return isinstance(self.head, LogisticCfg)

    def divided_by(self, plan: SplitCfg) -> Recipe:
        """The recipe with this plan as its split, unless it says something of its own: differs from the usual one."""
        return self if self.split != SplitCfg() else msgspec.structs.replace(self, split=plan)


def backbone_name(recipe: Recipe) -> str | None:
    """The backbone's name in the catalogue or in timm; None for a network built from layers."""
    return recipe.model.backbone if isinstance(recipe.model, BackboneCfg) else None


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
