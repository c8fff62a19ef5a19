"""Backbones carry the right weights and their own preprocessing."""

import dataclasses
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

from engine.base.errors import DamagedInput, UserError
from engine.nets.backbones import backbone_from_state, check_state, in_order, load_backbone, load_classifier
from engine.recipe.catalogue import BACKBONES, backbone_facts
from engine.weights.packaged import weights_id, weights_path

LITE0 = backbone_facts("efficientnet_lite0")
PALACE, DAISY = 698, 985


def as_trained(image: Image.Image) -> torch.Tensor:
    """The short side to 256, then the central 224: how these weights were judged when they were published."""
    scale = 256 / min(image.size)
    resized = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    left, top = (resized.width - 224) // 2, (resized.height - 224) // 2
    return torch.from_numpy(np.array(resized.crop((left, top, left + 224, top + 224))))[None]


@pytest.mark.parametrize(("number", "thing", "confidence"), [(0, PALACE, 0.32), (1, DAISY, 0.36)])
def test_the_sample_photos_are_recognised_with_the_published_confidence(
    number: int, thing: int, confidence: float
) -> None:
    photo = Image.fromarray(load_sample_images().images[number])
    probs = load_classifier("efficientnet_lite0")(as_trained(photo))[0].softmax(0)
    assert int(probs.argmax()) == thing
    assert float(probs[thing]) == pytest.approx(confidence, abs=0.01)


def test_a_backbone_turns_bytes_into_features_of_the_stated_width() -> None:
    backbone = load_backbone("efficientnet_lite0")
    features = backbone.net(torch.zeros(2, 64, 64, 3, dtype=torch.uint8))
    assert features.shape == (2, LITE0.n_features)
    assert not backbone.net.training


def test_preprocessing_is_part_of_the_backbone() -> None:
    plain = load_backbone("efficientnet_lite0")
    facts = dataclasses.replace(LITE0, input_mean=(0.0, 0.0, 0.0))
    other = backbone_from_state(facts, plain.net.net.state_dict(), "x")
    pixels = torch.full((1, 64, 64, 3), 100, dtype=torch.uint8)
    assert not torch.allclose(plain.net(pixels), other.net(pixels), atol=1e-2)
    assert torch.allclose(plain.net(pixels + 100), other.net(pixels + 100 - 127), atol=1e-4)


@pytest.mark.parametrize("name", sorted(BACKBONES))
def test_the_catalogue_and_the_architectures_agree(name: str) -> None:
    import timm

    facts = backbone_facts(name)
    with torch.device("meta"):
        model = timm.create_model(facts.timm_name, pretrained=False, num_classes=0)
    assert model.num_features == facts.n_features


def test_the_installed_weights_are_the_published_ones_and_are_found_without_importing_their_package() -> None:
    assert weights_path(LITE0).is_file()
    assert weights_id(LITE0) == LITE0.bundle_sha256
    assert LITE0.weights_package not in sys.modules


def test_a_backbone_whose_weights_are_not_installed_says_what_to_install() -> None:
    facts = dataclasses.replace(LITE0, weights_package="no_such_package", weights_distribution="no-such-package")
    with pytest.raises(UserError) as caught:
        weights_path(facts)
    assert "no-such-package" in caught.value.advice


def test_an_unknown_backbone_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(UserError) as caught:
        load_backbone("resnet9000")
    assert "efficientnet_lite0" in caught.value.advice


@pytest.mark.parametrize(
    "tensors",
    [[torch.zeros(3)], [torch.zeros(3), torch.zeros(2, 2), torch.zeros(1)], [torch.zeros(2, 2), torch.zeros(3)]],
)
def test_weights_of_another_architecture_are_refused(tensors: list[torch.Tensor]) -> None:
    with pytest.raises(DamagedInput):
        in_order(tensors, {"a": torch.zeros(3), "b": torch.zeros(2, 2)}, "weights.pth")


@pytest.mark.parametrize(
    "found",
    [
        {"a": torch.zeros(3)},
        {"a": torch.zeros(3), "b": torch.zeros(2), "c": torch.zeros(1)},
        {"a": torch.zeros(3), "b": torch.zeros(4)},
        {"a": torch.zeros(3), "b": torch.zeros(2, dtype=torch.float64)},
        {"a": torch.zeros(3), "b": torch.full((2,), torch.nan)},
    ],
)
def test_a_state_that_does_not_fit_exactly_is_refused(found: dict[str, torch.Tensor]) -> None:
    with pytest.raises(DamagedInput):
        check_state(found, {"a": torch.zeros(3), "b": torch.zeros(2)})
