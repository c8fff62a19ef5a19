"""From pairs of copies to groups, without chains that wander off: each member shares half of its picture with the hub.

A camera that pans gives photos each of which overlaps the next; pair by pair they are right, and together they would
join pictures that share nothing. So a group is grown around one photo, its hub, through pairs, and a photo joins only
if the maps of the pairs along the way leave it on at least half of the hub's picture (or the hub's on half of its own).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.data.near_copies import CopyPair

_MIN_SHARED = 0.5
_POINTS = 16
_Affine = NDArray[np.float64]  # (3, 3), homogeneous


def group_copies(pairs: Sequence[CopyPair], names: Sequence[bytes]) -> list[tuple[int, ...]]:
    """Groups of at least two photos, by rows; the first of each is its hub. Nobody is in two groups.

    Args:
        pairs: of `find_copies`, by rows of photos.
        names: different digests of the photos, which decide where numbers are equal.
    """
    links: dict[int, dict[int, _Affine]] = defaultdict(dict)
    for pair in pairs:
        there = _affine(pair)
        links[pair.first][pair.second] = there
        links[pair.second][pair.first] = _back(there)
    free = set(links)
    groups = []
    while free:
        hub = min(free, key=lambda row: (-len(links[row].keys() & free), names[row]))
        members = _around(hub, links, free, names)
        free -= set(members)
        if len(members) > 1:
            groups.append(tuple(members))
    return sorted(groups, key=min)


def _around(hub: int, links: dict[int, dict[int, _Affine]], free: set[int], names: Sequence[bytes]) -> list[int]:
    to_hub: dict[int, _Affine] = {hub: np.eye(3)}
    waiting = deque([hub])
    while waiting:
        here = waiting.popleft()
        for there in sorted(links[here].keys() & free, key=lambda row: names[row]):
            if there in to_hub:
                continue
            way = to_hub[here] @ links[there][here]
            if _shared(way) >= _MIN_SHARED:
                to_hub[there] = way
                waiting.append(there)
    return list(to_hub)


def _shared(way: _Affine) -> float:
    """The larger of: share of the one picture that lies in the other, and the other way round."""
    return max(_share_inside(way), _share_inside(_back(way)))


def _back(way: _Affine) -> _Affine:
    return np.asarray(np.linalg.inv(way), dtype=np.float64)


def _share_inside(way: _Affine) -> float:
    at = (2 * np.arange(_POINTS) + 1) / _POINTS - 1
    x, y = np.meshgrid(at, at)
    points = way[:2, :2] @ np.stack([x.ravel(), y.ravel()]) + way[:2, 2:]
    return float((np.abs(points) <= 1).all(axis=0).mean())


def _affine(pair: CopyPair) -> _Affine:
    out = np.eye(3)
    out[:2, :2] = np.array(pair.linear).reshape(2, 2)
    out[:2, 2] = pair.shift
    return out
