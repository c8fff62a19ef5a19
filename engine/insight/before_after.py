"""What changed from one model to the next on the same held-out photos, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from engine.base.ids import PhotoId
from engine.insight.paired import grouped_mcnemar

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A model's answers.

    `photo_ids` (n,), `true_names` and `answer_names` (n,): class names as they are now. `confidences` (n,): the
    probability given to each answer, 0..1.
    """

    photo_ids: NDArray[np.int64]
    true_names: tuple[str, ...]
    answer_names: tuple[str, ...]
    confidences: NDArray[np.float32]
    known_classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassChange:
    """One class on its `n` held-out photos; `right_before`, `right_after` None if that model did not know the class."""

    name: str
    n: int
    right_before: int | None
    right_after: int | None
    gained: int
    lost: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoAnswers:
    """What the two models say of one photo; `p_before`, `p_after`: the probability each gives to its answer, 0..1."""

    photo_id: PhotoId
    true_class: str
    before: str
    after: str
    p_before: float
    p_after: float

    @property
    def was_right(self) -> bool:
        """Whether the first model has it right."""
        return self.before == self.true_class

    @property
    def now_right(self) -> bool:
        """Whether the second model has it right."""
        return self.after == self.true_class


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """The comparison on `n` photos in `n_groups` groups whose class both models know.

    Photos of classes that only one of them knows are counted in `per_class` alone.

    Args:
        shared: both answers to each of the `n` photos. classes: those of the matrices, the first model's first.
        confusion_before, confusion_after: (k, k) int64, a row for each true class and a column for each answer.
        p_value: `paired.grouped_mcnemar` over the groups; 1.0 if the models never differ in being right.
    """

    n: int
    n_groups: int
    accuracy_before: float
    accuracy_after: float
    per_class: tuple[ClassChange, ...]
    shared: tuple[TwoAnswers, ...]
    classes: tuple[str, ...]
    confusion_before: NDArray[np.int64]
    confusion_after: NDArray[np.int64]
    p_value: float
    verdict: str

    @property
    def changed(self) -> tuple[TwoAnswers, ...]:
        """The photos that the two answer differently."""
        return tuple(photo for photo in self.shared if photo.before != photo.after)

    @property
    def both_wrong(self) -> tuple[TwoAnswers, ...]:
        """The photos that both have wrong, alike or not."""
        return tuple(photo for photo in self.shared if not photo.was_right and not photo.now_right)


