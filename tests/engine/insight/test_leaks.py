"""Leaks: every group on two sides is found, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.manifest import Part
from engine.data.split import SplitPhoto, make_split
from engine.insight.leaks import leak_report, strata
from engine.recipe.recipe import SplitCfg


def test_a_group_on_two_sides_is_a_leak_and_its_test_photos_are_counted() -> None:
    parts: dict[int, Part] = {1: "train", 2: "test", 3: "test", 4: "val", 5: "train", 6: "train"}
    groups = {1: b"a", 2: b"a", 3: b"a", 4: b"b", 5: b"c", 6: b"c", 7: b"b"}
    found = leak_report("copies", parts, groups)
    assert (found.n_groups, found.n_test, found.n_test_leaked) == (2, 2, 2)
    [leak] = found.leaks
    assert (leak.train, leak.val, leak.test) == ((1,), (), (2, 3))


def test_a_photo_outside_the_split_leaks_nothing() -> None:
    assert not leak_report("copies", {1: "test"}, {1: b"a", 2: b"a"}).leaks


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=60), st.integers(0, 99))
def test_a_split_drawn_by_the_same_groups_never_leaks(rows: list[tuple[int, int]], seed: int) -> None:
    photos = [SplitPhoto(photo_id=n, class_id=c, group=bytes([g])) for n, (c, g) in enumerate(rows)]
    parts = make_split(SplitCfg(seed=seed), photos)
    assert not leak_report("copies", parts, {photo.photo_id: photo.group for photo in photos}).leaks


def test_strata_say_what_each_part_holds_of_each_class() -> None:
    parts: dict[int, Part] = {1: "train", 2: "train", 3: "test", 4: "train", 5: "test", 6: "val"}
    cod, hake = strata(parts, {1: "Cod", 2: "Cod", 3: "Cod", 4: "Hake", 5: "Hake"})
    assert (cod.name, cod.n_train, cod.n_val, cod.n_test) == ("Cod", 2, 0, 1)
    assert (hake.name, hake.n_train, hake.n_test) == ("Hake", 1, 1)
    assert cod.deviation == pytest.approx(abs(1 / 2 - 3 / 5))
