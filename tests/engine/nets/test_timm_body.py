"""Bodies from timm: one small network of many families goes through every tap."""

import pytest
import timm
import torch

from engine.base.errors import UserError
from engine.nets.body import stage_modules, stage_parameters
from engine.nets.timm_body import TimmBody, build_body, timm_name
from engine.recipe.model_cfg import BackboneCfg

# One of each way of building networks: plain, residual, dense, inverted, attention, mixing, and more.
FAMILIES = [
    "vgg11", "resnet18", "densenet121", "mobilenetv2_050", "mobilenetv3_small_050", "mobilenetv4_conv_small_035",
    "efficientnet_lite0", "efficientvit_b0", "convnext_atto", "convnextv2_atto", "regnetx_002", "ghostnet_050",
    "vit_tiny_patch16_224", "deit_tiny_patch16_224", "swin_tiny_patch4_window7_224", "maxvit_pico_rw_256",
    "edgenext_xx_small", "mixer_s32_224", "poolformer_s12", "mobilevit_xxs", "xcit_nano_12_p16_224", "fastvit_t8",
    "mambaout_femto", "repvgg_a0", "hrnet_w18_small", "inception_v3", "xception41", "dla34",
    "cspdarknet53", "eva02_tiny_patch14_224",
]  # fmt: skip


def body(name: str, *, pool: str = "average", cut: int = 0, size: int | None = None) -> TimmBody:
    cfg = timm.get_pretrained_cfg(name)
    assert cfg is not None
    with torch.device("meta"):
        return build_body(
            BackboneCfg(backbone=f"timm/{name}", weights="none", cut=cut),
            "flatten" if pool == "flatten" else "average",
            size=size or cfg.input_size[-1],
            pretrained=False,
            library=None,
        )


def side(name: str) -> int:
    cfg = timm.get_pretrained_cfg(name)
    assert cfg is not None
    return int(cfg.input_size[-1])


@pytest.mark.slow
@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_gives_vectors_and_knows_its_stages(name: str) -> None:
    for pool, cut in (("average", 0), ("flatten", 0), ("average", 1), ("flatten", -1)):
        found = body(name, pool=pool, cut=cut)
        photos = torch.zeros(2, 3, side(name), side(name), device="meta")
        assert found.eval()(photos).ndim == 2
        stages = stage_parameters(found)
        assert all(stages)
        assert sum(len(stage) for stage in stages) == len(list(found.parameters()))
        assert len(stage_modules(found)) == len(stages)


def test_whole_network_pools_as_it_was_made_to() -> None:
    # VGG: its two layers of 4096. A vision transformer: the class token. MobileNetV4: its wide layer after pooling.
    for name, width in (("vgg11", 4096), ("vit_tiny_patch16_224", 192), ("mobilenetv4_conv_small_035", 1280)):
        photos = torch.zeros(1, 3, side(name), side(name), device="meta")
        assert body(name).eval()(photos).shape == (1, width)


def test_mean_of_a_cut_network_has_a_number_a_channel() -> None:
    photos = torch.zeros(1, 3, 224, 224, device="meta")
    widths = [body("resnet18", cut=n).eval()(photos).shape[1] for n in (1, 2, 3, 4, 5)]
    assert widths == [64, 64, 128, 256, 512]
    assert body("resnet18", cut=-1).eval()(photos).shape[1] == 256


def test_stages_run_from_the_input_to_the_output() -> None:
    found = body("resnet18")
    numbers = found.stage_numbers()
    assert numbers["net.conv1.weight"] == 0
    assert [numbers[f"net.layer{n}.0.conv1.weight"] for n in (1, 2, 3, 4)] == [1, 2, 3, 4]


def test_network_with_several_maps_cannot_be_flattened() -> None:
    with pytest.raises(UserError, match="no single feature map"):
        body("crossvit_9_240", pool="flatten")


def test_network_that_does_not_group_its_layers_has_a_stage_a_part() -> None:
    ungrouped = TimmBody(Ungrouped(), None, cut=0, pool="average", title="ungrouped")
    assert ungrouped.stage_numbers() == {"net.one.weight": 0, "net.one.bias": 0, "net.two.weight": 1, "net.two.bias": 1}


class Ungrouped(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pretrained_cfg = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
        self.one = torch.nn.Linear(2, 2)
        self.two = torch.nn.Linear(2, 2)


def test_preprocessing_is_that_of_the_weights() -> None:
    found = body("resnet18")
    assert found.input_mean == pytest.approx((123.675, 116.28, 103.53))
    assert found.input_std == pytest.approx((58.395, 57.12, 57.375))


def test_name_that_nearly_fits_is_answered_with_names_that_do() -> None:
    with pytest.raises(UserError) as told:
        timm_name("timm/resnet5")
    assert "timm/resnet50" in told.value.advice
    with pytest.raises(UserError) as told:
        timm_name("efficientnet_lit0")
    assert "efficientnet_lite0" in told.value.advice
