"""A recipe is a value: the same text for the same choices, and no text that contradicts itself."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.errors import UserError
from engine.recipe.head_cfg import AsIsCfg, ClassicCfg, DenseCfg, DenseHeadCfg, LogisticCfg
from engine.recipe.model_cfg import BackboneCfg, BuiltCfg, ConvCfg, DropoutCfg, NormCfg, PoolCfg, blocks
from engine.recipe.presets import PRESETS, preset
from engine.recipe.recipe import Recipe, backbone_name, from_json, sha256_of, to_json
from engine.recipe.training_cfg import AUGMENTS, AugmentCfg, ScheduleCfg, StageCfg, TrainingCfg

dense = st.builds(
    DenseHeadCfg,
    pool=st.sampled_from(["average", "flatten"]),
    dropout=st.floats(0, 0.9),
    dense=st.lists(st.builds(DenseCfg, width=st.integers(1, 4096), norm=st.booleans()), max_size=3).map(tuple),
)
training = st.builds(
    TrainingCfg,
    stages=st.lists(
        st.builds(StageCfg, epochs=st.integers(1, 50), layers=st.sampled_from(["head", "last", "all"])), max_size=3
    ).map(tuple),
    augment=st.sampled_from(list(AUGMENTS.values())),
    schedule=st.builds(ScheduleCfg, kind=st.sampled_from(["constant", "cosine", "step", "one_cycle", "plateau"])),
    smoothing=st.floats(0, 0.5),
)
layers = st.lists(
    st.one_of(
        st.builds(ConvCfg, filters=st.integers(1, 512), padding=st.sampled_from(["same", "valid"])),
        st.builds(PoolCfg),
        st.just(NormCfg()),
        st.builds(DropoutCfg, p=st.floats(0, 0.9)),
    ),
    max_size=8,
).map(tuple)
models = st.one_of(st.builds(BackboneCfg, cut=st.integers(-3, 3)), st.builds(BuiltCfg, layers=layers))
recipes = st.one_of(
    st.builds(
        Recipe, head=st.sampled_from([LogisticCfg(), ClassicCfg(method="forest"), AsIsCfg()]), seed=st.integers()
    ),
    st.builds(Recipe, model=models, head=dense, training=training),
)


@given(recipes)
def test_text_gives_the_recipe_back(recipe: Recipe) -> None:
    assert from_json(to_json(recipe)) == recipe
    assert sha256_of(from_json(to_json(recipe))) == sha256_of(recipe)


@given(recipes, recipes)
def test_equal_recipes_and_only_they_have_equal_digests(one: Recipe, other: Recipe) -> None:
    assert (one == other) == (sha256_of(one) == sha256_of(other))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"sed": 1}', "sed"),
        ('{"seed": "many"}', "$.seed"),
        ('{"input": {"fit": "squash"}}', "$.input.fit"),
        ('{"head": {"kind": "magic"}}', "$.head"),
        ('{"head": {"kind": "dense"}}', "exactly where"),
        ('{"training": {}}', "exactly where"),
        ('{"model": {"kind": "built"}}', "no features"),
    ],
)
def test_a_text_that_is_no_recipe_is_refused_with_its_place(text: str, place: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=place.replace("$", r"\$")):
        from_json(text)


def test_quick_is_what_an_empty_text_means() -> None:
    assert from_json("{}") == Recipe() == preset("quick")
    assert Recipe().is_quick


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(UserError) as told:
        preset("magic")
    assert all(name in told.value.advice for name in PRESETS)


def test_a_network_from_layers_has_no_backbone() -> None:
    assert backbone_name(Recipe()) == "efficientnet_lite0"
    assert backbone_name(Recipe(model=BuiltCfg(), head=DenseHeadCfg(), training=TrainingCfg())) is None


def test_epochs_of_all_stages_add_up() -> None:
    assert TrainingCfg(stages=(StageCfg(epochs=5), StageCfg(epochs=2))).n_epochs == 7


def test_blocks_are_layers_in_the_order_of_the_papers() -> None:
    made = blocks((8, 16), convs=2, norm_after_pool=True, dropout=0.2)
    kinds = [type(layer) for layer in made]
    assert kinds == [ConvCfg, ConvCfg, PoolCfg, NormCfg, DropoutCfg] * 2
    assert [layer.filters for layer in made if isinstance(layer, ConvCfg)] == [8, 8, 16, 16]


def test_off_changes_nothing() -> None:
    assert AUGMENTS["off"] == AugmentCfg()
    assert not any(msgspec.structs.astuple(msgspec.structs.replace(AUGMENTS["off"], policy=""))), "no strength at all"
