"""Frozen bodies: networks of timm, whole or cut, that describe photos and learn nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import timm
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.base.errors import UserError
from engine.nets.backbones import Backbone, PixelNet, check_state, load_classifier, wrong_weights
from engine.nets.body import looking_at, width_of
from engine.nets.imagenet import N_CLASSES
from engine.nets.tap import TapFacts, TapInfo
from engine.nets.timm_body import TimmBody, library_net, sized
from engine.recipe.catalogue import BACKBONES
from engine.recipe.model_cfg import BackboneCfg
from engine.weights.library import KeptWeights

# Largest difference of a network's own scores from those of its last layer on its features, relative to the scores.
_SAME_SCORES = 1e-3


def known_architecture(name: str) -> str:
    """The name in timm of a network without its tag where the tag is of another version of timm, and else as it is.

    Raises:
        UserError: there is no such network.
    """
    if not timm.is_model(name):
        raise UserError(f"There is no network called {name!r} here.", advice="Install a newer version of timm.")
    try:
        timm.get_pretrained_cfg(name)
    except RuntimeError:
        return name.partition(".")[0]
    return name


def sketch_tap(model: BackboneCfg, architecture: str, size: int) -> tuple[TapInfo, int, int]:
    """Where the features come from, how many a photo of `size` pixels has, and the parameters up to there.

    Nothing is loaded, so it takes no time.

    Raises:
        UserError: the network cannot be cut there, or look at photos of that size.
    """
    with looking_at(size), torch.device("meta"):
        body = _body(timm.create_model(architecture, **sized(architecture, size)), model.cut)
    facts = BACKBONES.get(model.backbone)
    tap = TapInfo(
        architecture=architecture,
        cut=model.cut,
        input_mean=body.input_mean if facts is None else facts.input_mean,
        input_std=body.input_std if facts is None else facts.input_std,
    )
    return tap, width_of(body, size), sum(parameter.numel() for parameter in body.parameters())


def load_frozen(
    model: BackboneCfg,
    tap: TapInfo,
    facts: TapFacts,
    weights: str,
    *,
    size: int,
    seed: int,
    kept: KeptWeights | None,
) -> Backbone:
    """The body with its weights: those of the library, of a package, or random ones that follow from the seed.

    Raises:
        DamagedInput: the weights are not those of this architecture. UserError: they are not installed.
    """
    if kept is not None:
        net = library_net(tap.architecture, size, kept)
    elif model.weights == "pretrained":
        net = load_classifier(model.backbone).net
    else:
        net = _drawn(tap.architecture, size, seed)
    return _backbone(_body(net, tap.cut), tap, facts, weights)


def frozen_from_state(
    tap: TapInfo, facts: TapFacts, weights: str, state: Mapping[str, Tensor], *, size: int
) -> Backbone:
    """The body with weights from a model file, by their timm names.

    Raises:
        DamagedInput: a tensor is missing, left over or of the wrong shape, or they give other features than was said.
        UserError: this version of timm does not know the network.
    """
    known_architecture(tap.architecture)
    with looking_at(size):
        # Not on the meta device: some networks keep tables that no file holds.
        body = _body(_drawn(tap.architecture, size, 0), tap.cut)
    check_state(state, body.net.state_dict())
    body.net.load_state_dict(dict(state))
    if width_of(body, size) != facts.n_features:
        raise wrong_weights(f"{tap.architecture} does not give {facts.n_features} features")
    return _backbone(body, tap, facts, weights)


def load_own_classifier(tap: TapInfo, size: int, kept: KeptWeights) -> PixelNet:
    """The network with its own classes: photos as bytes to scores.

    Raises:
        DamagedInput: the weights are not those of this architecture.
    """
    return _pixels(library_net(tap.architecture, size, kept), tap)


def own_layer(classifier: PixelNet, size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The last layer of a network with the thousand classes of ImageNet: (d, 1000) weights and (1000,) bias.

    Afterwards the network gives the features that go into this layer.

    Raises:
        UserError: it has other classes, or answers otherwise than by one linear layer on its features.
    """
    net: Any = classifier.net
    layer = net.get_classifier()
    if not isinstance(layer, nn.Linear | nn.Conv2d) or layer.weight.shape[0] != N_CLASSES:
        raise _answers_otherwise(type(layer).__name__)
    weights = layer.weight.detach().flatten(1)
    bias = torch.zeros(N_CLASSES) if layer.bias is None else layer.bias.detach().clone()
    photo = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (1, size, size, 3), dtype=np.uint8))
    with looking_at(size), torch.inference_mode():
        scores = classifier(photo)
        net.reset_classifier(0)
        features = classifier(photo)
        if features.shape[1:] != weights.shape[1:]:
            raise _answers_otherwise(f"{tuple(features.shape)} features for {tuple(weights.shape)} weights")
        off = float((features @ weights.T + bias - scores).norm() / scores.norm())
    if not off <= _SAME_SCORES:
        raise _answers_otherwise(f"scores differ by {off:.2g}")
    return np.ascontiguousarray(weights.numpy().T), bias.numpy()


def _body(net: Any, cut: int) -> TimmBody:
    net.reset_classifier(0)
    return TimmBody(net, None, cut=cut, pool="average", title="")


def _drawn(architecture: str, size: int, seed: int) -> nn.Module:
    """The network with random weights that follow from the seed; torch's generator is afterwards as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        net: nn.Module = timm.create_model(architecture, **sized(architecture, size))
    return net


def _backbone(body: TimmBody, tap: TapInfo, facts: TapFacts, weights: str) -> Backbone:
    return Backbone(facts=facts, net=_pixels(body, tap), timm_net=body.net, weights=weights)


def _pixels(net: nn.Module, tap: TapInfo) -> PixelNet:
    return PixelNet(net, tap.input_mean, tap.input_std).eval().requires_grad_(False)


def _answers_otherwise(details: str) -> UserError:
    return UserError(
        "This network cannot be used as it is: it does not answer with the thousand classes of ImageNet.",
        safe="Your photos and labels are unchanged.",
        advice="Choose another network, or train with another recipe.",
        details=details,
    )
