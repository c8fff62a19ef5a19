"""What a comparison of all photos by a network says today: hard pairs of classes, outliers, photos that look alike."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.base.dirs import machine_dir, weights_dir
from engine.base.ids import ClassId, PhotoId
from engine.insight.alike_file import AlikeFound, AlikePhoto, read_alike, write_alike_photos
from engine.insight.class_pairs import class_pairs
from engine.insight.outliers import outliers
from engine.jobs.spec import FindAlikeSpec
from engine.project.context import Context
from engine.recipe import presets
from engine.store import listing
from engine.store.facts import FactRow, fact_rows
from engine.store.runs import trainable_photos


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikePair:
    """Two photos and how alike they look to the network (cosine, -1..1)."""

    first: PhotoId
    second: PhotoId
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPair:
    """Two classes and how hard they are to keep apart; see `engine.insight.class_pairs.PairScore`.

    `examples`: photos of the two that look most alike; `first` and `second` of each are of the classes `first` and
    `second`.
    """

    first: str
    second: str
    first_id: ClassId
    second_id: ClassId
    overlap: float
    first_in_second: float
    second_in_first: float
    examples: tuple[AlikePair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlier:
    """A photo unlike the others of its class (empty: of those without one); `score`: see `insight.outliers`."""

    photo_id: PhotoId
    class_name: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlierReport:
    """Photos of a score above `limit`, the highest first.

    `n_photos`: those that were judged. `n_relabelled`: those whose class has changed since they were compared, which
    were not.
    """

    limit: float
    rows: tuple[Outlier, ...]
    n_photos: int
    n_relabelled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """A photo that looks like another: how alike (cosine, -1..1), and its class (empty for none)."""

    photo_id: PhotoId
    class_name: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The last comparison: photos it holds that still count, and those that have come or changed since."""

    n_photos: int
    n_new: int


def features_spec(context: Context, keys: dict[int, bytes]) -> FindAlikeSpec:
    """The job that compares every photo that counts with every other.

    Args:
        keys: of the group of each photo, see `engine.data.groups`.
    """
    class_of = _classes_now(context)
    numbers: dict[bytes, int] = {}
    photos = tuple(
        AlikePhoto(
            photo_id=row.photo_id,
            path=row.path,
            sha256=row.sha256,
            class_id=class_of.get(row.photo_id, 0),
            group=numbers.setdefault(keys[row.photo_id], len(numbers)),
        )
        for row in _counted(context)
    )
    listed = context.paths.tmp / f"alike-{secrets.token_hex(6)}.msgpack"
    write_alike_photos(listed, photos)
    return FindAlikeSpec(
        recipe=presets.PRESETS["quick"],
        photos=os.fsencode(listed),
        features=os.fsencode(context.paths.features),
        machine=os.fsencode(machine_dir()),
        library=os.fsencode(weights_dir()),
        out=os.fsencode(context.paths.alike),
    )


def found_alike(context: Context) -> AlikeFound | None:
    """What the last comparison left; None if there was none.

    Raises:
        StorageError: it cannot be read.
    """
    return read_alike(context.paths.alike) if context.paths.alike.is_file() else None


def comparison(context: Context, found: AlikeFound) -> Comparison:
    """How much of the project the comparison holds."""
    known = dict(zip(found.photo_ids.tolist(), map(bytes, found.contents), strict=True))
    here = [(row.photo_id, row.sha256) for row in _counted(context)]
    n = sum(known.get(photo_id) == sha for photo_id, sha in here)
    return Comparison(n_photos=n, n_new=len(here) - n)


def pairs_of_classes(context: Context, found: AlikeFound) -> tuple[ClassPair, ...]:
    """Every two classes by the labels of today, the hardest first."""
    now = _class_ids_now(context, found)
    numbers = sorted({int(one) for one in now if one > 0})
    number_of = {class_id: number for number, class_id in enumerate(numbers)}
    rows = np.array([number_of.get(int(one), -1) for one in now], dtype=np.int64)
    names = _names(context)
    ids = [PhotoId(i) for i in found.photo_ids.tolist()]
    return tuple(
        ClassPair(
            first=names[numbers[pair.first]],
            second=names[numbers[pair.second]],
            first_id=ClassId(numbers[pair.first]),
            second_id=ClassId(numbers[pair.second]),
            overlap=pair.overlap,
            first_in_second=pair.first_in_second,
            second_in_first=pair.second_in_first,
            examples=tuple(
                AlikePair(first=ids[one.first], second=ids[one.second], similarity=one.similarity)
                for one in pair.examples
            ),
        )
        for pair in class_pairs(found.near, rows)
    )


def outlier_report(context: Context, found: AlikeFound, limit: float) -> OutlierReport:
    """The photos that are unlike the others of their class."""
    now = _class_ids_now(context, found)
    same = now == found.class_ids
    rows = outliers(found.near.own_distance, np.where(same, now, -1), limit=limit)
    names = _names(context)
    return OutlierReport(
        limit=limit,
        rows=tuple(
            Outlier(photo_id=PhotoId(int(found.photo_ids[row])), class_name=names.get(int(now[row]), ""), score=score)
            for row, score in zip(rows.rows, rows.scores.tolist(), strict=True)
        ),
        n_photos=int((same & np.isfinite(found.near.own_distance)).sum()),
        n_relabelled=int(((now >= 0) & ~same).sum()),
    )


def look_alikes(context: Context, found: AlikeFound, photo_id: PhotoId, n: int) -> tuple[LookAlike, ...]:
    """The `n` photos most alike to one that still count, the most alike first; none if it was not compared."""
    at = np.flatnonzero(found.photo_ids == photo_id)
    if not len(at):
        return ()
    nearest, similarity = found.near.nearest[at[0]], found.near.similarity[at[0]]
    alike = dict(zip(found.photo_ids[nearest[nearest >= 0]].tolist(), similarity.tolist(), strict=False))
    names = _names(context)
    rows = listing.photo_rows(context.db, list(alike), context.folder_bytes)
    return tuple(
        LookAlike(
            photo_id=row.id,
            class_name=names.get(row.class_id or 0, "") if row.state == "labelled" else "",
            similarity=alike[row.id],
        )
        for row in rows
        if row.status == "ok" and row.state not in ("excluded", "absent")
    )[:n]


def _counted(context: Context) -> tuple[FactRow, ...]:
    return tuple(row for row in fact_rows(context.db, context.folder_bytes) if row.state != "excluded")


def _classes_now(context: Context) -> dict[int, int]:
    return {photo_id: class_id for photo_id, class_id, _, _ in trainable_photos(context.db)}


def _class_ids_now(context: Context, found: AlikeFound) -> NDArray[np.int64]:
    """(n,) id of the class of each compared photo: 0 for none, -1 if it counts no more or shows something else now."""
    class_of = _classes_now(context)
    content = {row.photo_id: row.sha256 for row in _counted(context)}
    return np.array(
        [
            class_of.get(photo_id, 0) if content.get(photo_id) == bytes(sha) else -1
            for photo_id, sha in zip(found.photo_ids.tolist(), found.contents, strict=True)
        ],
        dtype=np.int64,
    )


def _names(context: Context) -> dict[int, str]:
    return {int(row.id): row.name for row in listing.class_rows(context.db)}
