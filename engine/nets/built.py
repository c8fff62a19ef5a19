"""A body built layer by layer from its description: the plain convolutional networks one trains from scratch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from torch import Tensor, nn

from engine.nets.body import Body
from engine.recipe.model_cfg import BuiltCfg, ConvCfg, DropoutCfg, Layer, NormCfg, PoolCfg


class BuiltBody(Body):
    """The layers of a `BuiltCfg` in their order; without layers the vector is the pixels themselves.

    A stage is a block: the layers up to and with the pooling, batch norm and dropout before the next convolution.
    """

    def __init__(self, cfg: BuiltCfg, pool: Literal["average", "flatten"]) -> None:
        mean, std = cfg.input_mean, cfg.input_std
        super().__init__(
            title=f"Own network of {sum(isinstance(layer, ConvCfg) for layer in cfg.layers)} convolutions",
            input_mean=(mean, mean, mean),
            input_std=(std, std, std),
        )
        self.blocks = nn.ModuleList(nn.Sequential(*block) for block in _blocks(cfg.layers))
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()) if pool == "average" else nn.Flatten()

    def forward(self, x: Tensor) -> Tensor:
        """(n, 3, side, side) float32, normalised, to (n, d)."""
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.pool(x)
        return out

    def stage_numbers(self) -> dict[str, int]:
        """The block of every parameter; a block without parameters (pooling of the bare photo) is no stage."""
        numbers: dict[str, int] = {}
        learning = [number for number, block in enumerate(self.blocks) if any(True for _ in block.parameters())]
        for stage, number in enumerate(learning):
            for name, _ in self.blocks[number].named_parameters():
                numbers[f"blocks.{number}.{name}"] = stage
        return numbers


def _blocks(layers: tuple[Layer, ...]) -> Iterator[list[nn.Module]]:
    """The modules of each block: it ends before the convolution that follows a pooling."""
    n_channels, pooled = 3, False
    block: list[nn.Module] = []
    for layer in layers:
        if isinstance(layer, ConvCfg) and pooled:
            yield block
            block, pooled = [], False
        block += _modules(layer, n_channels)
        pooled = pooled or isinstance(layer, PoolCfg)
        n_channels = layer.filters if isinstance(layer, ConvCfg) else n_channels
    if block:
        yield block


def _modules(layer: Layer, n_channels: int) -> list[nn.Module]:
    if isinstance(layer, ConvCfg):
        return _convolution(layer, n_channels)
    if isinstance(layer, PoolCfg):
        return [nn.MaxPool2d(layer.size) if layer.how == "max" else nn.AvgPool2d(layer.size)]
    if isinstance(layer, NormCfg):
        return [nn.BatchNorm2d(n_channels)]
    assert isinstance(layer, DropoutCfg)
    return [nn.Dropout(layer.p)]


def _convolution(layer: ConvCfg, n_channels: int) -> list[nn.Module]:
    before, after = ((layer.kernel - 1) // 2, layer.kernel // 2) if layer.padding == "same" else (0, 0)
    conv = nn.Conv2d(n_channels, layer.filters, layer.kernel, padding=before if before == after else 0)
    # He et al. 2015, "Delving deep into rectifiers": torch's own start lets the signal fade, so that eight
    # convolutions without batch norm never begin to learn.
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    nn.init.zeros_(conv.bias)  # type: ignore[arg-type]  # there is a bias: it was not refused
    # An even kernel needs a row more below and right than above and left, which a convolution cannot add itself.
    modules: list[nn.Module] = [] if before == after else [nn.ZeroPad2d((before, after, before, after))]
    modules.append(conv)
    if layer.norm:
        modules.append(nn.BatchNorm2d(layer.filters))
    if layer.relu:
        modules.append(nn.ReLU(inplace=True))
    return modules
