"""Choices of a recipe changed by their places, strictly."""

from __future__ import annotations

import msgspec
import pytest

from engine.base.errors import UserError
from engine.recipe.head_cfg import DenseHeadCfg
from engine.recipe.overrides import choices_between, with_choices
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import Recipe
from engine.recipe.training_cfg import StageCfg, TrainingCfg

NETWORK = Recipe(head=DenseHeadCfg(), training=TrainingCfg(stages=(StageCfg(epochs=1), StageCfg(epochs=2))))


def test_no_choice_changes_nothing() -> None:
    assert with_choices(NETWORK, []) == NETWORK


def test_each_choice_lands_in_its_place_and_nowhere_else() -> None:
    made = with_choices(
        NETWORK, ["input.size=96", "training.stages[2].epochs = 7", "training.optim.name=sgd", "split.use_given=false"]
    )
    assert made.input.size == 96
    assert made.training is not None
    assert [stage.epochs for stage in made.training.stages] == [1, 7]
    assert made.training.optim.name == "sgd"
    assert made.split.use_given is False
    back = ["input.size=288", "training.stages[2].epochs=2", "training.optim.name='adamw'", "split.use_given=true"]
    assert with_choices(made, back) == NETWORK


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        ("input.size", "no ="),
        ("=4", "no place"),
        ("input.sze=4", "no input.sze"),
        ("training.stages[3].epochs=1", "no training.stages"),
        ("training.stages[0].epochs=1", "no training.stages"),
        ("input.size=large", "input.size has to be a whole number, not a text"),
        ("input.fit=squash", "input.fit cannot be 'squash'"),
        ("input.size=3", "between 8 and 2048"),
        ("name.x=3", "no name.x"),
    ],
)
def test_what_cannot_be_made_is_refused_with_its_reason(choice: str, why: str) -> None:
    with pytest.raises(UserError) as told:
        with_choices(NETWORK, [choice])
    assert why in told.value.what


def nameless(recipe: Recipe) -> Recipe:
    return msgspec.structs.replace(recipe, name="", title="")


def test_the_choices_between_two_recipes_make_one_of_the_other() -> None:
    names = ("quick", "fine_tune", "from_scratch", "svm", "as_is", "study1_cnn", "study1_vgg16", "study4_lenet")
    for base in (PRESETS[name] for name in names):
        for wanted in (PRESETS[name] for name in names):
            assert nameless(with_choices(base, choices_between(base, wanted))) == nameless(wanted)
    one = "training.stages[2].lr=0.5"
    assert choices_between(NETWORK, with_choices(NETWORK, [one])) == (one,)
    assert choices_between(NETWORK, NETWORK) == ()
