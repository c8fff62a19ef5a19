"""The list of photos a job works on: a file from the project to the job, so that jobs never open the database."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from engine.base.errors import StorageError
from engine.base.files import atomic_write

Part = Literal["train", "val", "test"]


class ManifestPhoto(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One photo: its id, where it is, its content, its class (index into the manifest's classes) and its part.

    `group`: photos with the same number never stand on two sides of a split (exact copies share one).
    """

    photo_id: int
    path: bytes
    sha256: bytes
    class_no: int
    part: Part
    group: int


class ManifestClass(msgspec.Struct, frozen=True, kw_only=True):
    """A class as the job sees it; its position in the manifest is its column in all results."""

    class_id: int
    name: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Classes and photos of one job."""

    classes: tuple[ManifestClass, ...]
    photos: tuple[ManifestPhoto, ...]


def write_manifest(path: Path, manifest: Manifest) -> None:
    """The file holds the manifest, atomically."""
    atomic_write(path, msgspec.msgpack.encode(manifest))


def read_manifest(path: Path) -> Manifest:
    """The manifest a file holds.

    Raises:
        StorageError: the file is missing or not a manifest.
    """
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("The job's list of photos could not be read.", details=repr(error)) from error
