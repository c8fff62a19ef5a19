"""A network for training: what goes in and out, its stages, its seeds, and how it is kept."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from engine.base.errors import DamagedInput, EngineBug, UserError
from engine.nets.backbones import load_backbone
from engine.nets.network import Network, build_network, load_network, network_facts, save_network, sketch_network
from engine.recipe.head_cfg import DenseCfg, DenseHeadCfg, HeadCfg
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg, ModelCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import TrainingCfg

SMALL = BuiltCfg(layers=blocks((4, 8), norm=True))
RANDOM = "timm/test_resnet"


def recipe(model: ModelCfg = SMALL, head: DenseHeadCfg | None = None, size: int = 32) -> Recipe:
    return Recipe(model=model, head=head or DenseHeadCfg(), training=TrainingCfg(), input=InputCfg(size=size))


def built(model: ModelCfg = SMALL, head: DenseHeadCfg | None = None, size: int = 32, seed: int = 0) -> Network:
    return build_network(recipe(model, head, size), 3, library=None, seed=seed)


def timm_cfg(name: str, cut: int = 0) -> BackboneCfg:
    return BackboneCfg(backbone=f"timm/{name}", weights="none", cut=cut)


def photos(n: int = 2, size: int = 32) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, (n, 3, size, size), dtype=np.uint8))


def same(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_bytes_and_floats_of_the_same_photo_give_the_same_scores() -> None:
    network = built().eval()
    with torch.no_grad():
        assert torch.equal(network(photos()), network(photos().float()))


def test_built_network_brings_pixels_to_the_range_its_recipe_says() -> None:
    network = built(BuiltCfg(input_mean=100.0, input_std=50.0), DenseHeadCfg(pool="flatten"), size=8)
    assert torch.all(network.embed(torch.full((1, 3, 8, 8), 200, dtype=torch.uint8)) == 2.0)


def test_pretrained_backbone_sees_photos_as_quick_does() -> None:
    network = built(BackboneCfg(backbone="efficientnet_lite0"), size=64).eval()
    reference = load_backbone("efficientnet_lite0").net
    with torch.no_grad():
        torch.testing.assert_close(network.embed(photos(size=64)), reference(photos(size=64).permute(0, 2, 3, 1)))


def test_new_network_is_all_trainable_and_in_training_mode() -> None:
    network = built(BackboneCfg(backbone="efficientnet_lite0"), size=32)
    assert network.training
    assert all(module.training for module in network.modules())
    assert network_facts(network).n_trainable == network_facts(network).n_parameters


def test_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    for model in (SMALL, timm_cfg("test_resnet")):
        assert same(built(model, seed=1), built(model, seed=1))
        assert not same(built(model, seed=1), built(model, seed=2))


def test_building_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    built(seed=1)
    assert torch.equal(torch.rand(3), expected)


def test_head_starts_alike_whatever_weights_its_body_has() -> None:
    pretrained = built(BackboneCfg(backbone="efficientnet_lite0"), seed=3)
    random = built(BackboneCfg(backbone="efficientnet_lite0", weights="none"), seed=3)
    assert same(pretrained.head, random.head)
    assert not same(pretrained.body, random.body)


def test_first_loss_is_near_that_of_guessing() -> None:
    deep = BuiltCfg(layers=blocks((8, 8, 8, 8), convs=2))
    network = built(deep, DenseHeadCfg(pool="flatten", dense=(DenseCfg(width=64),)))
    loss = nn.functional.cross_entropy(network(photos(8)), torch.tensor([0, 1, 2, 0, 1, 2, 0, 1]))
    assert float(loss.detach()) == pytest.approx(np.log(3), abs=0.3)


def test_deep_network_without_batch_norm_passes_its_signal_through() -> None:
    # With torch's own initial weights eight convolutions shrink what distinguishes photos to nothing.
    network = built(BuiltCfg(layers=blocks((16, 16, 16, 16), convs=2)), DenseHeadCfg(pool="flatten")).eval()
    with torch.no_grad():
        found = network.embed(photos(8))
    assert float(found.std(dim=0).mean()) > 0.05


@pytest.mark.parametrize(
    "model", [SMALL, timm_cfg("test_resnet"), timm_cfg("test_efficientnet", cut=2), timm_cfg("test_vit")]
)
def test_stages_hold_every_parameter_once_and_end_with_the_head(model: ModelCfg) -> None:
    network = built(model, DenseHeadCfg(norm=True, dense=(DenseCfg(width=4, norm=True),)), size=160)
    stages = network.stages()
    flat = [id(parameter) for stage in stages for parameter in stage]
    assert sorted(flat) == sorted(id(parameter) for parameter in network.parameters())
    assert all(stages)
    assert [id(p) for p in stages[-1]] == [id(p) for p in network.head.parameters()]
    assert len(network.stage_modules()) == len(stages) > 2


def test_a_built_network_has_a_stage_for_each_block() -> None:
    assert len(built(BuiltCfg(layers=blocks((4, 8, 8), convs=2, norm=True))).stages()) == 3 + 1


def test_bare_pixels_leave_only_the_head_to_learn() -> None:
    network = built(BuiltCfg(), DenseHeadCfg(pool="flatten", dense=(DenseCfg(width=5),)), size=8)
    assert len(network.stages()) == len(network.stage_modules()) == 1
    assert network.embed(photos(size=8)).shape == (2, 3 * 8 * 8)


@pytest.mark.parametrize("model", [SMALL, timm_cfg("test_resnet"), timm_cfg("test_efficientnet")])
def test_batch_norm_of_frozen_stages_does_not_move(model: ModelCfg) -> None:
    network = built(model)
    for module in [module for stage in network.stage_modules()[:-1] for module in stage]:
        module.eval()
    before = {name: value.clone() for name, value in network.body.state_dict().items()}
    network(photos())
    assert all(torch.equal(value, before[name]) for name, value in network.body.state_dict().items())


def test_dropout_of_a_frozen_stage_is_off_and_that_of_the_head_stays_on() -> None:
    network = built(BuiltCfg(layers=blocks((4,), dropout=0.5)), DenseHeadCfg(dropout=0.5))
    for module in network.stage_modules()[0]:
        module.eval()
    assert torch.equal(network.embed(photos()), network.embed(photos()))
    assert not torch.equal(network(photos()), network(photos()))


def test_cut_network_gives_the_map_of_its_stage() -> None:
    # Two poolings before the fourth block's last convolution would be eight: 64 / 8 = 8 pixels of 512 channels.
    flat = sketch_network(recipe(timm_cfg("vgg19", cut=4), DenseHeadCfg(pool="flatten"), 64), 3)
    mean = sketch_network(recipe(timm_cfg("vgg19", cut=-2), DenseHeadCfg(pool="average"), 64), 3)
    pixels = torch.zeros(2, 3, 64, 64, device="meta")
    assert flat.embed(pixels).shape == (2, 512 * 8 * 8)
    assert mean.embed(pixels).shape == (2, 512)


def test_layers_after_the_cut_are_gone() -> None:
    whole, cut = (network_facts(built(timm_cfg("test_resnet", cut))).n_parameters for cut in (0, 1))
    assert cut < whole


@pytest.mark.slow
def test_flattened_network_has_no_layers_that_never_learn() -> None:
    network = built(timm_cfg("mobilenetv4_conv_small"), DenseHeadCfg(pool="flatten"), size=64)
    network(photos(size=64)).sum().backward()
    assert [name for name, p in network.named_parameters() if p.grad is None] == []


def test_vision_transformer_is_made_for_the_size_of_the_photos() -> None:
    assert built(timm_cfg("test_vit"), size=96)(photos(size=96)).shape == (2, 3)


def test_saved_network_answers_as_it_did(tmp_path: Path) -> None:
    network = built(timm_cfg("test_resnet"))
    network(photos())  # moves batch norm's means
    save_network(tmp_path / "network.safetensors", network)
    loaded = load_network(recipe(timm_cfg("test_resnet")), 3, tmp_path / "network.safetensors")
    with torch.no_grad():
        assert torch.equal(network.eval()(photos()), loaded(photos()))


def test_pretrained_network_loads_without_the_weights_it_started_from(tmp_path: Path) -> None:
    save_network(tmp_path / "network.safetensors", built(timm_cfg("test_resnet")))
    with_weights = recipe(BackboneCfg(backbone=RANDOM))
    assert load_network(with_weights, 3, tmp_path / "network.safetensors").n_classes == 3


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    save_network(tmp_path / "network.safetensors", built())
    for wanted in (recipe(BuiltCfg(layers=blocks((4, 9), norm=True))), recipe(timm_cfg("test_resnet"))):
        with pytest.raises(DamagedInput):
            load_network(wanted, 3, tmp_path / "network.safetensors")


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "nan"])
def test_damaged_weights_are_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "network.safetensors"
    network = built()
    if damage == "nan":
        nn.init.constant_(network.head.get_parameter("layers.0.bias"), float("nan"))
    save_network(path, network)
    data = path.read_bytes()
    path.write_bytes({"cut": data[:-9], "empty": b"", "text": b"no weights" * 9, "nan": data}[damage])
    with pytest.raises(DamagedInput):
        load_network(recipe(), 3, path)


def test_missing_weights_are_named_as_missing(tmp_path: Path) -> None:
    with pytest.raises(DamagedInput) as told:
        load_network(recipe(), 3, tmp_path / "network.safetensors")
    assert told.value.kind == "missing"


@pytest.mark.parametrize(
    ("model", "size", "said"),
    [
        (BackboneCfg(backbone="timm/resnet51", weights="none"), 32, "no network called"),
        (BackboneCfg(backbone="resnet50", weights="none"), 32, "no network called"),
        (timm_cfg("test_resnet", cut=9), 32, "cannot be cut at 9"),
        (timm_cfg("test_resnet", cut=-9), 32, "cannot be cut at -9"),
        (BuiltCfg(layers=blocks((4, 4, 4, 4), padding="valid")), 16, "cannot look at photos of 16"),
        (timm_cfg("test_vit"), 33, "cannot look at photos of 33"),
        (BackboneCfg(backbone=RANDOM), 32, "no pretrained weights"),
    ],
)
def test_what_cannot_be_built_is_said_with_advice(model: ModelCfg, size: int, said: str) -> None:
    with pytest.raises(UserError, match=said) as told:
        built(model, size=size)
    assert told.value.advice


def test_recipe_that_trains_no_network_has_none() -> None:
    with pytest.raises(EngineBug):
        build_network(Recipe(), 3, library=None, seed=0)


@pytest.mark.parametrize("head", [DenseHeadCfg(), DenseHeadCfg(pool="flatten", dense=(DenseCfg(width=4, norm=True),))])
def test_sketch_has_the_shapes_of_the_network(head: HeadCfg) -> None:
    assert isinstance(head, DenseHeadCfg)
    for model in (SMALL, timm_cfg("test_resnet")):
        real, sketch = built(model, head).state_dict(), sketch_network(recipe(model, head), 3).state_dict()
        assert {name: t.shape for name, t in real.items()} == {name: t.shape for name, t in sketch.items()}
        assert all(tensor.is_meta for tensor in sketch.values())
