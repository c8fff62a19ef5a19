"""Every choice in a recipe can be shown in a form: it has a kind, words of help, and a range where it is a number."""

from __future__ import annotations

import pytest

from engine.recipe.bounds import BOUNDS, out_of_bounds
from engine.recipe.fields import Field, Part, fields_of, summary_of, title_of
from engine.recipe.head_cfg import ClassicCfg, LogisticCfg
from engine.recipe.model_cfg import BuiltCfg, ConvCfg, DropoutCfg
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import AugmentCfg, OptimCfg, ScheduleCfg, TrainingCfg

NUMBERS = ("whole", "number", "wholes", "numbers")


def parts_below(part: Part) -> set[Part]:
    found = {part}
    for field in fields_of(part):
        for inner in field.parts:
            found |= parts_below(inner)
    return found


ALL_PARTS = sorted(parts_below(Recipe), key=lambda part: part.__name__)


def field(part: Part, name: str) -> Field:
    return next(one for one in fields_of(part) if one.name == name)


@pytest.mark.parametrize("part", ALL_PARTS, ids=lambda part: part.__name__)
def test_every_number_has_a_range_that_holds_its_default(part: Part) -> None:
    for one in fields_of(part):
        assert (one.bounds is not None) == (one.kind in NUMBERS), one.name
        if one.bounds is not None and isinstance(one.default, int | float):
            assert one.bounds.low <= one.default <= one.bounds.high, one.name


@pytest.mark.parametrize("part", ALL_PARTS, ids=lambda part: part.__name__)
def test_every_field_has_help_without_marks(part: Part) -> None:
    assert summary_of(part)
    assert [one.name for one in fields_of(part) if not one.help or "`" in one.help] == []


def test_ranges_are_of_fields_that_exist() -> None:
    for part, bounds in BOUNDS.items():
        assert set(bounds) <= set(part.__struct_fields__)
        assert part in ALL_PARTS


def test_help_is_the_entry_of_the_field_alone() -> None:
    assert field(AugmentCfg, "flip_v").help == "Probability of mirroring."
    assert field(ScheduleCfg, "floor").help == "Lowest rate, as a share of the peak."
    assert field(InputCfg, "size").help.startswith("Side of the square input")


def test_a_field_without_an_entry_is_helped_by_the_sentence_that_names_it() -> None:
    assert field(OptimCfg, "momentum").help.startswith("The optimiser by its name in timm; momentum")
    assert "focal_gamma" in field(TrainingCfg, "focal_gamma").help


def test_choices_stand_in_the_order_they_were_written() -> None:
    assert field(ClassicCfg, "method").choices == ("svm", "forest", "boosting", "neighbours")


def test_kinds_tell_lists_parts_and_alternatives_apart() -> None:
    assert field(LogisticCfg, "strengths").kind == "numbers"
    assert field(LogisticCfg, "balanced").kind == "switch"
    assert field(Recipe, "input").kind == "part"
    assert (field(Recipe, "training").kind, field(Recipe, "training").optional) == ("part", True)
    assert (field(Recipe, "model").kind, len(field(Recipe, "model").parts)) == ("one_of", 2)
    layers = field(BuiltCfg, "layers")
    assert layers.kind == "rows"
    assert {title_of(part) for part in layers.parts} >= {"conv", "pool", "norm", "dropout"}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_keeps_to_the_ranges(name: str) -> None:
    assert out_of_bounds(PRESETS[name]) == ()


def test_a_number_out_of_range_is_named_with_its_place() -> None:
    layers = (ConvCfg(filters=8), DropoutCfg(p=1.5))
    assert out_of_bounds(BuiltCfg(layers=layers), "model") == (
        "model.layers[2].p is 1.5, and has to be between 0 and 0.95.",
    )
    assert out_of_bounds(LogisticCfg(strengths=(1.0, float("nan")))) == (
        "strengths[2] is nan, and has to be between 1e-06 and 1e+06.",
    )
