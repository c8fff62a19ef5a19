"""A body from timm: any of its classification networks, whole or cut, random or with pretrained weights."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Literal

import timm
import torch
from safetensors import SafetensorError
from timm.models import group_parameters
from torch import Tensor, nn

from engine.base.errors import UserError
from engine.nets.backbones import load_classifier
from engine.nets.body import Body, Triple, looking_at
from engine.recipe.catalogue import BACKBONES, BackboneFacts, backbone_facts
from engine.recipe.model_cfg import BackboneCfg
from engine.weights.digest import sha256_of
from engine.weights.library import KeptWeights, damaged_weights, find_weights

TIMM_PREFIX = "timm/"


class TimmBody(Body):
    """A network of timm without its classifier.

    Whole and averaged, it pools the way it was made to (VGG: its two wide layers; ViT: the class token). Cut, or with
    `pool` = flatten, the vector is the mean of its last feature map, or that map itself.
    """

    def __init__(self, net: nn.Module, facts: BackboneFacts | None, *, cut: int, pool: str, title: str) -> None:
        mean, std = _preprocessing(net, facts)
        super().__init__(title=title, input_mean=mean, input_std=std)
        self.net = net
        self.pool = pool
        self.tap = _cut(net, cut) if cut else None

    def forward(self, x: Tensor) -> Tensor:
        """(n, 3, side, side) float32, normalised, to (n, d)."""
        net: Any = self.net
        if self.tap is not None:
            taps = net.forward_intermediates(x, indices=[self.tap], stop_early=True, intermediates_only=True)
            found: Tensor = taps[0]
        elif self.pool == "flatten":
            found = _one_map(net.forward_features(x))
        else:
            found = net(x)
        if self.pool == "average" and found.ndim == 4:
            found = found.mean(dim=(2, 3))
        return found.flatten(1)

    def stage_numbers(self) -> dict[str, int]:
        """The stages as timm groups its layers, coarsely; one for each part of a network that it does not group."""
        names = [name for name, _ in self.net.named_parameters()]
        try:
            matcher = self.net.group_matcher(coarse=True)  # type: ignore[operator]
        except (AttributeError, AssertionError, NotImplementedError):
            parts = list(dict.fromkeys(name.partition(".")[0] for name in names))
            return {f"net.{name}": parts.index(name.partition(".")[0]) for name in names}
        grouped = group_parameters(self.net, matcher, reverse=True)
        return {f"net.{name}": int(grouped[name]) for name in names}


def build_body(
    cfg: BackboneCfg, pool: Literal["average", "flatten"], *, size: int, pretrained: bool, library: Path | None
) -> TimmBody:
    """The body that `cfg` describes, for photos of `size` pixels; random weights from torch's global generator.

    Raises:
        UserError: no such network, it cannot be cut there, or its weights are not on this machine.
        DamagedInput: the weights are not those of this architecture.
    """
    if cfg.backbone in BACKBONES:
        facts = backbone_facts(cfg.backbone)
        net = load_classifier(cfg.backbone).net if pretrained else timm.create_model(facts.timm_name)
        title = facts.title
    else:
        facts, title = None, timm_name(cfg.backbone)
        net = _fetched(title, size, library) if pretrained else timm.create_model(title, **sized(title, size))
    net.reset_classifier(0)  # type: ignore[operator]  # timm types its models as plain modules
    net.train().requires_grad_(True)
    if pool == "flatten" and not cfg.cut:
        _drop_idle(net, size)
    return TimmBody(net, facts, cut=cfg.cut, pool=pool, title=title)


def timm_name(backbone: str) -> str:
    """The name in timm of a network called `timm/NAME`.

    Raises:
        UserError: there is no such network; the advice names similar ones.
    """
    name = backbone.removeprefix(TIMM_PREFIX)
    if backbone.startswith(TIMM_PREFIX) and timm.is_model(name):
        return name
    similar = difflib.get_close_matches(name, dict.fromkeys([*BACKBONES, *timm.list_models()]), n=4)
    known = [found if found in BACKBONES else TIMM_PREFIX + found for found in similar or BACKBONES]
    raise UserError(
        f"There is no network called {backbone!r}.", advice=f"Did you mean one of these: {', '.join(known)}?"
    )


def sized(name: str, size: int) -> dict[str, int]:
    """What a network whose layers depend on the size of its input must be told."""
    cfg = timm.get_pretrained_cfg(name)
    return {"img_size": size} if cfg is not None and cfg.fixed_input_size else {}


def _fetched(name: str, size: int, library: Path | None) -> nn.Module:
    return library_net(name, size, find_weights(library, name))


def library_net(name: str, size: int, kept: KeptWeights) -> nn.Module:
    """The network of timm's `name` with these weights: the very bytes, every tensor in its place.

    Raises:
        DamagedInput: the file is not what the library says, or not of this network.
    """
    if sha256_of(kept.path) != kept.info.sha256:
        raise damaged_weights(kept.path)
    overlay: dict[str, object] = {"file": str(kept.path), "num_classes": kept.info.n_classes}
    if kept.info.origin == "imported":
        overlay["label_offset"] = None
    try:
        net: nn.Module = timm.create_model(
            name,
            pretrained=True,
            pretrained_cfg_overlay=overlay,
            num_classes=kept.info.n_classes,
            **sized(name, size),
        )
    except (RuntimeError, KeyError, ValueError, OSError, SafetensorError) as error:
        raise damaged_weights(kept.path) from error
    if not all(bool(torch.isfinite(tensor).all()) for tensor in net.state_dict().values()):
        raise damaged_weights(kept.path)
    return net


def _drop_idle(net: Any, size: int) -> None:
    """Layers that only pool (as the wide ones of VGG) are gone where the feature map is wanted: they would never learn.

    Raises:
        UserError: the network cannot look at photos of `size` pixels.
    """
    parameters = dict(net.named_parameters())
    photo = torch.zeros(1, 3, size, size, device=next(iter(parameters.values())).device)
    with looking_at(size), torch.enable_grad():
        total = _one_map(net.eval().forward_features(photo)).sum()
    slopes = torch.autograd.grad(total, list(parameters.values()), allow_unused=True)
    idle = {name for name, slope in zip(parameters, slopes, strict=True) if slope is None}
    gone = "."
    for prefix, module in list(net.named_modules()):
        names = {f"{prefix}.{name}" for name, _ in module.named_parameters()}
        if prefix and names and names <= idle and not prefix.startswith(f"{gone}."):
            net.set_submodule(prefix, nn.Identity())
            gone = prefix
    net.train()


def _one_map(out: object) -> Tensor:
    """What the layers before pooling give.

    Raises:
        UserError: they give several maps, which only the network's own pooling can bring together.
    """
    if isinstance(out, Tensor):
        return out
    raise UserError(
        "This network has no single feature map to flatten.",
        safe="Your photos and labels are unchanged.",
        advice="Choose the mean instead of flattening, or cut the network.",
    )


def _cut(net: Any, cut: int) -> int:
    """The position of the last stage that is kept; the layers after it are gone from the network.

    Raises:
        UserError: the network cannot be cut, or has fewer stages.
    """
    taps = getattr(net, "feature_info", None)
    if taps is None or not hasattr(net, "prune_intermediate_layers"):
        raise UserError("This network cannot be cut.", advice="Use the whole network (cut 0), or choose another one.")
    n_stages = len(taps)
    n_kept = cut if cut > 0 else n_stages + cut
    if not 1 <= n_kept <= n_stages:
        raise UserError(
            f"The network has {n_stages} stages; it cannot be cut at {cut}.",
            advice=f"Keep 1 to {n_stages} stages, or leave out 1 to {n_stages - 1} (negative).",
        )
    net.prune_intermediate_layers([n_kept - 1], prune_norm=True, prune_head=True)
    return n_kept - 1


def _preprocessing(net: Any, facts: BackboneFacts | None) -> tuple[Triple, Triple]:
    """Mean and standard deviation of pixel values 0..255; timm states them for 0..1."""
    if facts is not None:
        return facts.input_mean, facts.input_std
    mean, std = (tuple(255.0 * value for value in net.pretrained_cfg[key]) for key in ("mean", "std"))
    return (mean[0], mean[1], mean[2]), (std[0], std[1], std[2])
