"""Photos that stay together when photos are divided: copies, bursts, folders, days, cameras, sites, names alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise

from engine.base.errors import UserError
from engine.recipe.group_cfg import GroupCfg

# Degrees rounded to three places are about 100 m: one site.
SITE_PLACES = 3
# What dates without times come to: photos of one day that would be one burst.
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPhoto:
    """What of a photo decides which others it stays with.

    Args:
        sha256: of its content; equal contents always stay together.
        folder: where the file lies, below the folder that was imported. name: of the file.
        taken: ISO 8601 local time, empty if unknown; midnight sharp if only the day is known. camera: empty if unknown.
        place: (latitude, longitude) in degrees, or None.
        copies: number of its group of copies, or None. columns: (heading, value) of what tables say of it.
    """

    photo_id: int
    sha256: bytes
    folder: str = ""
    name: str = ""
    taken: str = ""
    camera: str = ""
    place: tuple[float, float] | None = None
    copies: int | None = None
    columns: tuple[tuple[str, str], ...] = ()


def group_keys(photos: Sequence[GroupPhoto], cfg: GroupCfg) -> dict[int, bytes]:
    """For each photo id the key of its group: the smallest content (sha256) among the photos it must stay with.

    Photos of one content are one group, and so are photos that anything `cfg` names connects; what is
    connected through others is one group too. Not to know a fact is nothing in common. Keys do
    not depend on the order of the photos, so a split drawn by them is the same for the same photos.

    Raises:
        UserError: the pattern for file names is not one.
    """
    joined = _Joined(len(photos))
    for key_of in _keys(cfg):
        joined.by_key(map(key_of, photos))
    if cfg.bursts:
        _join_bursts(photos, cfg.burst_seconds, joined)
    roots = [joined.root(at) for at in range(len(photos))]
    least: dict[int, bytes] = {}
    for root, photo in zip(roots, photos, strict=True):
        if photo.sha256 <= least.setdefault(root, photo.sha256):
            least[root] = photo.sha256
    return {photo.photo_id: least[root] for root, photo in zip(roots, photos, strict=True)}


def _keys(cfg: GroupCfg) -> Iterator[Callable[[GroupPhoto], object]]:
    """What photos of one group may have in common; None where a photo does not have it."""
    yield lambda photo: photo.sha256
    if cfg.copies:
        yield lambda photo: photo.copies
    if cfg.folders:
        yield lambda photo: photo.folder or None
    if cfg.days:
        yield lambda photo: photo.taken[:10] or None
    if cfg.cameras:
        yield lambda photo: photo.camera or None
    if cfg.sites:
        yield lambda photo: None if photo.place is None else tuple(round(part, SITE_PLACES) for part in photo.place)
    for heading in cfg.headings():
        yield _valued_alike(heading)
    if cfg.names:
        yield _named_alike(cfg.names)


def _valued_alike(heading: str) -> Callable[[GroupPhoto], object]:
    wanted = heading.casefold()
    return lambda photo: next((value for name, value in photo.columns if name.casefold() == wanted), None)


def _named_alike(pattern: str) -> Callable[[GroupPhoto], object]:
    """Photos whose names match are alike in what the pattern's groups caught, or in the whole match if it has none."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise UserError(
            "The pattern for file names cannot be read.",
            advice=r"Write it as a regular expression; ^(\w+)_ puts together what has the same first word.",
            details=f"{pattern}: {error}",
        ) from error

    def caught(photo: GroupPhoto) -> object:
        found = compiled.search(photo.name)
        if found is None:
            return None
        return found.groups() or found.group()

    return caught


def _join_bursts(photos: Sequence[GroupPhoto], seconds: float, joined: _Joined) -> None:
    """Photos of one camera in one folder, each taken at most so many seconds after the one before, are one burst.

    Two of which only the day is known are none.
    """
    series: dict[tuple[str, str], list[tuple[datetime, int]]] = defaultdict(list)
    for at, photo in enumerate(photos):
        if photo.taken:
            series[photo.folder, photo.camera].append((datetime.fromisoformat(photo.taken), at))
    for shots in series.values():
        shots.sort()
        for (before, first), (after, second) in pairwise(shots):
            if (after - before).total_seconds() <= seconds and not (before == after and after.time() == _MIDNIGHT):
                joined.join(first, second)


class _Joined:
    """Union-find over positions 0..n-1."""

    def __init__(self, n: int) -> None:
        self._parent = list(range(n))

    def root(self, at: int) -> int:
        while self._parent[at] != at:
            self._parent[at] = self._parent[self._parent[at]]
            at = self._parent[at]
        return at

    def join(self, first: int, second: int) -> None:
        self._parent[self.root(first)] = self.root(second)

    def by_key(self, keys: Iterable[object]) -> None:
        """Positions of equal keys are joined; None is no key."""
        seen: dict[object, int] = {}
        for at, key in enumerate(keys):
            if key is not None and (first := seen.setdefault(key, at)) != at:
                self.join(at, first)
