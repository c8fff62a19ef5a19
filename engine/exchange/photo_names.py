"""Which photo a cell of a table means: by path, by the end of a path, by file name, or by file name without ending."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.base.fspath import from_text

_Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedPhoto:
    """A photo of the project: its id, its absolute path, and how many last parts of it lie below the import's root."""

    photo_id: int
    path: bytes
    n_below: int


@dataclass(frozen=True, slots=True)
class _Named:
    """The photos that a text can mean, and the parts of it. `is_whole`: their paths end as the whole text does; else
    only the end of the text is theirs, and the folders before it may be another machine's, or another folder's here.
    """

    ids: tuple[int, ...] = ()
    parts: _Parts = ()
    is_whole: bool = False


class PhotoNames:
    """Finds photos by what tables call them; looks at names alone and opens nothing.

    Upper and lower case count only to choose between photos that are the same without it.
    """

    def __init__(self, photos: Iterable[NamedPhoto]) -> None:
        self.n_photos = 0
        self._by_name: dict[str, list[tuple[_Parts, NamedPhoto]]] = defaultdict(list)
        self._by_stem: dict[str, list[tuple[_Parts, NamedPhoto]]] = defaultdict(list)
        for photo in photos:
            self.n_photos += 1
            parts = _parts(os.fsdecode(photo.path))
            stem = os.path.splitext(parts[-1])[0]
            self._by_name[parts[-1]].append((parts, photo))
            self._by_stem[stem].append(((*parts[:-1], stem), photo))

    def find(self, text: str, folder: bytes) -> tuple[int, ...]:
        """Ids of the photos that the text can mean: none, one, or several that cannot be told apart.

        Args:
            text: an absolute path, a path relative to `folder` or to an import's root, a file name, or a file name
                without ending; with `/` or with backslashes, plain or percent-encoded as `to_text` writes it.
            folder: where the table lies.
        """
        return self._named(text, folder).ids

    def find_each(self, texts: Sequence[str], folder: bytes) -> tuple[tuple[int, ...], ...]:
        """As `find`, of all texts of one table, which says in one way where files are.

        Where any of them agrees with the folders here, those that do not are of photos that are not here: file names
        come again in every folder of a camera. Nor does such a one mean a photo that another text means too.
        """
        named = [self._named(text, folder) for text in texts]
        if any(one.is_whole and len(one.parts) > 1 for one in named):
            return tuple(one.ids if one.is_whole else () for one in named)
        meant: dict[int, set[_Parts]] = defaultdict(set)
        for one in named:
            for photo_id in one.ids:
                meant[photo_id].add(one.parts)
        return tuple(one.ids if one.is_whole or all(len(meant[i]) == 1 for i in one.ids) else () for one in named)

    def _named(self, text: str, folder: bytes) -> _Named:
        for name in dict.fromkeys((os.fsdecode(from_text(text)), text, text.replace("\\", "/"))):
            exact = os.path.normpath(os.path.join(os.fsdecode(folder), name))
            wanted = _parts(name)
            if not wanted or ".." in wanted:
                wanted = _parts(exact)
                found = [one for one in self._by_name.get(wanted[-1], ()) if one[0] == wanted] if wanted else []
            else:
                found = _fitting(self._by_name, wanted) or _fitting(self._by_stem, wanted)
            if found:
                ids = _chosen([photo for _, photo in found], exact, name)
                return _Named(ids, wanted, all(parts[-len(wanted) :] == wanted for parts, _ in found))
        return _Named()


def _fitting(index: dict[str, list[tuple[_Parts, NamedPhoto]]], wanted: _Parts) -> list[tuple[_Parts, NamedPhoto]]:
    """The photos whose path ends as the text; else those whose place below the import's root the text ends with."""
    named = index.get(wanted[-1], [])
    found = [one for one in named if one[0][-len(wanted) :] == wanted]
    if found:
        return found
    found = [one for one in named if one[0][-one[1].n_below :] == wanted[-one[1].n_below :]]
    longest = max((photo.n_below for _, photo in found), default=0)
    return [one for one in found if one[1].n_below == longest]


def _chosen(found: list[NamedPhoto], exact: str, name: str) -> tuple[int, ...]:
    """The only one, or the one that is called exactly so; else all."""
    if len(found) > 1:
        for same in (
            [photo for photo in found if os.fsdecode(photo.path) == exact],
            [photo for photo in found if os.fsdecode(photo.path).endswith(name)],
        ):
            if len(same) == 1:
                return (same[0].photo_id,)
    return tuple(photo.photo_id for photo in found)


def _parts(path: str) -> _Parts:
    folded = unicodedata.normalize("NFC", path).casefold()
    return tuple(part for part in folded.split("/") if part not in ("", "."))
