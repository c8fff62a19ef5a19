"""Folds: every photo is tested once, by a model that has seen nothing that belongs to it, and no locked photo ever."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.fold_split import fold_split, n_empty_folds
from engine.data.split import SplitPhoto
from engine.recipe.fold_cfg import FoldCfg
from engine.recipe.recipe import Recipe, SplitCfg, from_json, sha256_of, to_json

DRAWN = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 25)), min_size=1, max_size=80)


@given(DRAWN, st.integers(2, 6), st.integers(0, 3))
def test_every_photo_is_in_one_fold_and_no_group_in_two(drawn: list[tuple[int, int]], n_folds: int, seed: int) -> None:
    # A group is of one class here, so that "a class of one group" is well defined.
    photos = [
        SplitPhoto(photo_id=i, class_id=class_id, group=bytes([class_id, group]))
        for i, (class_id, group) in enumerate(drawn)
    ]
    parts = [fold_split(SplitCfg().fold_of(n_folds, at, seed), photos) for at in range(n_folds)]
    assert all(set(one) == {photo.photo_id for photo in photos} for one in parts)
    groups_of = {photo.class_id: {one.group for one in photos if one.class_id == photo.class_id} for photo in photos}
    for photo in photos:
        n_tested = sum(one[photo.photo_id] == "test" for one in parts)
        assert n_tested == (1 if len(groups_of[photo.class_id]) > 1 else 0)
    for one in parts:
        places: dict[bytes, set[str]] = {}
        for photo in photos:
            places.setdefault(photo.group, set()).add(one[photo.photo_id])
        assert all(len(parts_of_group) == 1 for parts_of_group in places.values())


def test_classes_are_spread_and_some_of_the_others_tune() -> None:
    photos = [SplitPhoto(photo_id=i, class_id=i % 2, group=i.to_bytes(2)) for i in range(100)]
    parts = fold_split(SplitCfg(val=0.15).fold_of(5, 2, 0), photos)
    assert Counter(parts.values()) == {"train": 68, "val": 12, "test": 20}
    assert Counter(i % 2 for i, part in parts.items() if part == "test") == {0: 10, 1: 10}
    assert parts == fold_split(SplitCfg(val=0.15).fold_of(5, 2, 0), photos[::-1])
    assert parts != fold_split(SplitCfg(val=0.15).fold_of(5, 2, 1), photos)


def test_folds_that_too_few_photos_leave_empty_are_counted() -> None:
    photos = [SplitPhoto(photo_id=i, class_id=i % 2, group=i.to_bytes(2)) for i in range(8)]
    parts = [fold_split(SplitCfg().fold_of(15, at, 0), photos) for at in range(15)]
    n_empty = sum("test" not in one.values() for one in parts)
    assert n_empty_folds(SplitCfg().fold_of(15, 3, 0), photos) == n_empty >= 7
    assert n_empty_folds(SplitCfg().fold_of(4, 3, 0), photos) == 0


def test_a_recipe_without_a_fold_reads_and_hashes_as_ever() -> None:
    assert '"fold"' not in to_json(Recipe()).replace('"folds"', "")
    folded = msgspec.structs.replace(Recipe(), split=SplitCfg().fold_of(5, 1, 0))
    assert from_json(to_json(folded)) == folded
    assert sha256_of(folded) != sha256_of(Recipe())
    assert folded.split.whole == SplitCfg()


@pytest.mark.parametrize(("n", "at"), [(1, 0), (5, 5), (21, 0), (5, -1)])
def test_there_is_no_such_fold(n: int, at: int) -> None:
    with pytest.raises(ValueError, match="no fold"):
        FoldCfg(n=n, at=at)
