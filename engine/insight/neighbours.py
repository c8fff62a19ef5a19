"""Which photos look alike to a network: for each its nearest others, worked out block by block in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from engine.base.stop import StopToken

# Kept of each photo: some more than are shown, because photos are left out and labelled otherwise later.
N_NEAREST = 12
# Photos of its own class that say how far a photo is from it.
N_OWN = 5
# Similarities in memory at once, 32 MB of them.
_BLOCK = 8_000_000
# Above so many classes the closest photos are not kept for every two of them: there would be too many.
_MOST_CLASSES = 100
# Closest photos of every two classes, from either side.
_N_CLOSEST = 6
_NOTHING = np.float32(-np.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """Who is near whom among n photos; similarities are cosines, -1..1.

    Args:
        nearest: (n, k) int32, the nearest others, nearest first; -1 where there are no more.
        similarity: (n, k) float32, how alike; 0 where there are no more.
        own_distance: (n,) float32, 0..2, 1 less the mean similarity to the `N_OWN` nearest photos of its class; NaN
            where it has no other photo there.
        closest: (m, 2) int32, photos of two classes that are as near as photos of these two come; the smaller class
            first. closest_similarity: (m,) float32.
    Source: the mean distance to the k nearest as a measure of how far out something lies: Angiulli and Pizzuti 2002,
        "Fast outlier detection in high dimensional spaces" (PKDD), definition 1.
    """

    nearest: NDArray[np.int32]
    similarity: NDArray[np.float32]
    own_distance: NDArray[np.float32]
    closest: NDArray[np.int32]
    closest_similarity: NDArray[np.float32]


def neighbours(
    features: NDArray[np.float32],
    groups: NDArray[np.int32],
    classes: NDArray[np.int64],
    *,
    stop: StopToken,
    on_rows: Callable[[int], None] = lambda n: None,
) -> Neighbours:
    """Compare every photo with every other; photos of one group are never each other's neighbours.

    Time grows with the square of n, memory with n.

    Args:
        features: (n, d), rows of length 1. groups: (n,) photos of equal number belong together (copies, bursts).
        classes: (n,) rising: photos of one class stand together; 0 for photos without one, which count as one class
            but for `closest`.
        on_rows: called with the number of photos that were compared since it was called last.
    Raises:
        Stopped: between two blocks.
        ValueError: the classes do not rise.
    """
    if np.any(np.diff(classes) < 0):
        raise ValueError("photos must be ordered by class")
    n = len(features)
    names, starts = np.unique(classes, return_index=True)
    k = min(N_NEAREST, max(0, n - 1))
    nearest = np.full((n, k), -1, dtype=np.int32)
    similarity = np.zeros((n, k), dtype=np.float32)
    own_distance = np.full(n, np.nan, dtype=np.float32)
    keeps_closest = 1 < len(names) <= _MOST_CLASSES
    to_class = np.empty((n if keeps_closest else 0, len(names)), dtype=np.float32)
    for rows in _blocks(n):
        stop.raise_if_set()
        alike = features[rows] @ features.T
        alike[groups[rows, None] == groups[None, :]] = _NOTHING
        if k:
            nearest[rows], similarity[rows] = _largest(alike, k)
        own_distance[rows] = _distances(alike, rows.start, starts)
        if keeps_closest:
            to_class[rows] = np.maximum.reduceat(alike, starts, axis=1)
        on_rows(rows.stop - rows.start)
    closest, closest_similarity = _closest(features, groups, names, starts, to_class)
    return Neighbours(
        nearest=nearest,
        similarity=similarity,
        own_distance=own_distance,
        closest=closest,
        closest_similarity=closest_similarity,
    )


def _blocks(n: int) -> Iterator[slice]:
    size = max(1, _BLOCK // max(1, n))
    for first in range(0, n, size):
        yield slice(first, min(n, first + size))


def _largest(alike: NDArray[np.float32], k: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """(m, k) columns of the largest values of each row, largest first, and the values; -1 and 0 for impossible ones."""
    at = np.argpartition(alike, -k, axis=1)[:, -k:]
    values = np.take_along_axis(alike, at, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    at, values = np.take_along_axis(at, order, axis=1), np.take_along_axis(values, order, axis=1)
    possible = np.isfinite(values)
    return np.where(possible, at, -1).astype(np.int32), np.where(possible, values, 0).astype(np.float32)


def _distances(alike: NDArray[np.float32], first: int, starts: NDArray[np.intp]) -> NDArray[np.float32]:
    """(m,) see `Neighbours.own_distance`, for the m photos from `first` on."""
    found = np.full(len(alike), np.nan, dtype=np.float32)
    ends = np.append(starts[1:], alike.shape[1])
    for begin, end in zip(starts, ends, strict=True):
        mine = slice(max(begin, first) - first, max(0, min(end, first + len(alike)) - first))
        if mine.start >= mine.stop:
            continue
        inside = alike[mine, begin:end]
        n_kept = min(N_OWN, inside.shape[1])
        values = np.partition(inside, -n_kept, axis=1)[:, -n_kept:]
        possible = np.isfinite(values)
        n_of = possible.sum(axis=1)
        mean = np.where(possible, values, 0).sum(axis=1) / np.maximum(n_of, 1)
        found[mine] = np.where(n_of > 0, 1 - mean, np.nan)
    return found


def _closest(
    features: NDArray[np.float32],
    groups: NDArray[np.int32],
    names: NDArray[np.int64],
    starts: NDArray[np.intp],
    to_class: NDArray[np.float32],
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """See `Neighbours.closest`; `to_class`: (n, classes) how near each class comes to each photo, or empty."""
    pairs: list[tuple[int, int]] = []
    values: list[float] = []
    ends = np.append(starts[1:], len(features))
    inside = [slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]
    named = np.flatnonzero(names > 0).tolist() if len(to_class) else []
    for one, other in permutations(named, 2):
        for row in _best_rows(to_class[inside[one], other]) + inside[one].start:
            there = features[inside[other]] @ features[row]
            there[groups[inside[other]] == groups[row]] = _NOTHING
            found = inside[other].start + int(there.argmax())
            pairs.append((int(row), found) if one < other else (found, int(row)))
            values.append(float(there.max()))
    return np.array(pairs, dtype=np.int32).reshape(-1, 2), np.array(values, dtype=np.float32)


def _best_rows(values: NDArray[np.float32]) -> NDArray[np.intp]:
    """The positions of the largest possible values."""
    order = np.argsort(-values, kind="stable")[:_N_CLOSEST]
    return order[np.isfinite(values[order])]
