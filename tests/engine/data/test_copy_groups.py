"""Groups follow pairs, but never wander from one picture to another that shares nothing with it."""

from hypothesis import given
from hypothesis import strategies as st

from engine.data.copy_groups import group_copies
from engine.data.near_copies import CopyPair

HERE = (1.0, 0.0, 0.0, 1.0)


def pair(first: int, second: int, *, shift: float = 0.0) -> CopyPair:
    return CopyPair(first=first, second=second, kinds=("same",), similarity=1.0, linear=HERE, shift=(shift, 0.0))


def names(n: int) -> list[bytes]:
    return [bytes([i]) for i in range(n)]


def test_copies_of_copies_are_one_group() -> None:
    assert [set(group) for group in group_copies([pair(0, 1), pair(1, 2)], names(4))] == [{0, 1, 2}]


def test_a_camera_that_pans_does_not_join_what_shares_nothing() -> None:
    steps = [pair(i, i + 1, shift=0.6) for i in range(9)]
    groups = group_copies(steps, names(10))
    assert max(len(group) for group in groups) <= 3


def test_two_crops_of_one_photo_are_one_group_through_it() -> None:
    left = CopyPair(first=1, second=0, kinds=("cropped",), similarity=1.0, linear=(0.5, 0, 0, 1), shift=(-0.5, 0.0))
    right = CopyPair(first=2, second=0, kinds=("cropped",), similarity=1.0, linear=(0.5, 0, 0, 1), shift=(0.5, 0.0))
    (group,) = group_copies([left, right], names(3))
    assert group[0] == 0
    assert set(group) == {0, 1, 2}


def test_no_pairs_no_groups() -> None:
    assert group_copies([], names(3)) == []


@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda p: p[0] < p[1]), max_size=20))
def test_without_shifts_groups_are_the_connected_parts(links: set[tuple[int, int]]) -> None:
    groups = group_copies([pair(a, b) for a, b in sorted(links)], names(12))
    part = {i: {i} for i in range(12)}
    for a, b in links:
        joined = part[a] | part[b]
        for i in joined:
            part[i] = joined
    assert {frozenset(g) for g in groups} == {frozenset(p) for p in part.values() if len(p) > 1}
