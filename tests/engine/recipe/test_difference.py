"""The difference of two recipes is every choice that differs, by its place, and nothing else."""

from __future__ import annotations

import msgspec

from engine.recipe.difference import Difference, differences
from engine.recipe.head_cfg import ClassicCfg, DenseHeadCfg
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import StageCfg, TrainingCfg

FINE_TUNE = Recipe(head=DenseHeadCfg(), training=TrainingCfg(stages=(StageCfg(epochs=2), StageCfg(epochs=8, lr=1e-4))))


def test_equal_recipes_differ_in_nothing() -> None:
    assert differences(FINE_TUNE, FINE_TUNE) == ()


def test_a_changed_value_is_one_row_with_its_place() -> None:
    changed = Recipe(input=InputCfg(size=224, fit="crop"))
    assert differences(Recipe(), changed) == (
        Difference(place="input.size", before="288", after="224"),
        Difference(place="input.fit", before="whole", after="crop"),
    )


def test_names_do_not_count() -> None:
    assert differences(Recipe(), msgspec.structs.replace(Recipe(), name="mine", title="Mine")) == ()


def test_rows_are_compared_one_by_one() -> None:
    assert FINE_TUNE.training is not None
    shorter = msgspec.structs.replace(FINE_TUNE.training, stages=(StageCfg(epochs=3),))
    rows = differences(FINE_TUNE, msgspec.structs.replace(FINE_TUNE, training=shorter))
    assert rows[0] == Difference(place="training.stages[1].epochs", before="2", after="3")
    assert [row.after for row in rows if row.place.startswith("training.stages[2]")] == [""] * 5


def test_another_kind_of_head_is_said_as_such_with_its_choices() -> None:
    rows = {row.place: row for row in differences(Recipe(), Recipe(head=ClassicCfg(method="forest")))}
    assert (rows["head"].before, rows["head"].after) == ("logistic", "classic")
    assert (rows["head.method"].before, rows["head.method"].after) == ("", "forest")
    assert rows["head.strengths"].after == ""
    assert "head.balanced" not in rows


def test_places_of_a_section_stay_together() -> None:
    sections = [row.place.split(".")[0] for row in differences(Recipe(), FINE_TUNE)]
    assert sections == sorted(sections, key=["input", "model", "head", "split", "seed", "training"].index)
