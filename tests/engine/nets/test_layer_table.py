"""The layer table and the memory estimate, before anything is trained."""

import msgspec
import pytest
import torch

from engine.base.errors import UserError
from engine.nets.layer_table import layer_table
from engine.nets.network import sketch_network
from engine.nets.training_memory import MOST_PHOTOS, largest_batch, stage_memories, training_bytes
from engine.recipe.built_presets import STUDY_PRESETS
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.layer_rows import LayerTable
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg, blocks
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import OptimCfg, StageCfg, TrainingCfg

PLAIN = Recipe(
    model=BuiltCfg(layers=blocks((4, 8))),
    head=DenseHeadCfg(pool="flatten"),
    training=TrainingCfg(batch=4),
    input=InputCfg(size=16),
)


def trained(**changes: object) -> Recipe:
    return msgspec.structs.replace(PLAIN, training=msgspec.structs.replace(PLAIN.training, **changes))


def test_rows_follow_the_photo_through_the_network() -> None:
    table = layer_table(PLAIN, 3)
    assert [(row.kind, row.shape, row.n_parameters) for row in table.rows] == [
        ("Conv2d", (4, 16, 16), 3 * 9 * 4 + 4),
        ("ReLU", (4, 16, 16), 0),
        ("MaxPool2d", (4, 8, 8), 0),
        ("Conv2d", (8, 8, 8), 4 * 9 * 8 + 8),
        ("ReLU", (8, 8, 8), 0),
        ("MaxPool2d", (8, 4, 4), 0),
        ("Flatten", (128,), 0),
        ("Linear", (3,), 128 * 3 + 3),
    ]
    assert [row.stage for row in table.rows] == [0, 0, 0, 1, 1, 1, 1, 2]
    assert (table.n_stages, table.n_bytes) == (2, 4 * table.n_parameters)


@pytest.mark.parametrize("name", ["test_resnet", "test_efficientnet", "test_vit", "test_convnext", "test_mambaout"])
def test_rows_add_up_to_the_totals(name: str) -> None:
    model = BackboneCfg(backbone=f"timm/{name}", weights="none")
    table = layer_table(msgspec.structs.replace(PLAIN, model=model, input=InputCfg(size=160)), 5)
    assert sum(row.n_parameters for row in table.rows) == table.n_parameters
    assert sum(row.n_buffers for row in table.rows) == table.n_buffers
    assert table.rows[-1].shape == (5,)
    assert table.rows[-1].stage == table.n_stages


def test_trainable_is_what_learns_in_some_stage() -> None:
    head = 128 * 3 + 3
    frozen = layer_table(trained(stages=(StageCfg(epochs=1, layers="head"),)), 3)
    last = layer_table(trained(stages=(StageCfg(epochs=1, layers="last", n_last=1),)), 3)
    both = layer_table(trained(stages=(StageCfg(epochs=1, layers="head"), StageCfg(epochs=1))), 3)
    assert frozen.n_trainable == head
    assert last.n_trainable == head + 4 * 9 * 8 + 8
    assert both.n_trainable == both.n_parameters


def test_memory_grows_with_the_batch_by_what_autograd_keeps() -> None:
    small, large = (layer_table(trained(batch=n), 3).training_bytes for n in (8, 16))
    # Bytes of one photo as float32: the photo itself and normalised; each convolution's ReLU (its output, in place),
    # each pooling's output and its indices (8 bytes); then the largest output twice, and the scores and logarithms.
    photo, first, second = 3 * 256 * 4, 4 * 256 * 4, 8 * 64 * 4
    kept = 2 * photo + first + second + (first // 4) * 3 + (second // 4) * 3
    assert (large - small) / 8 == pytest.approx(kept + 2 * first, rel=0.02)


def test_memory_counts_what_the_optimiser_keeps() -> None:
    adam, sgd = (layer_table(trained(optim=OptimCfg(name=name)), 3) for name in ("adamw", "sgd"))
    assert adam.training_bytes - sgd.training_bytes == 4 * adam.n_parameters
    averaged = layer_table(trained(ema=0.99), 3)
    assert averaged.training_bytes - adam.training_bytes == adam.n_bytes


@pytest.mark.parametrize("batch", [2, 16, 64, 512])
def test_the_largest_batch_is_the_last_that_fits(batch: int) -> None:
    assert PLAIN.training is not None
    memories = stage_memories(sketch_network(PLAIN, 3), PLAIN.training, 16)
    just = training_bytes(memories, batch)
    assert just == pytest.approx(layer_table(trained(batch=batch), 3).training_bytes, rel=0.05)
    assert largest_batch(memories, just) == batch
    assert largest_batch(memories, just - 1) == (batch // 2 if batch > 2 else 0)
    assert largest_batch(memories, 10**15) == MOST_PHOTOS, "no more are advised than are of use"


def test_frozen_body_needs_less_memory() -> None:
    frozen = layer_table(trained(stages=(StageCfg(epochs=1, layers="head"),)), 3)
    assert frozen.training_bytes < layer_table(PLAIN, 3).training_bytes


def test_table_takes_no_memory_however_large_the_network() -> None:
    table = layer_table(STUDY_PRESETS["study1_vgg16"], 9)
    assert table.n_bytes == 4 * 134_297_417
    assert torch.get_default_device().type == "cpu"


def test_table_travels_as_json() -> None:
    table = layer_table(PLAIN, 3)
    assert msgspec.json.decode(msgspec.json.encode(table), type=LayerTable) == table


def test_photos_too_small_for_the_network_are_refused() -> None:
    with pytest.raises(UserError, match="cannot look at photos of 8 pixels"):
        layer_table(
            msgspec.structs.replace(
                PLAIN, model=BuiltCfg(layers=blocks((4, 4, 4, 4), padding="valid")), input=InputCfg(size=8)
            ),
            3,
        )
