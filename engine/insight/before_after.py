"""What changed from one model to the next on the same held-out photos, and whether it is more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from engine.base.ids import PhotoId

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A model's answers. `photo_ids` (n,), `true_names` and `answer_names` (n,): class names as they are now."""

    photo_ids: NDArray[np.int64]
    true_names: tuple[str, ...]
    answer_names: tuple[str, ...]
    known_classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassChange:
    """One class on its `n` held-out photos; `right_before` None if the old model did not know the class."""

    name: str
    n: int
    right_before: int | None
    right_after: int
    gained: int
    lost: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPhoto:
    """A photo the two models answer differently."""

    photo_id: PhotoId
    true_class: str
    before: str
    after: str
    was_right: bool
    now_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """The comparison on `n` photos both models can know; photos of new classes are counted in `per_class` alone.

    `p_value`: exact McNemar test on those `n` photos; 1.0 if the models never differ in being right.
    """

    n: int
    accuracy_before: float
    accuracy_after: float
    per_class: tuple[ClassChange, ...]
    changed: tuple[ChangedPhoto, ...]
    p_value: float
    verdict: str


def before_after(old: Answers, new: Answers) -> BeforeAfter:
    """Compare two models' answers on the held-out photos both were asked about."""
    before = dict(zip(old.photo_ids.tolist(), old.answer_names, strict=True))
    rows = list(zip(new.photo_ids.tolist(), new.true_names, new.answer_names, strict=True))
    shared = [row for row in rows if row[0] in before and row[1] in old.known_classes]
    changed = tuple(
        ChangedPhoto(
            photo_id=PhotoId(photo),
            true_class=true,
            before=before[photo],
            after=after,
            was_right=before[photo] == true,
            now_right=after == true,
        )
        for photo, true, after in shared
        if before[photo] != after
    )
    n = len(shared)
    n_before = sum(before[photo] == true for photo, true, _ in shared)
    n_after = sum(after == true for _, true, after in shared)
    gained = sum(not photo.was_right and photo.now_right for photo in changed)
    lost = sum(photo.was_right and not photo.now_right for photo in changed)
    per_class = _per_class(rows, shared, before, old.known_classes)
    p_value = mcnemar(gained, lost)
    return BeforeAfter(
        n=n,
        accuracy_before=n_before / n if n else 0.0,
        accuracy_after=n_after / n if n else 0.0,
        per_class=per_class,
        changed=changed,
        p_value=p_value,
        verdict=_verdict(n, gained, lost, p_value, [row for row in per_class if row.is_new]),
    )


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided p-value that gains and losses differ only by chance.

    Source: McNemar 1947 in its exact form, a binomial test of gained against gained + lost with share 1/2.
    """
    n, fewer = gained + lost, min(gained, lost)
    if n == 0:
        return 1.0
    tail = sum(comb(n, i) for i in range(fewer + 1))
    return min(1.0, float(tail / 2 ** (n - 1)))


def _per_class(
    rows: list[tuple[int, str, str]],
    shared: list[tuple[int, str, str]],
    before: dict[int, str],
    known: tuple[str, ...],
) -> tuple[ClassChange, ...]:
    names = sorted(
        {true for _, true, _ in rows},
        key=lambda name: (name not in known, name.casefold()),
    )
    return tuple(_class_change(name, rows if name not in known else shared, before, known) for name in names)


def _class_change(
    name: str,
    rows: list[tuple[int, str, str]],
    before: dict[int, str],
    known: tuple[str, ...],
) -> ClassChange:
    own = [(before.get(photo), after) for photo, true, after in rows if true == name]
    is_new = name not in known
    return ClassChange(
        name=name,
        n=len(own),
        right_before=None if is_new else sum(b == name for b, _ in own),
        right_after=sum(a == name for _, a in own),
        gained=sum(b != name and a == name for b, a in own),
        lost=sum(b == name and a != name for b, a in own),
        is_new=is_new,
    )


def _verdict(n: int, gained: int, lost: int, p_value: float, fresh: list[ClassChange]) -> str:
    """Plain sentences; a difference is called one only if the test says so."""
    news = [f"{row.name}: {row.right_after} of {row.n} held-out photos right." for row in fresh if row.n]
    if n == 0:
        return " ".join([*news, "There are no held-out photos that both models know."])
    counts = f"of {n} held-out photos, {gained} became right and {lost} became wrong"
    if gained == lost == 0:
        old = f"Nothing changed for the other classes ({n} held-out photos)."
    elif p_value < SIGNIFICANT:
        better = "better" if gained > lost else "worse"
        old = f"The other classes did {better}: {counts} (p = {p_value:.3f})."
    else:
        old = f"No difference beyond chance for the other classes: {counts} (p = {p_value:.2f})."
    return " ".join([*news, old])
