"""What a run stands on: its photos and labels, its split, its recipe, the code; each with a digest to compare by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from engine.base.ids import OpId, RunId, SplitId
from engine.data.manifest import Manifest, read_manifest
from engine.project.run_views import MODEL_FILE
from engine.recipe.recipe import from_json, sha256_of

if TYPE_CHECKING:
    from engine.project.project import Project

MANIFEST_FILE = "manifest.msgpack"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLog:
    """What a run began with.

    Args:
        began: UTC, ISO 8601. parent: the run it was started from. labels_as_of: the step of the history whose labels
            it learned. n_photos, n_classes: of its list of photos. data_digest: SHA-256 of the photos' contents with
            their classes; split_digest: with their parts; recipe_digest: of the recipe; equal where these are equal.
        versions: of what made it, by name; `variant` is the way of computing that was the fastest on its machine.
    """

    run_id: RunId
    name: str
    began: str
    parent: RunId | None
    seed: int
    labels_as_of: OpId
    split_id: SplitId
    n_photos: int
    n_classes: int
    data_digest: str
    split_digest: str
    recipe_digest: str
    versions: Mapping[str, str]


class _Made(msgspec.Struct, frozen=True):
    """The part of every kind's `model.json` that says what made it."""

    versions: dict[str, str] = {}


def run_log(project: Project, run_id: RunId) -> RunLog:
    """The log of one run.

    Raises:
        UserError: there is no such run. StorageError: its list of photos cannot be read.
    """
    row = project.runs.row(run_id)
    manifest = run_manifest(project, run_id)
    names = [one.name for one in manifest.classes]
    return RunLog(
        run_id=row.id,
        name=row.name,
        began=row.started_at,
        parent=row.parent_id,
        seed=row.seed,
        labels_as_of=row.as_of_op,
        split_id=row.split_id,
        n_photos=len(manifest.photos),
        n_classes=len(manifest.classes),
        data_digest=_digest((photo.sha256, names[photo.class_no]) for photo in manifest.photos),
        split_digest=_digest((photo.sha256, photo.part) for photo in manifest.photos),
        recipe_digest=sha256_of(from_json(row.recipe)),
        versions={**project.runs.versions(run_id), **_made(project.runs.folder(run_id)).versions},
    )


def run_manifest(project: Project, run_id: RunId) -> Manifest:
    """The photos that the run learned from and was tested on, with their classes of that day.

    Raises:
        UserError: there is no such run. StorageError: the list cannot be read.
    """
    return read_manifest(project.runs.folder(run_id) / MANIFEST_FILE)


def _digest(rows: Iterable[tuple[bytes, str]]) -> str:
    """SHA-256 as hexadecimal digits of contents with a word each, whatever their order."""
    found = hashlib.sha256()
    for line in sorted(f"{content.hex()} {word}\n" for content, word in rows):
        found.update(line.encode())
    return found.hexdigest()


def _made(folder: Path) -> _Made:
    """What the run's model says; nothing before it has one."""
    try:
        return msgspec.json.decode((folder / MODEL_FILE).read_bytes(), type=_Made)
    except (OSError, msgspec.DecodeError):
        return _Made()
