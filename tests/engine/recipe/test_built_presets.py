"""The networks of the studies have exactly the sizes that the studies print."""

import pytest

from engine.nets.layer_table import layer_table
from engine.recipe.built_presets import STUDY_PRESETS
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import from_json, to_json

# Name, classes, parameters as torch counts them, values that batch norm keeps, parameters that ever learn.
SIZES = [
    ("study1_cnn", 9, 51_778_889, 0, 51_778_889),
    ("study1_cnn_norm", 9, 51_779_849, 960, 51_779_849),
    ("study1_cnn_two", 9, 52_562_729, 0, 52_562_729),
    ("study1_cnn_two_norm", 9, 52_564_649, 1920, 52_564_649),
    ("study1_improved", 9, 103_058_153, 448, 103_058_153),
    ("study1_vgg16", 9, 134_297_417, 0, 134_297_417),
    ("study1_mobilenetv2", 9, 2_235_401, 34_112, 2_235_401),
    ("study1_resnet50", 9, 23_526_473, 53_120, 23_526_473),
    pytest.param("study1_densenet121", 9, 6_963_081, 83_648, 6_963_081, marks=pytest.mark.slow),
    ("study2_cnn", 10, 111_498, 448, 111_498),
    ("study3_basic", 100, 183_844, 160, 183_844),
    ("study3_improved", 100, 496_100, 992, 496_100),
    ("study3_augmented", 100, 496_100, 992, 496_100),
    ("study3_vgg19_linear", 100, 11_404_452, 0, 819_300),
    ("study3_vgg19_dense", 100, 48_492_452, 1024, 37_907_300),
    ("study4_mlp", 3, 68_851_023, 0, 68_851_023),
    ("study4_lenet", 3, 9_966_691, 0, 9_966_691),
]


@pytest.mark.parametrize(("name", "n_classes", "n_parameters", "n_buffers", "n_trainable"), SIZES)
def test_size_is_that_of_the_study(
    name: str, n_classes: int, n_parameters: int, n_buffers: int, n_trainable: int
) -> None:
    table = layer_table(STUDY_PRESETS[name], n_classes)
    assert (table.n_parameters, table.n_buffers, table.n_trainable) == (n_parameters, n_buffers, n_trainable)


@pytest.mark.parametrize(
    ("name", "as_keras_counts"),
    [("study3_basic", 184_004), ("study3_improved", 497_092), ("study3_vgg19_dense", 48_493_476)],
)
def test_keras_counts_what_batch_norm_keeps_as_parameters(name: str, as_keras_counts: int) -> None:
    table = layer_table(STUDY_PRESETS[name], 100)
    assert table.n_parameters + table.n_buffers == as_keras_counts


def test_every_study_network_is_offered_and_survives_being_written() -> None:
    for name, recipe in STUDY_PRESETS.items():
        assert PRESETS[name] == recipe
        assert from_json(to_json(recipe)) == recipe


def test_transfer_learning_of_study_1_is_five_epochs_frozen_then_two_of_everything() -> None:
    for name in ("study1_vgg16", "study1_mobilenetv2", "study1_resnet50", "study1_densenet121"):
        training = STUDY_PRESETS[name].training
        assert training is not None
        assert [(stage.epochs, stage.layers) for stage in training.stages] == [(5, "head"), (2, "all")]
        assert (training.stopping.metric, training.stopping.restore_best) == ("loss", True)
