"""What was seen of each photo when it was looked at once: metadata and quality, kept by content.

One file of JSON lines that only grows. A writer that dies leaves at most a torn last line, which the next one ends; a
line that cannot be read counts as absent. Deleting the file costs time, never a result.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
from filelock import FileLock

from engine.base.errors import StorageError
from engine.base.files import atomic_write

# Raised whenever what is measured changes.
LOOK_VERSION = 1


class LookPhoto(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A photo to look at: where it is, and its content."""

    path: bytes
    sha256: bytes


class Look(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One photo: `engine.image.metadata.Metadata` and `engine.image.quality.Quality` of its content."""

    sha256: bytes
    mode: str
    taken: str
    camera: str
    latitude: float | None
    longitude: float | None
    sharpness: float
    brightness: float
    contrast: float
    detail: float


def write_look_photos(path: Path, photos: tuple[LookPhoto, ...]) -> None:
    """The file holds the list of photos to look at, atomically."""
    atomic_write(path, msgspec.msgpack.encode(photos))


def read_look_photos(path: Path) -> tuple[LookPhoto, ...]:
    """The list of photos to look at.

    Raises:
        StorageError: the file is missing or not such a list.
    """
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=tuple[LookPhoto, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("The list of photos to look at could not be read.", details=repr(error)) from error


def looks_file(folder: Path) -> Path:
    """The file of looks in a cache folder."""
    return folder / f"looks-{LOOK_VERSION}.jsonl"


def read_looks(file: Path) -> dict[bytes, Look]:
    """The looks a file holds, by content; empty without the file.

    Raises:
        StorageError: the disk refused.
    """
    try:
        lines = file.read_bytes().split(b"\n")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _refused(error) from error
    decoder = msgspec.json.Decoder(Look)
    found = {}
    for line in filter(None, lines):
        try:
            look = decoder.decode(line)
        except msgspec.DecodeError:
            continue
        found[look.sha256] = look
    return found


def append_looks(file: Path, looks: Iterable[Look]) -> None:
    """The file holds these too; several processes may append at once.

    Raises:
        StorageError: the disk refused; what was there before is intact.
    """
    # A line before, because the last one may be torn; empty lines are passed over.
    data = b"\n" + b"".join(msgspec.json.encode(look) + b"\n" for look in looks)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock")), file.open("ab") as out:
            out.write(data)
    except OSError as error:
        raise _refused(error) from error


def _refused(error: OSError) -> StorageError:
    return StorageError(
        "What was seen of your photos could not be stored or read.",
        safe="Your photos and labels are unchanged.",
        advice="Check that the project's disk is connected and has free space, then try again.",
        details=repr(error),
    )
