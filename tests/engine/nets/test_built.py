"""Networks built layer by layer do exactly what their description says."""

import pytest
import torch
from torch import nn

from engine.nets.body import stage_modules, stage_parameters
from engine.nets.built import BuiltBody
from engine.recipe.model_cfg import BuiltCfg, ConvCfg, DropoutCfg, Layer, NormCfg, PoolCfg, blocks


def body(*layers: Layer, pool: str = "flatten") -> BuiltBody:
    return BuiltBody(BuiltCfg(layers=layers), "flatten" if pool == "flatten" else "average")


def kinds(found: BuiltBody) -> list[list[str]]:
    return [[type(module).__name__ for module in block] for block in found.blocks if isinstance(block, nn.Sequential)]


def out(found: BuiltBody, side: int = 16) -> torch.Size:
    return found(torch.zeros(2, 3, side, side)).shape


def test_layers_stand_in_their_order_in_blocks_that_end_before_the_convolution_after_a_pooling() -> None:
    found = body(
        ConvCfg(filters=4), DropoutCfg(p=0.1), PoolCfg(), NormCfg(), ConvCfg(filters=6), ConvCfg(filters=8, norm=True)
    )
    assert kinds(found) == [
        ["Conv2d", "ReLU", "Dropout", "MaxPool2d", "BatchNorm2d"],
        ["Conv2d", "ReLU", "Conv2d", "BatchNorm2d", "ReLU"],
    ]


@pytest.mark.parametrize(
    ("layer", "side"),
    [
        (ConvCfg(filters=5), 16),
        (ConvCfg(filters=5, padding="valid"), 14),
        (ConvCfg(filters=5, kernel=5), 16),
        (ConvCfg(filters=5, kernel=4), 16),
        (ConvCfg(filters=5, kernel=5, padding="valid"), 12),
    ],
)
def test_same_keeps_the_side_and_valid_shortens_it(layer: ConvCfg, side: int) -> None:
    assert out(body(layer)) == (2, 5 * side * side)


def test_pooling_drops_what_is_left_over_at_the_edge() -> None:
    for how in ("max", "average"):
        layer = PoolCfg(how="max" if how == "max" else "average", size=2)
        assert out(body(layer), side=15) == (2, 3 * 7 * 7)


def test_maximum_and_mean_are_what_they_are_called() -> None:
    photo = torch.arange(16.0).reshape(1, 1, 4, 4).expand(1, 3, 4, 4)
    assert body(PoolCfg(how="max"))(photo)[0, :4].tolist() == [5.0, 7.0, 13.0, 15.0]
    assert body(PoolCfg(how="average"))(photo)[0, :4].tolist() == [2.5, 4.5, 10.5, 12.5]


def test_convolution_without_relu_gives_negative_values_and_one_with_it_none() -> None:
    photo = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert float(body(ConvCfg(filters=4, relu=False))(photo).min()) < 0.0
        assert float(body(ConvCfg(filters=4))(photo).min()) == 0.0


def test_mean_of_the_map_has_a_number_a_filter() -> None:
    assert out(body(ConvCfg(filters=7), pool="average")) == (2, 7)


def test_bare_pixels_pass_unchanged() -> None:
    photo = torch.rand(2, 3, 4, 4)
    assert torch.equal(body()(photo), photo.flatten(1))
    assert stage_parameters(body()) == stage_modules(body()) == []


def test_a_block_without_weights_is_no_stage() -> None:
    found = body(PoolCfg(), ConvCfg(filters=4), PoolCfg(), ConvCfg(filters=4))
    assert len(stage_parameters(found)) == 2
    assert sum(len(stage) for stage in stage_parameters(found)) == len(list(found.parameters()))


def test_short_hand_for_blocks_means_what_it_says() -> None:
    assert blocks((4, 8), convs=2, norm_after_pool=True, dropout=0.3) == (
        ConvCfg(filters=4), ConvCfg(filters=4), PoolCfg(), NormCfg(), DropoutCfg(p=0.3),
        ConvCfg(filters=8), ConvCfg(filters=8), PoolCfg(), NormCfg(), DropoutCfg(p=0.3),
    )  # fmt: skip


def test_signal_keeps_its_size_through_many_layers() -> None:
    torch.manual_seed(0)
    found = BuiltBody(BuiltCfg(layers=blocks((16,) * 4, convs=3)), "flatten")
    with torch.no_grad():
        spread = found(torch.randn(8, 3, 32, 32)).std()
    assert 0.1 < float(spread) < 10.0
