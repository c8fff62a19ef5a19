"""What a collection of photos is like: classes, sizes, files, formats, cameras, dates, and what is odd among them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.data.looks import Look

Oddity = Literal["blurred", "dark", "bright", "empty", "shape", "tiny", "size"]
ODDITIES: tuple[Oddity, ...] = ("blurred", "dark", "bright", "empty", "shape", "tiny", "size")

# Beyond this modified z-score a value is an outlier: Iglewicz and Hoaglin 1993, "How to detect and handle outliers".
OUTLIER_SCORE = 3.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """One photo. `class_name`, `part` and `reason` (to exclude it): empty for none; `look`: None until looked at."""

    photo_id: int
    class_name: str
    state: str
    part: str
    width: int
    height: int
    n_bytes: int
    format: str
    look: Look | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OddLimits:
    """Where a photo begins to be odd; the units are those of `engine.image.quality.Quality`.

    Args:
        sharpness: below is blurred. dark, bright: mean grey below or above. detail: entropy in bits below is empty.
        shape: long side over short side above. side: short side in pixels below is tiny.
        size: modified z-score of area or of shape above.
    """

    sharpness: float = 60.0
    dark: float = 0.12
    bright: float = 0.95
    detail: float = 3.0
    shape: float = 3.0
    side: int = 64
    size: float = OUTLIER_SCORE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassBalance:
    """One class: labelled photos that count, their share of all such (0..1), by part of the split, and left out."""

    name: str
    n: int
    share: float
    n_train: int
    n_val: int
    n_test: int
    n_excluded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeCount:
    """Photos of one width and height in pixels. `is_outlier`: unlike the others in area or in shape."""

    width: int
    height: int
    n: int
    is_outlier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteStats:
    """File sizes of one class, in bytes. `std`: of the sample (n - 1), 0 for one photo."""

    name: str
    n: int
    mean: float
    std: float
    smallest: int
    quartile1: float
    median: float
    quartile3: float
    largest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many photos share a value; `value` is empty where it is not known."""

    value: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OddPhotos:
    """Photos that are odd in one way, the oddest first; `values` are what was measured, `limit` where odd begins."""

    kind: Oddity
    limit: float
    photo_ids: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The whole collection; `n_looked`: of how many photos metadata and quality are known.

    `reasons`: why photos are excluded. `months` (2020-05) and `days` (2020-05-06) when photos were taken, in order.
    """

    n: int
    n_labelled: int
    n_excluded: int
    n_looked: int
    classes: tuple[ClassBalance, ...]
    reasons: tuple[Count, ...]
    sizes: tuple[SizeCount, ...]
    bytes: tuple[ByteStats, ...]
    formats: tuple[Count, ...]
    modes: tuple[Count, ...]
    cameras: tuple[Count, ...]
    months: tuple[Count, ...]
    days: tuple[Count, ...]
    odd: tuple[OddPhotos, ...]


def overview(photos: Sequence[PhotoFacts], limits: OddLimits | None = None) -> Overview:
    """What the photos are like; excluded ones are counted as such and stand in nothing else."""
    present = [photo for photo in photos if photo.state != "excluded"]
    looks = [photo.look for photo in present if photo.look is not None]
    limits = limits or OddLimits()
    size_scores = _size_scores(present)
    return Overview(
        n=len(present),
        n_labelled=sum(photo.state == "labelled" for photo in present),
        n_excluded=len(photos) - len(present),
        n_looked=len(looks),
        classes=_balance(photos),
        reasons=_counts(photo.reason for photo in photos if photo.state == "excluded"),
        sizes=_sizes(present, {size for size, score in size_scores.items() if score > limits.size}),
        bytes=_bytes(present),
        formats=_counts(photo.format for photo in present),
        modes=_counts(look.mode for look in looks),
        cameras=_counts(look.camera for look in looks),
        months=_in_order(_counts(look.taken[:7] for look in looks)),
        days=_in_order(_counts(look.taken[:10] for look in looks)),
        odd=_odd(present, size_scores, limits),
    )


def odd_photos(photos: Sequence[PhotoFacts], limits: OddLimits) -> tuple[OddPhotos, ...]:
    """The photos that are odd by these limits, for each kind of `ODDITIES`; excluded ones are passed over."""
    present = [photo for photo in photos if photo.state != "excluded"]
    return _odd(present, _size_scores(present), limits)


def outlier_scores(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) modified z-scores, >= 0: distance from the median in units of the usual distance from it.

    Where more than half of the values are equal, the mean distance stands in for the median one.

    Source: Iglewicz and Hoaglin 1993.
    """
    if not len(values):
        return np.zeros(0)
    distance = np.abs(values - np.median(values))
    usual = float(np.median(distance))
    if usual > 0.0:
        return np.asarray(distance / (1.4826 * usual))
    usual = float(distance.mean())
    return np.asarray(distance / (1.253314 * usual)) if usual > 0.0 else np.zeros(len(values))