def before_after(old: Answers, new: Answers, groups: Mapping[int, int]) -> BeforeAfter:
    """Compare two models' answers on the held-out photos both were asked about.

    Args:
        groups: number of the group of each photo, whose photos are one question; a photo without one is by itself.
    """
    both = set(old.known_classes) & set(new.known_classes)
    asked = _rows(old), _rows(new)
    shared = tuple(
        TwoAnswers(photo_id=PhotoId(photo), true_class=true, before=before, after=after, p_before=p, p_after=q)
        for photo, (true, after, q) in asked[1].items()
        if photo in asked[0] and true in both
        for _, before, p in (asked[0][photo],)
    )
    was_right = np.array([photo.was_right for photo in shared], dtype=np.bool_)
    now_right = np.array([photo.now_right for photo in shared], dtype=np.bool_)
    of = np.array([groups.get(int(photo.photo_id), -1 - int(photo.photo_id)) for photo in shared], dtype=np.int64)
    per_class = _per_class(shared, asked, (old.known_classes, new.known_classes))
    p_value = grouped_mcnemar(now_right, was_right, of) if shared else 1.0
    counted = _Counted(
        n=len(shared),
        n_groups=len(np.unique(of)),
        gained=int((now_right & ~was_right).sum()),
        lost=int((was_right & ~now_right).sum()),
    )
    classes = tuple(dict.fromkeys((*old.known_classes, *new.known_classes)))
    return BeforeAfter(
        n=counted.n,
        n_groups=counted.n_groups,
        accuracy_before=float(was_right.mean()) if shared else 0.0,
        accuracy_after=float(now_right.mean()) if shared else 0.0,
        per_class=per_class,
        shared=shared,
        classes=classes,
        confusion_before=_confusion(classes, [(photo.true_class, photo.before) for photo in shared]),
        confusion_after=_confusion(classes, [(photo.true_class, photo.after) for photo in shared]),
        p_value=p_value,
        verdict=_verdict(counted, p_value, [row for row in per_class if row.is_new]),
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


_Row = tuple[str, str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """Photos, groups of them, and photos that became right and wrong."""

    n: int
    n_groups: int
    gained: int
    lost: int


def _rows(found: Answers) -> dict[int, _Row]:
    """(true class, answer, its probability) of each photo."""
    rows = zip(found.true_names, found.answer_names, found.confidences.tolist(), strict=True)
    return dict(zip(found.photo_ids.tolist(), rows, strict=True))


def _confusion(classes: tuple[str, ...], pairs: list[tuple[str, str]]) -> NDArray[np.int64]:
    column = {name: at for at, name in enumerate(classes)}
    found = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for true, answer in pairs:
        found[column[true], column[answer]] += 1
    return found


def _per_class(
    shared: tuple[TwoAnswers, ...],
    asked: tuple[dict[int, _Row], dict[int, _Row]],
    known: tuple[tuple[str, ...], tuple[str, ...]],
) -> tuple[ClassChange, ...]:
    """Classes that both know, by name; then those that only the one or the other knows."""
    of_both = {photo.true_class for photo in shared}
    rows = [_both_know(name, [photo for photo in shared if photo.true_class == name]) for name in _by_name(of_both)]
    for side in (0, 1):
        told = [row for row in asked[side].values() if row[0] in known[side] and row[0] not in known[1 - side]]
        rows += [_one_knows(name, told, is_new=side == 1) for name in _by_name({row[0] for row in told})]
    return tuple(rows)


def _both_know(name: str, own: list[TwoAnswers]) -> ClassChange:
    return ClassChange(
        name=name,
        n=len(own),
        right_before=sum(photo.was_right for photo in own),
        right_after=sum(photo.now_right for photo in own),
        gained=sum(photo.now_right and not photo.was_right for photo in own),
        lost=sum(photo.was_right and not photo.now_right for photo in own),
        is_new=False,
    )


def _one_knows(name: str, told: list[_Row], *, is_new: bool) -> ClassChange:
    own = [row for row in told if row[0] == name]
    n_right = sum(answer == name for _, answer, _ in own)
    return ClassChange(
        name=name,
        n=len(own),
        right_before=None if is_new else n_right,
        right_after=n_right if is_new else None,
        gained=0,
        lost=0,
        is_new=is_new,
    )


def _by_name(names: set[str]) -> list[str]:
    return sorted(names, key=str.casefold)


def _verdict(counted: _Counted, p_value: float, fresh: list[ClassChange]) -> str:
    """Plain sentences; a difference is called one only if the test says so."""
    news = [f"{row.name}: {row.right_after} of {row.n} held-out photos right." for row in fresh if row.n]
    if counted.n == 0:
        return " ".join([*news, "There are no held-out photos that both models know."])
    who, of_whom = ("The other classes", " for the other classes") if fresh else ("The new model", "")
    counts = f"of {counted.n:,} held-out photos, {counted.gained:,} became right and {counted.lost:,} became wrong"
    if counted.gained == counted.lost == 0:
        return " ".join([*news, f"Nothing changed{of_whom} ({counted.n:,} held-out photos)."])
    if p_value < SIGNIFICANT:
        said = f"{who} did {'better' if counted.gained > counted.lost else 'worse'}: {counts} ({p_said(p_value)})."
    else:
        said = f"No difference beyond chance{of_whom}: {counts} (p = {p_value:.2f})."
    return " ".join([*news, said, *_about_groups(counted)])


def _about_groups(counted: _Counted) -> list[str]:
    """What the test counted as one, where that differs from counting photos."""
    if counted.n_groups == counted.n:
        return []
    return [f"Copies of a photo, and a burst, are one question: the test counts {counted.n_groups:,} questions."]


def p_said(p_value: float) -> str:
    """A p-value with three decimals; none is nothing, however small."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
