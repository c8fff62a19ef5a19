"""What a search for copies leaves: a file from the job to the project."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.data.near_copies import CopyKind


class CopyPhoto(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A photo to look at: its id, where it is, and its content."""

    photo_id: int
    path: bytes
    sha256: bytes


class FoundPair(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Two photos (by id) that are one picture: what was done, and how alike they are (0.5..1; 1 for equal content)."""

    first: int
    second: int
    kinds: tuple[CopyKind, ...]
    similarity: float


class CopiesFound(msgspec.Struct, frozen=True, kw_only=True):
    """Groups of photo ids, the most linked photo first in each, and the pairs they rest on.

    `contents`: what was searched, each digest once, in order; `n_unreadable`: those that could only be compared by it.
    """

    groups: tuple[tuple[int, ...], ...]
    pairs: tuple[FoundPair, ...]
    contents: tuple[bytes, ...]
    n_photos: int
    n_unreadable: int


def write_copy_photos(path: Path, photos: tuple[CopyPhoto, ...]) -> None:
    """The file holds the list of photos to search, atomically."""
    atomic_write(path, msgspec.msgpack.encode(photos))


def read_copy_photos(path: Path) -> tuple[CopyPhoto, ...]:
    """The list of photos to search.

    Raises:
        StorageError: the file is missing or not such a list.
    """
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=tuple[CopyPhoto, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("The list of photos to compare could not be read.", details=repr(error)) from error


def write_copies(path: Path, found: CopiesFound) -> None:
    """The file holds what was found, atomically."""
    atomic_write(path, msgspec.msgpack.encode(found))


def read_copies(path: Path) -> CopiesFound:
    """What a search found.

    Raises:
        StorageError: the file is missing or not the result of a search.
    """
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=CopiesFound)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError(
            "The list of copies that were found could not be read.",
            advice="Look for copies again.",
            details=repr(error),
        ) from error