def _balance(photos: Sequence[PhotoFacts]) -> tuple[ClassBalance, ...]:
    by_class: dict[str, list[PhotoFacts]] = defaultdict(list)
    for photo in photos:
        if photo.class_name:
            by_class[photo.class_name].append(photo)
    counted = {name: [p for p in rows if p.state == "labelled"] for name, rows in by_class.items()}
    n_all = sum(map(len, counted.values()))
    rows = []
    for name in sorted(by_class, key=str.casefold):
        parts = Counter(photo.part for photo in counted[name])
        rows.append(
            ClassBalance(
                name=name,
                n=len(counted[name]),
                share=len(counted[name]) / n_all if n_all else 0.0,
                n_train=parts["train"],
                n_val=parts["val"],
                n_test=parts["test"],
                n_excluded=sum(photo.state == "excluded" for photo in by_class[name]),
            )
        )
    return tuple(rows)


def _size_scores(photos: Sequence[PhotoFacts]) -> dict[tuple[int, int], float]:
    """By width and height how much of an outlier they are, in area or in shape."""
    if not photos:
        return {}
    sides = np.array([(photo.width, photo.height) for photo in photos], dtype=np.float64)
    area = outlier_scores(np.log(sides.prod(axis=1)))
    shape = outlier_scores(np.log(sides[:, 0] / sides[:, 1]))
    scores = np.maximum(area, shape).tolist()
    return {(photo.width, photo.height): score for photo, score in zip(photos, scores, strict=True)}


def _sizes(photos: Iterable[PhotoFacts], odd: Set[tuple[int, int]]) -> tuple[SizeCount, ...]:
    """The commonest first."""
    counted = Counter((photo.width, photo.height) for photo in photos)
    return tuple(
        SizeCount(width=width, height=height, n=n, is_outlier=(width, height) in odd)
        for (width, height), n in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    )


def _bytes(photos: Iterable[PhotoFacts]) -> tuple[ByteStats, ...]:
    by_class: dict[str, list[int]] = defaultdict(list)
    for photo in photos:
        by_class[photo.class_name if photo.state == "labelled" else ""].append(photo.n_bytes)
    return tuple(_byte_stats(name, by_class[name]) for name in sorted(by_class, key=str.casefold))


def _byte_stats(name: str, sizes: list[int]) -> ByteStats:
    values = np.array(sizes, dtype=np.float64)
    quartiles = np.quantile(values, (0.25, 0.5, 0.75))
    return ByteStats(
        name=name,
        n=len(sizes),
        mean=float(values.mean()),
        std=float(values.std(ddof=1)) if len(sizes) > 1 else 0.0,
        smallest=min(sizes),
        quartile1=float(quartiles[0]),
        median=float(quartiles[1]),
        quartile3=float(quartiles[2]),
        largest=max(sizes),
    )


def _counts(values: Iterable[str]) -> tuple[Count, ...]:
    """The commonest first."""
    return tuple(
        Count(value=value, n=n) for value, n in sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    )


def _in_order(counts: Iterable[Count]) -> tuple[Count, ...]:
    return tuple(sorted(counts, key=lambda count: count.value))


def _odd(
    photos: Sequence[PhotoFacts], size_scores: dict[tuple[int, int], float], limits: OddLimits
) -> tuple[OddPhotos, ...]:
    looked = [(photo, photo.look) for photo in photos if photo.look is not None]
    seen = [photo for photo, _ in looked]

    def of_look(measure: Callable[[Look], float]) -> list[float]:
        return [measure(look) for _, look in looked]

    shapes = [max(p.width, p.height) / max(1, min(p.width, p.height)) for p in photos]
    return (
        _beyond("blurred", seen, of_look(lambda look: look.sharpness), limits.sharpness, below=True),
        _beyond("dark", seen, of_look(lambda look: look.brightness), limits.dark, below=True),
        _beyond("bright", seen, of_look(lambda look: look.brightness), limits.bright, below=False),
        _beyond("empty", seen, of_look(lambda look: look.detail), limits.detail, below=True),
        _beyond("shape", photos, shapes, limits.shape, below=False),
        _beyond("tiny", photos, [float(min(p.width, p.height)) for p in photos], limits.side, below=True),
        _beyond("size", photos, [size_scores[p.width, p.height] for p in photos], limits.size, below=False),
    )


def _beyond(
    kind: Oddity, photos: Sequence[PhotoFacts], values: Sequence[float], limit: float, *, below: bool
) -> OddPhotos:
    sign = 1.0 if below else -1.0
    found = [
        (value, photo.photo_id)
        for value, photo in zip(values, photos, strict=True)
        if (value < limit if below else value > limit)
    ]
    found.sort(key=lambda pair: (sign * pair[0], pair[1]))
    return OddPhotos(
        kind=kind,
        limit=float(limit),
        photo_ids=tuple(photo_id for _, photo_id in found),
        values=tuple(value for value, _ in found),
    )
