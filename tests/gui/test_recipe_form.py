"""The form of a recipe: a control for every choice there is, made from the recipe's own description."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.recipe.fields import Part, fields_of, title_of
from engine.recipe.head_cfg import ClassicCfg, DenseCfg, DenseHeadCfg, LogisticCfg
from engine.recipe.layer_rows import LayerRow, LayerTable
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg, ConvCfg, DropoutCfg, PoolCfg
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import Recipe
from engine.recipe.training_cfg import AUGMENTS, StageCfg, TrainingCfg
from gui.core.recipe_text import explanation, summary
from gui.core.recipe_words import CHOICES, LABELS, kind_label
from gui.widgets.layer_form import LayerForm
from gui.widgets.part_fields import ListEditor, NumberEditor, TextEditor
from gui.widgets.recipe_form import RecipeForm
from tests.gui.test_accessible_names import unnamed

# Asked by `.ci/run`, and by `pytest -m slow`.
pytestmark = pytest.mark.slow

SECTIONS = ("photos", "model", "head", "training", "augment", "stopping")


def parts_below(part: Part) -> set[Part]:
    found = {part}
    for field in fields_of(part):
        for inner in field.parts:
            found |= parts_below(inner)
    return found


ALL_PARTS = sorted(parts_below(Recipe), key=lambda part: part.__name__)


@pytest.fixture
def form(qtbot: QtBot) -> RecipeForm:
    return shown(qtbot, PRESETS["study3_improved"])


def shown(qtbot: QtBot, recipe: Recipe) -> RecipeForm:
    made = RecipeForm(recipe)
    qtbot.addWidget(made)
    made.show()
    for key in SECTIONS:
        made.show_section(key)
    return made


@pytest.mark.parametrize("part", ALL_PARTS, ids=lambda part: part.__name__)
def test_every_field_and_every_choice_has_words(part: Part) -> None:
    for field in fields_of(part):
        assert {field.name, f"{part.__name__}.{field.name}"} & LABELS.keys()
        assert {f"{field.name}.{choice}" for choice in field.choices} <= CHOICES.keys()
    assert bool(kind_label(part)) == bool(title_of(part))


@pytest.mark.parametrize("name", PRESETS)
def test_every_recipe_can_be_shown_and_said(qtbot: QtBot, name: str) -> None:
    recipe = PRESETS[name]
    form = shown(qtbot, recipe)
    assert form.recipe() == recipe
    assert summary(recipe)
    assert explanation(recipe)


def test_every_control_says_what_it_is(form: RecipeForm) -> None:
    for key in SECTIONS:
        form.show_section(key)
        assert unnamed(form) == []


def test_showing_a_recipe_is_no_change(qtbot: QtBot, form: RecipeForm) -> None:
    with qtbot.assertNotEmitted(form.changed):
        form.set_recipe(PRESETS["study1_vgg16"])
        form.set_recipe(PRESETS["quick"])
    assert form.recipe() == PRESETS["quick"]


def test_a_changed_field_is_the_only_difference(qtbot: QtBot, form: RecipeForm) -> None:
    before = form.recipe()
    with qtbot.waitSignal(form.changed) as changed:
        form.form("input").editor("size").control.setValue(64)
    assert changed.args == [msgspec.structs.replace(before, input=msgspec.structs.replace(before.input, size=64))]
    form.form("training", "optim").editor("momentum").control.setValue(0.5)
    assert form.recipe().training.optim.momentum == 0.5
    assert form.recipe().input.size == 64


def test_help_and_range_are_in_the_tooltip(form: RecipeForm) -> None:
    tip = form.form("training", "augment").editor("zoom").control.toolTip()
    assert "Size of the cut-out as a share of the photo" in tip.replace("\n", " ")
    assert "(0 – 0.95)" in tip


# Parts of several kinds, and those that need each other


def test_another_kind_begins_with_usual_values(qtbot: QtBot, form: RecipeForm) -> None:
    form.form("model").kind.setCurrentIndex(0)
    assert form.recipe().model == BackboneCfg()
    assert form.recipe().training is not None


def test_a_head_that_is_not_trained_takes_the_training_away(qtbot: QtBot, form: RecipeForm) -> None:
    form.form("head").kind.setCurrentIndex(1)
    recipe = form.recipe()
    assert (recipe.head, recipe.training) == (ClassicCfg(), None)
    assert recipe.model == BackboneCfg()
    enabled = [form.tabs.isTabEnabled(at) for at in range(form.tabs.count())]
    assert enabled == [True, True, True, False, False, False]


def test_a_network_of_layers_brings_a_head_that_learns(qtbot: QtBot) -> None:
    form = shown(qtbot, PRESETS["quick"])
    form.form("model").kind.setCurrentIndex(1)
    recipe = form.recipe()
    assert isinstance(recipe.model, BuiltCfg)
    assert isinstance(recipe.head, DenseHeadCfg)
    assert recipe.training == TrainingCfg()


def test_random_weights_bring_training_and_a_head_on_fixed_features_brings_pretrained_ones(qtbot: QtBot) -> None:
    form = shown(qtbot, PRESETS["quick"])
    weights = form.form("model").form().editor("weights").control
    weights.setCurrentIndex(weights.findData("none"))
    assert form.recipe().training is not None
    form.form("head").kind.setCurrentIndex(0)
    assert form.recipe().head == LogisticCfg()
    assert form.recipe().model.weights == "pretrained"


# Lists of parts


def test_layers_are_added_changed_moved_and_removed(qtbot: QtBot) -> None:
    form = shown(qtbot, PRESETS["study4_lenet"])
    layers = form.form("model", "layers")
    given = layers.value()
    assert [type(layer) for layer in given] == [ConvCfg, PoolCfg, ConvCfg, PoolCfg]
    layers.choose(3)
    layers.add(DropoutCfg)
    layers.form().editor("p").control.setValue(0.4)
    assert form.recipe().model.layers == (*given, DropoutCfg(p=0.4))
    layers.up.click()
    assert form.recipe().model.layers == (*given[:3], DropoutCfg(p=0.4), given[3])
    layers.copy.click()
    layers.minus.click()
    layers.choose(3)
    layers.minus.click()
    assert form.recipe().model.layers == given
    assert layers.at() == 3


def test_a_list_says_what_is_special_about_each_row(qtbot: QtBot) -> None:
    form = shown(qtbot, PRESETS["study4_lenet"])
    model = form.form("model", "layers").model
    texts = [model.data(model.index(n, 0)) for n in range(2)]
    assert texts == ["1   Convolution: Filters 6, Kernel 5, No padding", "2   Pooling"]


def test_one_stage_always_remains(qtbot: QtBot, form: RecipeForm) -> None:
    stages = form.form("training", "stages")
    assert not stages.minus.isEnabled()
    stages.add(StageCfg)
    assert len(form.recipe().training.stages) == 2
    assert stages.minus.isEnabled()
    stages.minus.click()
    assert not stages.minus.isEnabled()


def test_dense_layers_can_be_added_to_a_head_without_any(qtbot: QtBot, form: RecipeForm) -> None:
    form.form("head", "dense").plus.click()
    assert form.recipe().head.dense == (DenseCfg(width=128),)


# Augmentation in one word


def test_the_strength_of_augmentation_is_a_word_until_a_field_is_changed(qtbot: QtBot, form: RecipeForm) -> None:
    assert form.strength.currentData() == "off"
    at = form.strength.findData("strong")
    form.strength.setCurrentIndex(at)
    form.strength.activated.emit(at)
    assert form.recipe().training.augment == AUGMENTS["strong"]
    form.form("training", "augment").editor("rotate").control.setValue(45.0)
    assert form.strength.currentData() == ""
    assert form.recipe().training.augment.rotate == 45.0


# Controls


def number(low: float, high: float, *, log: bool = False) -> NumberEditor:
    from engine.recipe.bounds import Bounds

    return NumberEditor(Bounds(low, high, log=log))


def test_a_wide_range_is_walked_in_ones_twos_and_fives(qtbot: QtBot) -> None:
    editor = number(1e-8, 10.0, log=True)
    qtbot.addWidget(editor)
    editor.set_value(1e-3)
    seen = []
    for _ in range(4):
        editor.control.stepBy(1)
        seen.append(editor.value())
    editor.control.stepBy(-5)
    assert seen == pytest.approx([2e-3, 5e-3, 1e-2, 2e-2])
    assert editor.value() == pytest.approx(5e-4)
    assert editor.control.text() == "0.0005"


@pytest.mark.parametrize(("typed", "value"), [("3e-4", 3e-4), ("0.02", 0.02), ("99", 1e-3), ("abc", 1e-3)])
def test_a_number_is_typed_as_one_writes_it_and_keeps_to_its_range(qtbot: QtBot, typed: str, value: float) -> None:
    editor = number(1e-8, 10.0, log=True)
    qtbot.addWidget(editor)
    editor.show()
    editor.set_value(1e-3)
    editor.control.selectAll()
    qtbot.keyClicks(editor.control, typed)
    qtbot.keyClick(editor.control, Qt.Key.Key_Return)
    assert editor.value() == pytest.approx(value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.1, 1; 10", (0.1, 1.0, 10.0)), ("0.5", (0.5,)), ("1, x", (1.0,)), ("", (1.0,)), ("1e9", (1.0,))],
)
def test_a_list_that_cannot_be_read_stays_as_it_was(qtbot: QtBot, typed: str, value: tuple[float, ...]) -> None:
    from engine.recipe.bounds import Bounds

    editor = ListEditor(Bounds(1e-6, 1e6), whole=False)
    qtbot.addWidget(editor)
    editor.show()
    editor.set_value((1.0,))
    editor.control.selectAll()
    qtbot.keyClick(editor.control, Qt.Key.Key_Delete)
    qtbot.keyClicks(editor.control, typed)
    qtbot.keyClick(editor.control, Qt.Key.Key_Return)
    assert editor.value() == value


def test_an_architecture_can_be_chosen_or_typed(qtbot: QtBot) -> None:
    editor = TextEditor(("efficientnet_lite0", "timm/resnet50"))
    qtbot.addWidget(editor)
    editor.show()
    editor.set_value("efficientnet_lite0")
    with qtbot.waitSignal(editor.changed):
        editor.control.setCurrentIndex(1)
    editor.control.lineEdit().selectAll()
    qtbot.keyClicks(editor.control.lineEdit(), "timm/vit_tiny_patch16_224")
    with qtbot.waitSignal(editor.changed):
        qtbot.keyClick(editor.control.lineEdit(), Qt.Key.Key_Return)
    assert editor.value() == "timm/vit_tiny_patch16_224"


# Layers


def test_a_network_is_said_in_numbers_and_layer_by_layer(qtbot: QtBot) -> None:
    view = LayerForm()
    qtbot.addWidget(view)
    assert view.said() == "This recipe trains no network."
    rows = (
        LayerRow(name="body.0", kind="Conv2d", stage=0, shape=(16, 30, 30), n_parameters=448, n_buffers=0),
        LayerRow(name="head.0", kind="Linear", stage=1, shape=(100,), n_parameters=1_440_100, n_buffers=0),
    )
    view.show_table(
        LayerTable(
            title="Own", n_stages=1, rows=rows, n_parameters=1_440_548, n_trainable=1_440_100, n_buffers=160,
            n_bytes=5_762_192, batch=32, training_bytes=31_000_000, largest_batch=128,
        )
    )  # fmt: skip
    assert view.figures.values() == ("1,440,548", "1,440,100", "5.8 MB", "about 31.0 MB")
    assert "160 means and variances" in view.said()
    assert view.model.data(view.model.index(0, 2)) == "16 × 30 × 30"
    view.show_problem("The photos are too small for this network.")
    assert view.said() == "The photos are too small for this network."
    assert view.model.rowCount() == 0
