"""What photos say under one relation (their site, day, camera), and the file in which a job is told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import msgspec

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.data.groups import SITE_PLACES, GroupPhoto

Relation = Literal["folders", "days", "cameras", "sites"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)


class PhotoValue(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A photo and what it says; photos that say the same are one group."""

    photo_id: int
    value: str


def relation_value(photo: GroupPhoto, relation: str) -> str:
    """What the photo says; empty where it is not known.

    Args:
        relation: one of `RELATIONS` as `GroupCfg` means them, or a heading of tables, whatever its case.
    """
    if relation == "folders":
        return photo.folder
    if relation == "days":
        return photo.taken[:10]
    if relation == "cameras":
        return photo.camera
    if relation == "sites":
        return "" if photo.place is None else ", ".join(f"{part:.{SITE_PLACES}f}" for part in photo.place)
    wanted = relation.casefold()
    return next((value for name, value in photo.columns if name.casefold() == wanted), "")


def without_source(folders: Mapping[int, str]) -> dict[int, str]:
    """Folders as people know them: without the number of the imported folder they lie in, where that is one for all."""
    parts = {photo_id: folder.partition("/") for photo_id, folder in folders.items()}
    if len({number for number, _, _ in parts.values()}) > 1:
        return dict(folders)
    return {photo_id: below or "." for photo_id, (_, _, below) in parts.items()}


def write_values(path: Path, values: tuple[PhotoValue, ...]) -> None:
    """The file holds what each photo says, atomically."""
    atomic_write(path, msgspec.msgpack.encode(values))


def read_values(path: Path) -> tuple[PhotoValue, ...]:
    """What each photo says.

    Raises:
        StorageError: the file is missing or not such a list.
    """
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=tuple[PhotoValue, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError("The list of groups could not be read.", details=repr(error)) from error
