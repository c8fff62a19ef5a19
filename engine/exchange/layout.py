"""Names of files and folders in an export: allowed on every system, and unique also where case does not count."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.base.errors import EngineBug
from engine.base.fspath import from_text
from engine.data.names import is_system
from engine.data.scan import part_named
from engine.exchange.catalogue import Catalogue, CataloguePhoto

UNDIVIDED = "no-split"
# Windows refuses these in names and as names (Microsoft, "Naming Files, Paths, and Namespaces").
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?\Z", re.IGNORECASE)
# File systems allow 255 bytes; a number and an ending are to fit behind it.
_MAX_BYTES = 180


@dataclass(frozen=True, slots=True)
class Placed:
    """A photo and where it lies in the export: relative, with `/`, as the operating system's bytes."""

    photo: CataloguePhoto
    path: bytes


def safe_name(text: str) -> str:
    """The text as a name of a file or folder that every system allows and no program hides or passes over.

    A name that is such already is returned as it is.
    """
    name = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", text)).strip()
    while len(name.encode()) > _MAX_BYTES:
        name = name[:-1]
    name = name.rstrip(" .")
    if not name or name.startswith(".") or _DEVICES.match(name):
        name = f"_{name}"
    return f"{name}_" if is_system(name.encode()) else name


def class_folders(classes: Iterable[str]) -> dict[str, str]:
    """The folder of each class: unique without case, and never called like a part of a split."""
    taken: set[str] = set()
    folders = {}
    for name in classes:
        folder = safe_name(name)
        stem = f"{folder}_" if part_named(folder.encode()) is not None else folder
        folders[name] = _free(stem.encode(), b"", taken, _whole).decode()
    return folders


def file_name(photo: CataloguePhoto) -> str:
    """The photo's own file name as every system allows it and tables hold it as it is; the ending stays."""
    name = os.path.basename(from_text(photo.rel_path))
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = os.path.basename(photo.rel_path)
    stem, ending = os.path.splitext(text.replace("%", "_"))
    return f"{safe_name(stem)}{_FORBIDDEN.sub('_', ending)[:20]}"


def part_folder(photo: CataloguePhoto, *, divided: bool) -> str:
    """The folder of a photo's part with a `/` behind it; empty in a set of which no photo has a part."""
    return f"{photo.part or UNDIVIDED}/" if divided else ""


def is_divided(photos: Iterable[CataloguePhoto]) -> bool:
    """Whether any of the photos has a part."""
    return any(photo.part is not None for photo in photos)


def where_they_are(catalogue: Catalogue) -> tuple[Placed, ...]:
    """Every photo by its place in its set, for tables that come without photos."""
    return tuple(Placed(photo, from_text(photo.rel_path)) for photo in catalogue.photos)


def as_they_lie(photos: Iterable[CataloguePhoto], *, besides: Iterable[str] = ()) -> tuple[Placed, ...]:
    """Every photo where it lies in its set, numbered where names would be one without case.

    Args:
        besides: names in the export's folder that are taken.
    Raises:
        EngineBug: a path leads out of the folder.
    """
    taken = {name.casefold() for name in besides}
    placed = []
    for photo in photos:
        path = from_text(photo.rel_path)
        if path.startswith(b"/") or {b"", b".", b".."} & set(path.split(b"/")):
            raise EngineBug("A photo was about to be exported to a place outside the folder.", details=photo.rel_path)
        stem, ending = os.path.splitext(path)
        placed.append(Placed(photo, _free(stem, ending, taken, _whole)))
    return tuple(placed)


def arranged(
    photos: Iterable[CataloguePhoto], folder_of: Callable[[CataloguePhoto], str], *, by_stem: bool = False
) -> tuple[Placed, ...]:
    """Every photo by its own name in the folder given for it (with a `/` behind it), numbered where names are taken.

    Args:
        by_stem: names count without their endings.
    """
    taken: set[str] = set()
    key = _without_ending if by_stem else _whole
    placed = []
    for photo in photos:
        stem, ending = os.path.splitext(folder_of(photo) + file_name(photo))
        placed.append(Placed(photo, _free(stem.encode(), ending.encode(), taken, key)))
    return tuple(placed)


def _free(stem: bytes, ending: bytes, taken: set[str], key: Callable[[bytes, bytes], str]) -> bytes:
    number, one = 1, stem
    while key(one, ending) in taken:
        number += 1
        one = b"%s-%d" % (stem, number)
    taken.add(key(one, ending))
    return one + ending


def _whole(stem: bytes, ending: bytes) -> str:
    return unicodedata.normalize("NFC", os.fsdecode(stem + ending)).casefold()


def _without_ending(stem: bytes, ending: bytes) -> str:
    return _whole(stem, b"")
