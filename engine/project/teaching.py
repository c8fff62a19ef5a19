"""Which photos can teach a model, whether they are enough, and the list of them that a job gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from engine.base.errors import UserError
from engine.base.ids import ClassId, PhotoId, RunId
from engine.data.manifest import Manifest, ManifestClass, ManifestPhoto, Part
from engine.project.context import Context
from engine.store import listing
from engine.store import runs as stored
from engine.store.db import Database
from engine.store.photos import place_of

MIN_PER_CLASS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainability:
    """Whether training can begin; if not, `text` says why and `advice` what to do. `left_out` names thin classes."""

    ok: bool
    text: str
    advice: str
    n_classes: int
    n_photos: int
    left_out: tuple[str, ...]


def trainability(db: Database) -> Trainability:
    """Whether the labelled photos are enough: two classes with two different photos each."""
    n_contents: dict[int, set[bytes]] = {}
    n_photos: dict[int, int] = {}
    for _, class_id, sha, _ in stored.trainable_photos(db):
        n_contents.setdefault(class_id, set()).add(sha)
        n_photos[class_id] = n_photos.get(class_id, 0) + 1
    usable = [i for i, contents in n_contents.items() if len(contents) >= MIN_PER_CLASS]
    classes = listing.class_rows(db)
    left_out = tuple(row.name for row in classes if row.id not in usable)
    ok = len(usable) >= 2
    return Trainability(
        ok=ok,
        text="" if ok else _why_not(len(classes), len(usable)),
        advice="" if ok else "Add photos to at least two classes; twenty or more in each make a useful model.",
        n_classes=len(usable),
        n_photos=sum(n_photos[i] for i in usable),
        left_out=left_out,
    )


def enough(db: Database) -> Trainability:
    """As `trainability`, where training can begin.

    Raises:
        UserError: there is too little to learn from.
    """
    able = trainability(db)
    if not able.ok:
        raise UserError(able.text, safe="Your photos and labels are unchanged.", advice=able.advice)
    return able


def refuse_what_was_taught(db: Database, start_from: RunId, manifest: Manifest) -> None:
    """Weights that have learned from a photo must not be scored on it.

    Raises:
        UserError: a run that these weights come from has learned from photos that are held out now.
    """
    taught: set[bytes] = set()
    run: stored.StoredRun | None = stored.stored_run(db, start_from)
    while run is not None:
        parts = stored.content_parts(db, [run.split_id])
        taught |= {sha for sha, part in parts.items() if part == "train"}
        run = None if run.parent_id is None else stored.stored_run(db, run.parent_id)
    n = sum(photo.part != "train" and photo.sha256 in taught for photo in manifest.photos)
    if n:
        raise UserError(
            f"The earlier run has learned from {n} photos that this one would be tuned or tested on.",
            safe="Nothing was trained.",
            advice="Train without beginning with it, or by the split that it was trained by.",
        )


def photo_list(
    context: Context, parts: Mapping[int, str], keys: Mapping[int, bytes], left_out: Sequence[str]
) -> Manifest:
    """Every photo of a split that can teach or test, but those of the classes left out.

    Args:
        parts: of the split, by photo id. keys: of the group of each photo, see `engine.data.groups`.
    """
    db = context.db
    classes = sorted(
        (row for row in listing.class_rows(db) if row.name not in left_out),
        key=lambda row: row.id,
    )
    column = {row.id: n for n, row in enumerate(classes)}
    groups: dict[bytes, int] = {}
    photos = [
        ManifestPhoto(
            photo_id=photo_id,
            path=place_of(db, PhotoId(photo_id), context.folder_bytes),
            sha256=sha,
            class_no=column[ClassId(class_id)],
            part=cast("Part", parts[photo_id]),
            group=groups.setdefault(keys[photo_id], len(groups)),
        )
        for photo_id, class_id, sha, _ in stored.trainable_photos(db)
        if class_id in column and photo_id in parts
    ]
    return Manifest(
        classes=tuple(ManifestClass(class_id=row.id, name=row.name) for row in classes),
        photos=tuple(photos),
    )


def _why_not(n_classes: int, n_usable: int) -> str:
    if n_classes == 0:
        return "There are no classes yet."
    if n_usable == 0:
        return "No class has two different labelled photos yet."
    return "Only one class has enough photos; a model needs at least two to tell apart."
