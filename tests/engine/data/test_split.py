"""Splits as laws: whole groups, every class on both sides, nobody moves."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from engine.data.split import SplitPhoto, make_split
from engine.recipe.recipe import SplitCfg

shares = st.sampled_from([(0.1, 0.1), (0.15, 0.2), (0.2, 0.3), (0.0, 0.25)])
photos = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 25)), min_size=1, max_size=120).map(
    lambda rows: [
        SplitPhoto(photo_id=n, class_id=class_id, group=f"{class_id}-{group}".encode())
        for n, (class_id, group) in enumerate(rows)
    ]
)


def cfg(val_test: tuple[float, float], seed: int = 0) -> SplitCfg:
    return SplitCfg(val=val_test[0], test=val_test[1], seed=seed)


@given(photos, shares)
def test_no_group_stands_on_two_sides(given_photos: list[SplitPhoto], val_test: tuple[float, float]) -> None:
    parts = make_split(cfg(val_test), given_photos)
    sides = defaultdict(set)
    for photo in given_photos:
        sides[photo.group].add(parts[photo.photo_id])
    assert all(len(found) == 1 for found in sides.values())
    assert set(parts) == {photo.photo_id for photo in given_photos}


@given(photos, shares)
def test_every_class_of_two_groups_teaches_and_tests(
    given_photos: list[SplitPhoto], val_test: tuple[float, float]
) -> None:
    parts = make_split(cfg(val_test), given_photos)
    groups, found = defaultdict(set), defaultdict(set)
    for photo in given_photos:
        groups[photo.class_id].add(photo.group)
        found[photo.class_id].add(parts[photo.photo_id])
    for class_id, keys in groups.items():
        if len(keys) >= 2:
            assert {"train", "test"} <= found[class_id]
        else:
            assert found[class_id] == {"train"}


@given(photos, shares, st.integers(0, 5), st.randoms())
def test_order_of_the_photos_does_not_matter(given_photos, val_test, seed, random) -> None:
    mixed = list(given_photos)
    random.shuffle(mixed)
    assert make_split(cfg(val_test, seed), mixed) == make_split(cfg(val_test, seed), given_photos)


@given(photos, photos, shares)
def test_photos_that_come_later_move_nobody(first, second, val_test) -> None:
    before = make_split(cfg(val_test), first)
    parts = {photo.group: before[photo.photo_id] for photo in first}
    later = [
        SplitPhoto(photo_id=p.photo_id, class_id=p.class_id, group=p.group, given=parts[p.group]) for p in first
    ] + [
        SplitPhoto(photo_id=1000 + p.photo_id, class_id=p.class_id, group=p.group, given=parts.get(p.group))
        for p in second
    ]
    after = make_split(cfg(val_test), later)
    assert {i: after[i] for i in before} == before


def test_shares_are_near_what_was_asked() -> None:
    many = [SplitPhoto(photo_id=n, class_id=n % 3, group=str(n).encode()) for n in range(300)]
    parts = list(make_split(SplitCfg(val=0.15, test=0.2), many).values())
    assert (parts.count("test"), parts.count("val"), parts.count("train")) == (60, 45, 195)


def test_another_seed_draws_other_photos() -> None:
    many = [SplitPhoto(photo_id=n, class_id=0, group=str(n).encode()) for n in range(60)]
    assert make_split(SplitCfg(seed=1), many) != make_split(SplitCfg(seed=2), many)


def test_a_copy_of_a_test_photo_never_teaches() -> None:
    rows = [
        SplitPhoto(photo_id=1, class_id=0, group=b"same", given="train"),
        SplitPhoto(photo_id=2, class_id=0, group=b"same", given="test"),
        SplitPhoto(photo_id=3, class_id=0, group=b"other", given="train"),
    ]
    assert make_split(SplitCfg(), rows) == {1: "test", 2: "test", 3: "train"}
