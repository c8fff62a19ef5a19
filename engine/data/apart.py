"""Groups of copies as people see them: what they have said to be different photos is not in one group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence


def without_apart(groups: Iterable[Sequence[int]], apart: Collection[tuple[int, int]]) -> list[tuple[int, ...]]:
    """The groups, parted where somebody parted them; what is alone then is in no group.

    Two photos of a group stay together unless they were set apart, or if a third one holds them together.

    Args:
        groups: photo ids. apart: (smaller id, larger id) of photos that are no copies of one another.
    Returns:
        groups of two or more, each in the order it had.
    """
    parted = {photo_id for pair in apart for photo_id in pair}
    out: list[tuple[int, ...]] = []
    for group in groups:
        if parted.isdisjoint(group):
            out.append(tuple(group))
        else:
            out.extend(_pieces(tuple(group), apart))
    return [group for group in out if len(group) > 1]


def _pieces(group: tuple[int, ...], apart: Collection[tuple[int, int]]) -> list[tuple[int, ...]]:
    free = list(group)
    pieces = []
    while free:
        first, *free = free
        piece, waiting = {first}, [first]
        while waiting and free:
            here = waiting.pop()
            # Who stays free was set apart from `here`: in all, no more looks than photos and pairs.
            near = [i for i in free if (min(here, i), max(here, i)) not in apart]
            free = [i for i in free if (min(here, i), max(here, i)) in apart] if near else free
            piece.update(near)
            waiting.extend(near)
        pieces.append(tuple(i for i in group if i in piece))
    return pieces
