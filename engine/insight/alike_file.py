"""The files of comparing photos by what a network sees: the list of photos, and who was found to be near whom."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.insight.neighbours import Neighbours

SHA_BYTES = 32


class AlikePhoto(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A photo to compare: its id, where it is, its content, its class (0 for none), its group of copies and bursts."""

    photo_id: int
    path: bytes
    sha256: bytes
    class_id: int
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeFound:
    """Who is near whom, by the rows of the photos that could be compared.

    Args:
        photo_ids: (n,) int64; contents: (n, 32) uint8, their digests; class_ids: (n,) int64, their classes at that
            time, 0 for none.
        near: of these n photos.
    """

    photo_ids: NDArray[np.int64]
    contents: NDArray[np.uint8]
    class_ids: NDArray[np.int64]
    near: Neighbours


def write_alike_photos(path: Path, photos: tuple[AlikePhoto, ...]) -> None:
    """The file holds the list of photos to compare, atomically."""
    atomic_write(path, msgspec.msgpack.encode(photos))


def read_alike_photos(path: Path) -> tuple[AlikePhoto, ...]:
    """The list of photos to compare.

    Raises:
        StorageError: the file is missing or not such a list.
    """
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=tuple[AlikePhoto, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("The list of photos to compare could not be read.", details=repr(error)) from error


def write_alike(path: Path, found: AlikeFound) -> None:
    """The file holds what was found, atomically (npz, no pickle)."""
    out = io.BytesIO()
    near = found.near
    np.savez(
        out,
        photo_ids=found.photo_ids,
        contents=found.contents,
        class_ids=found.class_ids,
        nearest=near.nearest,
        similarity=near.similarity,
        own_distance=near.own_distance,
        closest=near.closest,
        closest_similarity=near.closest_similarity,
    )
    atomic_write(path, out.getvalue())


def read_alike(path: Path) -> AlikeFound:
    """What a comparison found.

    Raises:
        StorageError: the file is missing, damaged, or its arrays do not fit together.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = AlikeFound(
                photo_ids=arrays["photo_ids"].astype(np.int64),
                contents=arrays["contents"].astype(np.uint8),
                class_ids=arrays["class_ids"].astype(np.int64),
                near=Neighbours(
                    nearest=arrays["nearest"].astype(np.int32),
                    similarity=arrays["similarity"].astype(np.float32),
                    own_distance=arrays["own_distance"].astype(np.float32),
                    closest=arrays["closest"].astype(np.int32),
                    closest_similarity=arrays["closest_similarity"].astype(np.float32),
                ),
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise _unreadable(repr(error)) from error
    if not _fits(found):
        raise _unreadable(f"{len(found.photo_ids)} photos, nearest {found.near.nearest.shape}")
    return found


def _fits(found: AlikeFound) -> bool:
    n, near = len(found.photo_ids), found.near
    rows = (near.nearest, near.closest)
    return (
        found.contents.shape == (n, SHA_BYTES)
        and found.class_ids.shape == near.own_distance.shape == (n,)
        and near.nearest.ndim == 2
        and len(near.nearest) == n
        and near.similarity.shape == near.nearest.shape
        and near.closest.shape == (len(near.closest_similarity), 2)
        and all(np.all((one >= -1) & (one < n)) for one in rows)
    )


def _unreadable(details: str) -> StorageError:
    return StorageError(
        "What was found about photos that look alike could not be read.",
        safe="Your photos and labels are unchanged.",
        advice="Compare the photos again.",
        details=details,
    )
