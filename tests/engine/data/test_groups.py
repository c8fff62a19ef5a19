"""Groups: what belongs together has one key, whatever the order of the photos, and nothing else shares it."""

from __future__ import annotations

import hashlib
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.errors import UserError
from engine.data.groups import GroupPhoto, group_keys
from engine.recipe.group_cfg import GroupCfg


def photo(photo_id: int, **facts: object) -> GroupPhoto:
    """A photo of its own content unless `sha256` says otherwise."""
    facts = {"sha256": hashlib.sha256(str(photo_id).encode()).digest()} | facts
    return GroupPhoto(photo_id=photo_id, **facts)  # type: ignore[arg-type]


NOTHING = {"copies": False, "bursts": False}


def groups(photos: list[GroupPhoto], **chosen: object) -> set[frozenset[int]]:
    """The groups of more than one photo, by their ids."""
    keys = group_keys(photos, GroupCfg(**(NOTHING | chosen)))  # type: ignore[arg-type]
    by_key: dict[bytes, set[int]] = {}
    for photo_id, key in keys.items():
        by_key.setdefault(key, set()).add(photo_id)
    return {frozenset(ids) for ids in by_key.values() if len(ids) > 1}


def test_equal_contents_stay_together_whatever_is_chosen() -> None:
    assert groups([photo(1, sha256=bytes(32)), photo(2), photo(3, sha256=bytes(32))]) == {frozenset({1, 3})}


def test_copies_stay_together() -> None:
    photos = [photo(1, copies=4), photo(2), photo(3, copies=4), photo(4, copies=5)]
    assert groups(photos, copies=True) == {frozenset({1, 3})}
    assert groups(photos) == set()


def test_a_burst_is_a_chain_of_short_pauses_of_one_camera_in_one_folder() -> None:
    times = ["12:00:00", "12:00:08", "12:00:16", "12:01:00"]
    photos = [photo(n, taken=f"2020-05-06T{time}", camera="TG-6") for n, time in enumerate(times)]
    photos += [photo(10, taken="2020-05-06T12:00:09", camera="D90"), photo(11, camera="TG-6")]
    photos += [photo(12, taken="2020-05-06T12:00:09", camera="TG-6", folder="other")]
    assert groups(photos, bursts=True) == {frozenset({0, 1, 2})}
    assert groups(photos, bursts=True, burst_seconds=44.0) == {frozenset({0, 1, 2, 3})}


def test_photos_of_which_a_table_tells_only_the_day_are_no_burst() -> None:
    photos = [photo(n, taken="2020-05-06T00:00:00", camera="TG-6") for n in range(3)]
    assert groups(photos, bursts=True) == set()
    assert groups(photos, days=True) == {frozenset({0, 1, 2})}
    night = [photo(n, taken=f"2020-05-0{when}", camera="TG-6") for n, when in enumerate(("5T23:59:58", "6T00:00:00"))]
    assert groups(night, bursts=True) == {frozenset({0, 1})}


@pytest.mark.parametrize(
    ("choice", "alike", "other"),
    [
        ("folders", {"folder": "a/b"}, {"folder": "a"}),
        ("days", {"taken": "2020-05-06T01:00:00"}, {"taken": "2020-05-07T01:00:00"}),
        ("cameras", {"camera": "D90"}, {"camera": "TG-6"}),
        ("sites", {"place": (1.00001, 2.0)}, {"place": (1.1, 2.0)}),
    ],
)
def test_photos_that_share_a_fact_stay_together(
    choice: str, alike: dict[str, object], other: dict[str, object]
) -> None:
    photos = [photo(1, **alike), photo(2, **alike), photo(3, **other), photo(4), photo(5)]
    assert groups(photos, **{choice: True}) == {frozenset({1, 2})}, "not knowing is nothing in common"


def test_names_are_alike_in_what_the_pattern_catches() -> None:
    photos = [photo(n, name=name) for n, name in enumerate(["fish07_a.jpg", "fish07_b.jpg", "fish08_a.jpg", "x.jpg"])]
    assert groups(photos, names=r"^([a-z]+\d+)_") == {frozenset({0, 1})}
    assert groups(photos, names="fish") == {frozenset({0, 1, 2})}


def test_a_pattern_that_is_none_is_told() -> None:
    with pytest.raises(UserError, match="pattern"):
        group_keys([photo(1)], GroupCfg(names="("))


def test_what_is_connected_through_others_is_one_group() -> None:
    photos = [photo(1, folder="a"), photo(2, folder="a", camera="D90"), photo(3, camera="D90"), photo(4)]
    assert groups(photos, folders=True, cameras=True) == {frozenset({1, 2, 3})}


facts = st.fixed_dictionaries(
    {
        "folder": st.sampled_from(["", "a", "b"]),
        "camera": st.sampled_from(["", "D90"]),
        "taken": st.sampled_from(["", "2020-05-06T01:00:00", "2020-05-06T01:00:07", "2020-05-08T01:00:00"]),
        "copies": st.sampled_from([None, 1, 2]),
    }
)
choices = st.sets(st.sampled_from(["copies", "bursts", "folders", "days", "cameras"])).map(sorted)


@given(st.lists(facts, max_size=12), choices, st.randoms())
def test_keys_do_not_depend_on_the_order(rows: list[dict], chosen: list[str], random) -> None:
    photos = [photo(n, **row) for n, row in enumerate(rows)]
    shuffled = random.sample(photos, len(photos))
    cfg = GroupCfg(**(NOTHING | dict.fromkeys(chosen, True)))
    assert group_keys(photos, cfg) == group_keys(shuffled, cfg)


@given(st.lists(facts, max_size=12), choices)
def test_another_choice_joins_groups_and_never_parts_them(rows: list[dict], chosen: list[str]) -> None:
    photos = [photo(n, **row) for n, row in enumerate(rows)]
    few = group_keys(photos, GroupCfg(**(NOTHING | dict.fromkeys(chosen[:-1], True))))
    many = group_keys(photos, GroupCfg(**(NOTHING | dict.fromkeys(chosen, True))))
    for first, second in combinations(range(len(photos)), 2):
        assert few[first] != few[second] or many[first] == many[second]
