"""Backbones as torch modules that take photos as bytes: preprocessing is part of them and cannot be mismatched."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import timm
import torch
from torch import Tensor, nn

from engine.base.errors import DamagedInput
from engine.nets.body import Triple
from engine.nets.tap import TapFacts
from engine.recipe.catalogue import BackboneFacts, backbone_facts
from engine.weights.packaged import weights_id, weights_path

N_ORIGINAL_CLASSES = 1000


class PixelNet(nn.Module):
    """A network with its preprocessing in front.

    `forward` takes (n, side, side, 3) uint8 RGB and returns (n, d) features or scores.
    """

    memory_format = torch.contiguous_format

    def __init__(self, net: nn.Module, input_mean: Triple, input_std: Triple) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("mean", torch.tensor(input_mean).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(input_std).reshape(1, 3, 1, 1), persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Features of a batch; see the class."""
        mean, std = self.get_buffer("mean"), self.get_buffer("std")
        # (n, 3, side, side), still in the channels-last order of the photo unless that was changed.
        x = ((pixels.permute(0, 3, 1, 2).float() - mean) / std).contiguous(memory_format=self.memory_format)
        out: Tensor = self.net(x)
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A loaded backbone, in evaluation mode on the CPU, float32.

    `weights` identifies its weights (see `weights_id`). `timm_net`: the model of timm inside, without a classifier.
    """

    facts: BackboneFacts | TapFacts
    net: PixelNet
    timm_net: nn.Module
    weights: str


def load_backbone(name: str) -> Backbone:
    """The named backbone with the weights of its package, giving (n, n_features) pooled features.

    Raises:
        UserError: no such backbone, or its weights are not installed.
        DamagedInput: the weights are not those of this architecture.
    """
    facts = backbone_facts(name)
    classifier = load_classifier(name)
    classifier.net.reset_classifier(0)  # type: ignore[operator]  # timm types its models as plain modules
    return Backbone(facts=facts, net=classifier, timm_net=classifier.net, weights=weights_id(facts))


def load_classifier(name: str) -> PixelNet:
    """The named backbone as it was trained: (n, 1000) scores of the ImageNet classes.

    Raises:
        As `load_backbone`.
    """
    facts = backbone_facts(name)
    path = weights_path(facts)
    model = timm.create_model(facts.timm_name, pretrained=False, num_classes=N_ORIGINAL_CLASSES)
    model.load_state_dict(in_order(_read_tensors(path), model.state_dict(), path.name))
    return _frozen(model, facts)


def backbone_from_state(facts: BackboneFacts, state: Mapping[str, Tensor], weights: str) -> Backbone:
    """A backbone with weights that came from elsewhere, by their timm names.

    Raises:
        DamagedInput: a tensor is missing, left over, or of the wrong shape.
    """
    with torch.device("meta"):
        model = timm.create_model(facts.timm_name, pretrained=False, num_classes=0)
    check_state(state, model.state_dict())
    model.load_state_dict(dict(state), assign=True)
    return Backbone(facts=facts, net=_frozen(model, facts), timm_net=model, weights=weights)


def check_state(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    """Nothing, if `found` has exactly the wanted names, shapes and kinds of numbers, all of them finite.

    Raises:
        DamagedInput: kind `damaged`, with the first difference in the details.
    """
    for name in sorted(found.keys() ^ wanted.keys()):
        raise wrong_weights(f"tensor {name} is {'left over' if name in found else 'missing'}")
    for name, tensor in wanted.items():
        if found[name].shape != tensor.shape or found[name].dtype != tensor.dtype:
            raise wrong_weights(f"{name}: {found[name].dtype} {tuple(found[name].shape)}, not {tuple(tensor.shape)}")
        if not bool(torch.isfinite(found[name]).all()):
            raise wrong_weights(f"{name}: not finite")


def in_order(tensors: Sequence[Tensor], wanted: Mapping[str, Tensor], source: str) -> dict[str, Tensor]:
    """The n-th tensor under the n-th wanted name: published weights name their layers differently but order them alike.

    Raises:
        DamagedInput: another number of tensors, or a tensor of another shape.
    """
    if len(tensors) != len(wanted):
        raise wrong_weights(f"{source}: {len(tensors)} tensors, not {len(wanted)}")
    for tensor, (name, place) in zip(tensors, wanted.items(), strict=True):
        if tensor.shape != place.shape:
            raise wrong_weights(f"{source}: {name} is {tuple(tensor.shape)}, not {tuple(place.shape)}")
    return dict(zip(wanted, tensors, strict=True))


def _frozen(model: nn.Module, facts: BackboneFacts) -> PixelNet:
    return PixelNet(model, facts.input_mean, facts.input_std).eval().requires_grad_(False)


def _read_tensors(path: Path) -> list[Tensor]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise wrong_weights(f"{path.name}: {error!r}") from error
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise wrong_weights(f"{path.name}: not a table of tensors")
    return list(state.values())


def wrong_weights(details: str) -> DamagedInput:
    """The error for weights that are not those of the network they are said to be of."""
    return DamagedInput(
        "damaged",
        "The weights of the backbone are damaged or belong to another network.",
        safe="Your photos and labels are unchanged.",
        advice="Install the package with the weights again, or use another model file.",
        details=details,
    )
