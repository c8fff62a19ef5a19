"""Recipes as TOML: back again they are equal, and a file with a mistake is refused with its place and advice."""

from __future__ import annotations

import pytest

from engine.base.errors import UserError
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, DenseCfg, DenseHeadCfg, Mapping
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg, blocks
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import Recipe
from engine.recipe.toml_text import from_toml, to_toml
from engine.recipe.training_cfg import AUGMENTS, StageCfg, TrainingCfg

STAGES = (StageCfg(epochs=2, layers="head"), StageCfg(epochs=8, layers="last", n_last=3, lr=1e-4, layer_decay=0.8))
RECIPES = {
    **PRESETS,
    "fine_tune": Recipe(head=DenseHeadCfg(), training=TrainingCfg(stages=STAGES, augment=AUGMENTS["strong"])),
    "built": Recipe(
        title="Größe „klein“",
        model=BuiltCfg(layers=blocks((8, 16), norm=True, dropout=0.25)),
        head=DenseHeadCfg(pool="flatten", dense=(DenseCfg(width=64, dropout=0.5),)),
        training=TrainingCfg(stages=STAGES),
    ),
    "forest": Recipe(head=ClassicCfg(method="forest")),
    "as_is": Recipe(
        model=BackboneCfg(backbone="timm/resnet50"), head=AsIsCfg(mapping=(Mapping(class_name="cod", columns=(0, 5)),))
    ),
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_comes_back_as_it_was(name: str) -> None:
    assert from_toml(to_toml(RECIPES[name])) == RECIPES[name]


def test_what_a_file_does_not_name_is_as_usual() -> None:
    assert from_toml('title = "Mine"\n[input]\nsize = 224\n').input.size == 224
    assert from_toml("") == Recipe()


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("[input]\nsiz = 224", "siz, at input", "Did you mean size?"),
        ("[inptu]\nsize = 224", "inptu", "Did you mean input?"),
        ("zzzzqqqq = 1", "zzzzqqqq", "Remove zzzzqqqq."),
        ('[input]\nsize = "large"', "input.size", "Correct the value."),
        ("[input]\nsize = 4", "input.size is 4, and has to be between 8 and 2048", "Correct the value."),
        ("[head]\nkind = 'none'", "head", "Correct the value."),
        ("[head]\nkind = 'dense'", "exactly where its head is of dense layers", "Correct the value."),
        ("size = = 3", "line 1", "Correct that line"),
        ("recipe_version = 2", "another version of Fieldmark", "Open it with that version."),
    ],
)
def test_a_mistake_is_said_with_its_place_and_what_to_do(text: str, place: str, advice: str) -> None:
    with pytest.raises(UserError) as caught:
        from_toml(text)
    assert place in caught.value.what
    assert advice in caught.value.advice
    assert caught.value.safe


def test_rows_are_counted_from_one() -> None:
    text = to_toml(RECIPES["fine_tune"]).replace("lr = 0.0001", "lr = -1.0")
    with pytest.raises(UserError, match=r"training\.stages\[2\]\.lr is -1"):
        from_toml(text)
