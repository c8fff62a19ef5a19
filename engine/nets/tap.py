"""Where a model takes its features from, as its description tells it: which network, cut where, fed how."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Protocol

import msgspec

from engine.recipe.catalogue import BACKBONES
from engine.recipe.model_cfg import BackboneCfg
from engine.recipe.recipe import Recipe

# No network of timm gives a vector nearly as long, pooled.
MAX_FEATURES = 1 << 16
_PREFIX = "timm/"


class TapInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What else than its tensors it takes to build a frozen body again.

    `architecture`: timm's name, with the tag of the weights where it is known. `cut`: as in `BackboneCfg`.
    `input_mean`, `input_std`: of pixel values 0..255, per channel.
    """

    architecture: str
    cut: int
    input_mean: tuple[float, float, float]
    input_std: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TapFacts:
    """What is known of a tap before its network is loaded; as of `BackboneFacts`, with a name fit for file names.

    `n_parameters`: up to the cut; None where the network was not looked at.
    """

    name: str
    title: str
    licence: str
    n_features: int
    n_parameters: int | None = None


class Described(Protocol):
    """The part of a model's description that says where its features come from."""

    @property
    def recipe(self) -> Recipe:
        """The recipe it was trained by."""

    @property
    def backbone(self) -> str:
        """The network's name in the recipe."""

    @property
    def backbone_title(self) -> str:
        """What it is called."""

    @property
    def backbone_licence(self) -> str:
        """Of its weights."""

    @property
    def weights(self) -> str:
        """The identity of its weights."""

    @property
    def n_features(self) -> int:
        """Length of the vector a photo becomes."""

    @property
    def tap(self) -> TapInfo | None:
        """None for a whole backbone of the catalogue, of which all is known."""


def is_whole(model: BackboneCfg) -> bool:
    """Whether it is a backbone of the catalogue as it was published."""
    return model.backbone in BACKBONES and model.weights == "pretrained" and not model.cut


def tap_name(model: BackboneCfg, architecture: str) -> str:
    """What caches know a tap by: the architecture and where it is cut, fit for file names."""
    base = model.backbone if model.backbone in BACKBONES else f"timm-{architecture}"
    return f"{base}-cut{model.cut}" if model.cut else base


def random_id(architecture: str, seed: int) -> str:
    """The identity of random weights, a hex digest: they follow from the architecture and the seed."""
    return hashlib.sha256(f"random {architecture} {seed}".encode()).hexdigest()


def tap_rules(info: Described) -> dict[str, bool]:
    """Whether a description keeps the rules about its network, by the name of the rule."""
    model, tap = info.recipe.model, info.tap
    if not isinstance(model, BackboneCfg) or model.backbone != info.backbone:
        return {"backbone": False}
    facts = BACKBONES.get(info.backbone)
    if tap is None:
        return {"backbone": facts is not None and info.n_features == facts.n_features}
    known = facts.timm_name if facts is not None else info.backbone.removeprefix(_PREFIX)
    return {
        "backbone": facts is not None or info.backbone.startswith(_PREFIX),
        "architecture": tap.architecture.partition(".")[0] == known.partition(".")[0],
        "cut": tap.cut == model.cut,
        "features": 1 <= info.n_features <= MAX_FEATURES,
        "preprocessing": all(map(math.isfinite, (*tap.input_mean, *tap.input_std))) and min(tap.input_std) > 0.0,
    }
