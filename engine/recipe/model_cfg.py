"""Which network looks at the photos: a backbone of the catalogue or of timm, or one built from a list of layers."""

from __future__ import annotations

from typing import Literal

import msgspec


class BackboneCfg(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="backbone"
):
    """A backbone by its name in the catalogue, or any classification network of timm as `timm/NAME`.

    `weights`: `pretrained`, or `none` = random (training from scratch). `cut`: 0 for the whole network; n > 0 keeps its
    first n stages only (the tap of deep features), n < 0 leaves the last -n stages out.
    """

    backbone: str = "efficientnet_lite0"
    weights: Literal["pretrained", "none"] = "pretrained"
    cut: int = 0


class ConvCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="layer", tag="conv"):
    """A convolution with bias, then batch norm and ReLU where wanted; `same` keeps the size, `valid` pads nothing."""

    filters: int
    kernel: int = 3
    padding: Literal["same", "valid"] = "same"
    norm: bool = False
    relu: bool = True


class PoolCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="layer", tag="pool"):
    """Maximum or mean over squares of `size` x `size`; what is left over at the edge is dropped."""

    how: Literal["max", "average"] = "max"
    size: int = 2


class NormCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="layer", tag="norm"):
    """Batch norm of every channel."""


class DropoutCfg(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="layer", tag="dropout"
):
    """Each value is left out with probability `p` while training."""

    p: float


Layer = ConvCfg | PoolCfg | NormCfg | DropoutCfg


class BuiltCfg(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="built"):
    """A network from scratch, layer by layer; the head follows. Empty `layers`: the head sees the pixels themselves.

    `input_mean`, `input_std`: of pixel values 0..255, all channels alike; 127.5 each brings them to -1..1.
    """

    layers: tuple[Layer, ...] = ()
    input_mean: float = 127.5
    input_std: float = 127.5


ModelCfg = BackboneCfg | BuiltCfg


def blocks(
    filters: tuple[int, ...],
    *,
    convs: int = 1,
    norm: bool = False,
    norm_after_pool: bool = False,
    dropout: float = 0.0,
    padding: Literal["same", "valid"] = "same",
    pool: Literal["max", "average"] = "max",
) -> tuple[Layer, ...]:
    """The layers of a plain convolutional network.

    For each entry of `filters` a block of `convs` 3x3 convolutions, then a 2x2 pool, then batch norm and dropout where
    wanted.
    """
    layers: list[Layer] = []
    for n in filters:
        layers += [ConvCfg(filters=n, padding=padding, norm=norm)] * convs
        layers.append(PoolCfg(how=pool))
        if norm_after_pool:
            layers.append(NormCfg())
        if dropout:
            layers.append(DropoutCfg(p=dropout))
    return tuple(layers)
