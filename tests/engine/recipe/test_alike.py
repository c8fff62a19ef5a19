"""Which recipes describe the same network, and what a recipe is without pretrained weights."""

from __future__ import annotations

import msgspec
import pytest

from engine.recipe.alike import from_scratch, same_network
from engine.recipe.head_cfg import DenseCfg, DenseHeadCfg
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg, blocks
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AUGMENTS, StageCfg, TrainingCfg


def network(backbone: str = "timm/resnet50", *, size: int = 224, cut: int = 0, **head: object) -> Recipe:
    return Recipe(
        model=BackboneCfg(backbone=backbone, cut=cut),
        head=DenseHeadCfg(**head),  # type: ignore[arg-type]
        training=TrainingCfg(),
        input=InputCfg(size=size),
    )


def built(filters: tuple[int, ...], *, size: int = 96, pool: str = "average") -> Recipe:
    return Recipe(
        model=BuiltCfg(layers=blocks(filters)),
        head=DenseHeadCfg(pool=pool),  # type: ignore[arg-type]
        training=TrainingCfg(),
        input=InputCfg(size=size),
    )


def test_rates_augmentation_seed_and_first_weights_make_no_other_network() -> None:
    one = network()
    other = msgspec.structs.replace(
        network("timm/resnet50.tv_in1k"),
        seed=7,
        training=TrainingCfg(stages=(StageCfg(epochs=9, lr=0.1),), augment=AUGMENTS["strong"]),
    )
    scratch = msgspec.structs.replace(one, model=BackboneCfg(backbone="timm/resnet50", weights="none"))
    assert same_network(one, other)
    assert same_network(one, scratch)


@pytest.mark.parametrize(
    "other",
    [
        network("timm/resnet18"),
        network(cut=2),
        network(dropout=0.2),
        network(dense=(DenseCfg(width=64),)),
        built((8, 16)),
        PRESETS["quick"],
    ],
)
def test_another_architecture_or_head_is_another_network(other: Recipe) -> None:
    assert not same_network(network(), other)
    assert not same_network(other, network())


def test_frozen_features_hold_no_weights_to_begin_with() -> None:
    assert not same_network(PRESETS["quick"], PRESETS["quick"])


def test_size_of_the_photos_counts_where_a_layer_depends_on_it() -> None:
    assert same_network(network(), network(size=288))
    assert same_network(built((8, 16)), built((8, 16), size=128))
    assert not same_network(built((8, 16), pool="flatten"), built((8, 16), size=128, pool="flatten"))
    vit = "timm/vit_small_patch14_dinov2"
    assert not same_network(network(vit), network(vit, size=518))
    assert not same_network(network("timm/unheard_of"), network("timm/unheard_of", size=288))


def test_without_pretrained_weights_everything_learns_from_the_beginning() -> None:
    found = from_scratch(PRESETS["fine_tune"])
    assert found is not None
    assert (found.model.weights, found.head) == ("none", PRESETS["fine_tune"].head)
    assert [(stage.layers, stage.epochs) for stage in found.training.stages] == [("all", 1), ("all", 5)]


def test_quick_without_pretrained_weights_becomes_a_training_of_the_network() -> None:
    found = from_scratch(PRESETS["svm"])
    assert found is not None
    assert isinstance(found.head, DenseHeadCfg)
    assert found.training.n_epochs >= 10
    assert same_network(found, found)


def test_from_scratch_makes_no_sense_as_it_is_or_layer_by_layer() -> None:
    assert from_scratch(PRESETS["as_is"]) is None
    assert from_scratch(PRESETS["from_scratch"]) is None
