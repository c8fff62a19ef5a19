"""Whether photos that belong together stand on different sides of a split, and what a split holds of each class."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from engine.data.manifest import Part

_PARTS: tuple[Part, ...] = ("train", "val", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A group on more than one side: its photos by part, by id."""

    train: tuple[int, ...]
    val: tuple[int, ...]
    test: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakReport:
    """Groups of one kind against a split.

    Args:
        n_groups: with more than one photo in the split. leaks: those on several sides, the largest first.
        n_test: photos in test. n_test_leaked: those of them with a relative in train or val.
    """

    kind: str
    n_groups: int
    leaks: tuple[Leak, ...]
    n_test: int
    n_test_leaked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One class: photos in each part, and the largest difference of a part's share of it from its overall share."""

    name: str
    n_train: int
    n_val: int
    n_test: int
    deviation: float


def leak_report(kind: str, parts: Mapping[int, Part], groups: Mapping[int, bytes]) -> LeakReport:
    """What of the groups stands on several sides.

    Args:
        parts: the part of each photo of the split. groups: key of the group of each photo; photos of the split without
            one are by themselves, photos outside the split do not count.
    """
    members: dict[bytes, list[int]] = defaultdict(list)
    for photo_id in sorted(parts):
        if (key := groups.get(photo_id)) is not None:
            members[key].append(photo_id)
    large = [ids for ids in members.values() if len(ids) > 1]
    leaks = [_leak(ids, parts) for ids in large if len({parts[i] for i in ids}) > 1]
    leaks.sort(key=lambda leak: (-(len(leak.train) + len(leak.val) + len(leak.test)), leak.train + leak.val))
    return LeakReport(
        kind=kind,
        n_groups=len(large),
        leaks=tuple(leaks),
        n_test=sum(part == "test" for part in parts.values()),
        n_test_leaked=sum(len(leak.test) for leak in leaks if leak.train or leak.val),
    )


def strata(parts: Mapping[int, Part], class_names: Mapping[int, str]) -> tuple[Stratum, ...]:
    """What the split holds of each class, by name; photos without a class do not count."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for photo_id, part in parts.items():
        if name := class_names.get(photo_id):
            counts[name][part] += 1
    totals = {part: sum(count[part] for count in counts.values()) for part in _PARTS}
    n_all = sum(totals.values())
    rows = []
    for name in sorted(counts, key=str.casefold):
        count = counts[name]
        overall = sum(count.values()) / n_all
        shares = [count[part] / totals[part] for part in _PARTS if totals[part]]
        rows.append(
            Stratum(
                name=name,
                n_train=count["train"],
                n_val=count["val"],
                n_test=count["test"],
                deviation=max(abs(share - overall) for share in shares),
            )
        )
    return tuple(rows)


def _leak(ids: list[int], parts: Mapping[int, Part]) -> Leak:
    train, val, test = (tuple(i for i in ids if parts[i] == part) for part in _PARTS)
    return Leak(train=train, val=val, test=test)
