"""Frozen bodies: the tap gives the map of its stage, and what is trained on it can be told apart and found again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import timm
import torch
from torch import Tensor, nn

from engine.base.errors import UserError
from engine.nets.frozen import own_layer
from engine.nets.source import BackboneSource, installed, source_of
from engine.predict.gather import feature_key
from engine.recipe.presets import preset
from engine.recipe.recipe import InputCfg, Recipe
from engine.weights.library import WeightsInfo, keep_info
from engine.weights.needed import check_needed
from tests.helpers.taps import RESNET, keep_drawn, tap_recipe

LITE0 = "efficientnet_lite0"
FAMILIES = ("resnet", "convnext", "efficientnet", "byobnet", "nfnet", "mambaout", "coatnet", "maxvit", "vit2")


def photos(n: int = 2, size: int = 64) -> Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, (n, size, size, 3), dtype=np.uint8))


def normalised(pixels: Tensor, net: nn.Module) -> Tensor:
    mean, std = (torch.tensor(net.pretrained_cfg[key]).reshape(1, 3, 1, 1) for key in ("mean", "std"))
    return (pixels.permute(0, 3, 1, 2) / 255 - mean) / std


def features(source: BackboneSource, size: int = 64) -> Tensor:
    return source.load().net(photos(size=size))


@pytest.mark.parametrize(("cut", "width"), [(1, 16), (3, 40), (5, 320), (-1, 112)])
def test_tap_of_a_built_in_backbone_is_as_wide_as_its_stage(cut: int, width: int) -> None:
    source = source_of(tap_recipe(LITE0, cut=cut, weights="pretrained"), None)
    assert source.facts.n_features == width
    if cut == 3:
        assert features(source).shape == (2, width)


def test_tap_is_the_mean_of_the_map_of_its_stage(tmp_path: Path) -> None:
    net = keep_drawn(tmp_path)
    with torch.inference_mode():
        maps = net.forward_intermediates(normalised(photos(), net), intermediates_only=True)
    for cut, found in enumerate(maps, start=1):
        source = source_of(tap_recipe(cut=cut, weights="pretrained"), tmp_path)
        assert source.facts.n_features == found.shape[1]
        torch.testing.assert_close(features(source), found.mean(dim=(2, 3)), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "name", ["test_vit", *(pytest.param(f"test_{name}", marks=pytest.mark.slow) for name in FAMILIES)]
)
def test_whole_network_of_the_library_gives_what_timm_gives_before_its_classifier(tmp_path: Path, name: str) -> None:
    net = keep_drawn(tmp_path, name)
    size = net.pretrained_cfg["input_size"][-1]
    source = source_of(tap_recipe(f"timm/{name}", weights="pretrained", size=size), tmp_path)
    net.reset_classifier(0)
    with torch.inference_mode():
        wanted = net(normalised(photos(size=size), net))
    assert source.facts.n_features == wanted.shape[1]
    assert source.facts.licence == "MIT"
    torch.testing.assert_close(features(source, size), wanted, rtol=1e-3, atol=1e-4)


def test_classic_recipes_of_the_studies_stand_on_the_features_they_name() -> None:
    assert preset("study1_svm").model == preset("study1_forest").model == preset("study1_boosting").model
    for name, width in (("study1_svm", 1024), ("study3_forest", 512)):
        recipe = preset(name)
        random = msgspec.structs.replace(recipe, model=msgspec.structs.replace(recipe.model, weights="none"))
        assert source_of(random, None).facts.n_features == width


def test_study_5_scores_a_whole_network_with_its_own_classes(tmp_path: Path) -> None:
    recipe = preset("study5_as_is")
    with pytest.raises(UserError, match="no pretrained weights for resnet50"):
        check_needed(recipe, tmp_path)


def test_random_weights_follow_from_the_seed_alone() -> None:
    before = torch.random.get_rng_state()
    one, same, other = (source_of(tap_recipe(cut=2, seed=seed), None) for seed in (1, 1, 2))
    assert torch.equal(features(one), features(same))
    assert not torch.equal(features(one), features(other))
    assert one.weights == same.weights != other.weights
    assert torch.equal(torch.random.get_rng_state(), before)


def test_backbone_of_the_catalogue_can_be_random_too() -> None:
    source = source_of(tap_recipe(LITE0), None)
    assert source.weights != installed(LITE0).weights
    assert source.facts.n_features == 1280
    assert features(source).std() > 0


def test_caches_tell_apart_whatever_gives_other_features(tmp_path: Path) -> None:
    keep_drawn(tmp_path / "a")
    keep_drawn(tmp_path / "b", seed=4)
    sources = [
        installed(LITE0),
        source_of(tap_recipe(LITE0, cut=3, weights="pretrained"), None),
        source_of(tap_recipe(LITE0, cut=4, weights="pretrained"), None),
        source_of(tap_recipe(LITE0), None),
        source_of(tap_recipe(), None),
        source_of(tap_recipe(seed=1), None),
        source_of(tap_recipe(cut=1), None),
        source_of(tap_recipe(weights="pretrained"), tmp_path / "a"),
        source_of(tap_recipe(weights="pretrained"), tmp_path / "b"),
        source_of(tap_recipe("timm/test_efficientnet"), None),
    ]
    keys = {feature_key(source, cfg).name() for source in sources for cfg in (InputCfg(), InputCfg(size=64))}
    assert len(keys) == 2 * len(sources)
    assert not [key for key in keys if Path(key).name != key]


def test_caches_made_before_there_were_taps_are_still_used() -> None:
    """A whole backbone of the catalogue goes by the name it has always had."""
    for recipe in (Recipe(), tap_recipe(LITE0, weights="pretrained", size=288)):
        found = feature_key(source_of(recipe, None), InputCfg())
        assert found.backbone == LITE0
        assert found.weights == "641a988bb298218421fbb803aa7e0368488e9b100f087f67296d3df14a3be604"
        assert found.name() == "efficientnet_lite0-288-b4367c3d1be3459f"


def test_photos_are_fed_as_the_weights_in_the_library_want_them(tmp_path: Path) -> None:
    """Weights of one architecture differ in this: the tag says how, whatever the recipe calls the network."""
    wanted = {"augreg_in21k_ft_in1k": 127.5, "dino": 123.675}
    for tag, mean in wanted.items():
        folder = tmp_path / tag
        folder.mkdir()
        info = WeightsInfo(
            architecture=f"vit_small_patch16_224.{tag}",
            title=tag,
            n_classes=0,
            origin="fetched",
            source="a hub",
            licence="Apache-2.0",
            sha256="0" * 64,
            n_bytes=1,
        )
        path = folder / "vit.safetensors"
        path.touch()
        keep_info(path, info)
        source = source_of(tap_recipe("timm/vit_small_patch16_224", weights="pretrained", size=224), folder)
        assert source.tap is not None
        assert source.tap.input_mean[0] == pytest.approx(mean)
        assert source.facts.name == f"timm-vit_small_patch16_224.{tag}"


def test_weights_that_are_not_here_are_told_with_what_to_do(tmp_path: Path) -> None:
    recipe = tap_recipe(weights="pretrained")
    for asked in (source_of, check_needed):
        with pytest.raises(UserError, match="no pretrained weights") as told:
            asked(recipe, tmp_path)
        assert "Get the weights" in told.value.advice
        assert "from scratch" in told.value.advice


@pytest.mark.parametrize("cut", [6, -5])
def test_cut_beyond_the_stages_names_those_there_are(cut: int) -> None:
    with pytest.raises(UserError, match="5 stages"):
        source_of(tap_recipe(LITE0, cut=cut, weights="pretrained"), None)


def test_network_that_cannot_look_at_such_photos_is_told() -> None:
    with pytest.raises(UserError, match="cannot look at photos of 61 pixels"):
        source_of(tap_recipe("timm/test_vit", size=61), None)


def test_unknown_network_is_answered_with_names_of_known_ones() -> None:
    with pytest.raises(UserError) as told:
        source_of(tap_recipe("timm/test_resne"), None)
    assert "timm/test_resnet" in told.value.advice


def test_last_layer_answers_as_the_network_does(tmp_path: Path) -> None:
    net = keep_drawn(tmp_path, n_classes=1000)
    source = source_of(tap_recipe(weights="pretrained"), tmp_path)
    assert source.load_classifier is not None
    weights, bias = own_layer(source.load_classifier(), 64)
    with torch.inference_mode():
        wanted = net(normalised(photos(), net)).numpy()
    np.testing.assert_allclose(features(source).numpy() @ weights + bias, wanted, rtol=1e-3, atol=1e-4)


def test_network_with_other_classes_than_imagenet_has_no_last_layer(tmp_path: Path) -> None:
    keep_drawn(tmp_path)
    source = source_of(tap_recipe(RESNET, weights="pretrained"), tmp_path)
    assert source.load_classifier is not None
    with pytest.raises(UserError, match="thousand classes"):
        own_layer(source.load_classifier(), 64)


def test_timm_is_asked_for_no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the hub was asked")

    monkeypatch.setattr(timm.models._builder, "load_state_dict_from_hf", refuse)
    monkeypatch.setattr(timm.models._builder, "load_state_dict_from_url", refuse, raising=False)
    assert features(source_of(tap_recipe("timm/test_resnet"), None)).shape == (2, 96)
