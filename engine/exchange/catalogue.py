"""Labelled photos with all that is said of them, as no tool's form in particular: what every form is made from."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal, get_args

import msgspec

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.data.manifest import Part

State = Literal["unlabelled", "labelled", "unsure", "excluded"]
STATES: tuple[State, ...] = get_args(State)


class CataloguePhoto(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One photo.

    `path`: absolute, as the operating system's bytes; empty where a file that was read names a place it must not.
    `rel_path`: the same relative to where the set lies, with `/`, in the writing of `engine.base.fspath.to_text`.
    `sha256`: of the content, 32 bytes, or empty where it is not known. `class_name`: the class it shows, or had before
    it was set aside; empty for none. `reason`: why it is excluded. `columns`: (heading, value), by heading. `part`: of
    the split, None for none. `taken` (ISO 8601, local time), `camera`, `latitude` and `longitude` (degrees): empty or
    None where nothing is known; `width` and `height` in pixels, 0 where they are not known.
    """

    path: bytes
    rel_path: str
    sha256: bytes = b""
    class_name: str = ""
    state: State = "unlabelled"
    reason: str = ""
    tags: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    part: Part | None = None
    taken: str = ""
    camera: str = ""
    latitude: float | None = None
    longitude: float | None = None
    width: int = 0
    height: int = 0

    @property
    def label(self) -> str:
        """The class that counts: empty for a photo that is not labelled or was set aside."""
        return self.class_name if self.state == "labelled" else ""

    @property
    def former_label(self) -> str:
        """The class that a photo which was set aside had before; it does not count."""
        return "" if self.state == "labelled" else self.class_name


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """The classes in their order, and the photos."""

    classes: tuple[str, ...]
    photos: tuple[CataloguePhoto, ...]


def dataset_sha256(photos: tuple[CataloguePhoto, ...]) -> str:
    """Hex digest of the photos' contents and of what is said of them; the same in every form and on every machine.

    Names and places of the files do not count, nor does what a file itself says (date, camera, place, size).
    """
    facts = sorted(
        msgspec.json.encode(
            (one.sha256.hex(), one.class_name, one.state, one.reason, one.tags, one.columns, one.part or "")
        )
        for one in photos
    )
    return hashlib.sha256(b"\n".join(facts)).hexdigest()


def write_catalogue(path: Path, catalogue: Catalogue) -> None:
    """The file holds the catalogue, atomically, for a job to read.

    Raises:
        StorageError: the disk refused.
    """
    atomic_write(path, msgspec.msgpack.encode(catalogue))


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue a file holds.

    Raises:
        StorageError: the file is missing or no catalogue.
    """
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Catalogue)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("The list of photos to export could not be read.", details=repr(error)) from error
