"""Finding photos below dropped folders, and what the folders' names say about them.

Which class a photo's folders suggest:

| place below the dropped folder | class | part |
| --- | --- | --- |
| `cod/a.jpg`, `cod/2021/june/a.jpg` | cod | - |
| `train/cod/a.jpg` (also `val`, `valid`, `validation`, `test`, in any case) | cod | train |
| the same, the dropped folder itself being called `train` | cod | train |
| `a.jpg` beside class folders, or in a flat folder | - | - |
| `a.jpg` in one of several dropped folders that has no folder in it (`photos/*` in a shell) | that folder | - |
| `train/a.jpg` | - | train |
| a file dropped by itself | - | - |
| `fish/fish/cod/a.jpg`, dropped folder `fish` with nothing else in it (as unzipping leaves it) | cod | - |

Links are not followed, except a dropped folder or file that is one itself: what a link points to is found where it
really is if that is below a dropped folder, and was not dropped if it is not. Hidden folders, and those that systems
and programs keep for themselves, are neither classes nor searched; a project is not even if it was dropped itself.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from engine.base.stop import StopToken
from engine.data.manifest import Part
from engine.data.names import SUFFIXES, is_project, is_system, suffix
from engine.image.source import starts_like_photo

_PARTS: dict[str, Part] = {
    "train": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be a photo; size and time are 0 for what is not a regular file (the decoder refuses it)."""

    path: bytes
    n_bytes: int
    mtime_ns: int
    folder_class: str | None
    folder_part: Part | None


@dataclass(frozen=True, slots=True)
class Passed:
    """Something left alone on purpose; a folder stands for all it contains."""

    path: bytes
    reason: Literal["not_photo", "system", "link"]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder or dropped item that cannot be looked into; `kind` as in `DamagedInput`."""

    path: bytes
    kind: Literal["missing", "unreadable"]
    text: str


Found = Candidate | Passed | Unreadable


@dataclass(frozen=True, slots=True)
class _Place:
    """What the folders down to here suggest; `awaits_class`: the next folder down names a class (or a part)."""

    folder_class: str | None = None
    part: Part | None = None
    awaits_class: bool = True

    def below(self, name: bytes) -> _Place:
        if not self.awaits_class:
            return self
        part = part_named(name) if self.part is None else None
        if part is not None:
            return _Place(None, part, True)
        return _Place(class_name(name), self.part, False)


def scan(roots: Iterable[bytes], *, read_layout: bool = True) -> Iterator[Found]:
    """Everything below `roots` (absolute paths of folders or files), by name within a folder, files before folders.

    Each real folder is visited once, however many roots lead to it. Memory grows with the largest single folder only.
    Nothing is raised for what cannot be read: it is reported as `Unreadable`.
    """
    seen: set[tuple[int, int]] = set()
    outer = outermost(roots)
    n_folders = sum(os.path.isdir(root) for root in outer)
    for root in outer:
        try:
            info = os.stat(root)
        except OSError:
            yield Unreadable(root, "missing", "It is not there any more.")
            continue
        if is_project(root):
            yield Passed(root, "system")
        elif os.path.isdir(root):
            yield from _walk(root, read_layout, seen, among_others=n_folders > 1)
        else:
            yield Candidate(root, info.st_size, info.st_mtime_ns, None, None)


def count_candidates(roots: Iterable[bytes], stop: StopToken) -> int:
    """How many candidates `scan` finds.

    Raises:
        Stopped: `stop` was requested meanwhile.
    """
    n_found = 0
    for item in scan(roots, read_layout=False):
        stop.raise_if_set()
        n_found += isinstance(item, Candidate)
    return n_found


def outermost(roots: Iterable[bytes]) -> tuple[bytes, ...]:
    """The roots in their order without repetitions and without those that lie below another."""
    unique = tuple(dict.fromkeys(root.rstrip(b"/") or b"/" for root in roots))
    known = set(unique)
    return tuple(root for root in unique if not any(parent in known for parent in _parents(root)))


def class_name(folder: bytes) -> str | None:
    """A folder's name as a class name: NFC, white space tidied; None if nothing visible is left.

    Bytes that are not UTF-8 are read as Latin-1, the likeliest origin, so that different names stay different.
    """
    try:
        text = folder.decode("utf-8")
    except UnicodeDecodeError:
        text = folder.decode("latin-1")
    visible = "".join(" " if unicodedata.category(c) == "Cc" else c for c in unicodedata.normalize("NFC", text))
    return " ".join(visible.split()) or None


def part_named(folder: bytes) -> Part | None:
    """The part of a data set that a folder's name stands for, in any case; None for any other name."""
    return _PARTS.get(folder.decode("latin-1").strip().lower())


def _parents(path: bytes) -> Iterator[bytes]:
    while (parent := os.path.dirname(path)) != path:
        yield parent
        path = parent


def _walk(root: bytes, read_layout: bool, seen: set[tuple[int, int]], *, among_others: bool) -> Iterator[Found]:
    base = _unwrapped(root)
    start = _Place(part=part_named(os.path.basename(root))) if read_layout else _Place(awaits_class=False)
    if read_layout and among_others and start.part is None and not _has_folders(base):
        start = start.below(os.path.basename(root))
    stack = [(base, start)]
    while stack:
        folder, place = stack.pop()
        try:
            info = os.stat(folder)
            if (info.st_dev, info.st_ino) in seen:
                continue
            seen.add((info.st_dev, info.st_ino))
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=_name_of)
        except OSError as error:
            yield Unreadable(
                folder,
                "unreadable",
                f"The folder could not be opened: {error.strerror}.",
            )
            continue
        below = []
        for entry in entries:
            item = _look_at(entry, place)
            if item is not None:
                yield item
            else:
                below.append((entry.path, place.below(entry.name)))
        stack.extend(reversed(below))


def _has_folders(folder: bytes) -> bool:
    """Whether there are folders in it that would be searched; one that cannot be opened has none."""
    try:
        with os.scandir(folder) as listing:
            return any(entry.is_dir(follow_symlinks=False) and not is_system(entry.name) for entry in listing)
    except OSError:
        return False


def _name_of(entry: os.DirEntry[bytes]) -> bytes:
    return entry.name


def _look_at(entry: os.DirEntry[bytes], place: _Place) -> Found | None:
    """What an entry is; None for a folder to be searched."""
    if is_system(entry.name):
        return Passed(entry.path, "system")
    if entry.is_symlink():
        return Passed(entry.path, "link")
    if entry.is_dir(follow_symlinks=False):
        return None
    if not _may_be_photo(entry):
        return Passed(entry.path, "not_photo")
    try:
        info = entry.stat(follow_symlinks=False)
    except OSError:
        return Candidate(entry.path, 0, 0, place.folder_class, place.part)
    return Candidate(entry.path, info.st_size, info.st_mtime_ns, place.folder_class, place.part)


def _may_be_photo(entry: os.DirEntry[bytes]) -> bool:
    """By the suffix; a file without any is judged by its first bytes, as old programs and exports leave photos so."""
    ending = suffix(entry.name)
    return ending in SUFFIXES or (not ending and b"." not in entry.name and starts_like_photo(entry.path))


def _unwrapped(root: bytes) -> bytes:
    """The folder that unzipping has put inside one of the same name, if that is all there is; else `root` itself."""
    try:
        with os.scandir(root) as listing:
            visible = list(islice((entry for entry in listing if not is_system(entry.name)), 2))
        if (
            len(visible) != 1
            or visible[0].name != os.path.basename(root)
            or not visible[0].is_dir(follow_symlinks=False)
        ):
            return root
        with os.scandir(visible[0].path) as listing:
            has_folders = any(e.is_dir(follow_symlinks=False) and not is_system(e.name) for e in listing)
    except OSError:
        return root
    return visible[0].path if has_folders else root
