"""For each photo the others it may be a part of: its coarse structure is looked up among those of many windows.

The whole of each photo and its middle are looked up among the windows of all others. The middle finds what the whole
does not: photos that were tilted and so have strange corners, and photos that each lack a part of the other. Windows
are laid upright before they are compared, so that turned copies cost nothing; which turn it was is found afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.lists import Lists, centres
from engine.data.registration import Floats, Maps
from engine.data.turns import MATRICES, TURNS
from engine.data.windows import (
    COARSE,
    FINE,
    MIDDLE,
    MIDDLE_SIDE,
    N_NUMBERS,
    SPARSE,
    WHOLE,
    Ints,
    Windows,
    nearly_upright,
    turned,
    upright,
)

Tick = Callable[[int], None]

MIN_AGREEMENT = 0.85
# Symmetric things agree nearly as well the wrong way round: up to so many ways are tried, if so little worse.
_N_WAYS, _NEARLY = 3, 0.05
# How far a photo may be from standing upright and still be looked up so; the window it is a part of may differ by that.
_UPRIGHT_MARGIN = 0.15
# The more photos, the fewer windows: crops of a few photos are looked for more closely than crops of tens of thousands.
_GRIDS = ((3000, FINE), (12_000, COARSE), (10**9, SPARSE))
# Up to this many photos all windows are compared; beyond, those in the nearest lists.
_ALL_LISTS_UP_TO = 300
_PAIRS_PER_BLOCK, _PHOTOS_PER_BLOCK = 128, 2048
_TRAINING_PHOTOS, _TRAINING_WINDOWS = 1200, 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The photo `part`, or its middle, laid down as `TURNS[turn]`, resembles window `window` of the photo `whole`."""

    part: Ints
    whole: Ints
    middle: Ints
    turn: Ints
    window: Ints

    def guess(self) -> Maps:
        """Maps from each part to its whole, in -1..1 of either."""
        centre, half = FINE.places(self.window)
        enlarged = np.where(self.middle == 1, np.float32(1 / MIDDLE_SIDE), np.float32(1))
        return Maps(linear=(enlarged[:, None] * half)[:, :, None] * MATRICES[self.turn], shift=centre)


def part_pairs(greys: NDArray[np.uint8], tick: Tick) -> tuple[Ints, Ints]:
    """Of each photo (first column) the few others (second) in which a window resembles it best.

    Args:
        greys: (n, 64, 64).
        tick: called with the number of photos done since the last call; may raise to end the search.
    """
    n = len(greys)
    windows = next(grid for limit, grid in _GRIDS if n <= limit)
    asked = _blocks(greys, _asked_vectors, (0, 2, N_NUMBERS)).reshape(-1, N_NUMBERS)
    asking = np.flatnonzero(asked.any(axis=1))
    row, queries = nearly_upright(asked[asking], _UPRIGHT_MARGIN)
    photo_of = asking[row] // 2
    best = _Best(n)
    training = _training_windows(greys, windows) if n > _ALL_LISTS_UP_TO else None
    lists = Lists(queries, None if training is None or not len(training) else centres(training))
    for begin in range(0, n, _PHOTOS_PER_BLOCK):
        some = greys[begin : begin + _PHOTOS_PER_BLOCK]
        for query, target, agreement in lists.search(_laid_upright(some, windows), best.floor[photo_of]):
            best.add(photo_of[query], target // len(windows) + begin, agreement)
        best.prune()
        tick(len(some))
    return best.pairs()


def ways(greys: NDArray[np.uint8], part: Ints, whole: Ints) -> Ways:
    """Of each pair of photos, given by rows, the few ways to lay the part into the whole that agree best."""
    order = np.argsort(whole, kind="stable")
    found: list[list[Ints]] = [[np.zeros(0, dtype=np.int64)] for _ in range(5)]
    for begin in range(0, len(order), _PAIRS_PER_BLOCK):
        at = order[begin : begin + _PAIRS_PER_BLOCK]
        for column, values in zip(found, _ways(greys, part[at], whole[at]), strict=True):
            column.append(values)
    parts, wholes, middle, turn, window = (np.concatenate(column) for column in found)
    return Ways(part=parts, whole=wholes, middle=middle, turn=turn, window=window)


def _ways(greys: NDArray[np.uint8], part: Ints, whole: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Part, whole, middle, turn and window of the best ways of each pair."""
    targets, row = np.unique(whole, return_inverse=True)
    vectors = FINE.vectors(greys[targets])[row]
    asked = turned(_asked_vectors(greys[part]).reshape(-1, N_NUMBERS)).reshape(len(part), -1, N_NUMBERS)
    agreement = asked @ vectors.swapaxes(1, 2)  # (pairs, ways, windows)
    best = agreement.max(axis=2)
    limit = np.maximum(np.sort(best, axis=1)[:, -_N_WAYS], best.max(axis=1) - _NEARLY)
    pair, way = np.nonzero(best >= np.maximum(limit, MIN_AGREEMENT - _NEARLY)[:, None])
    window = agreement[pair, way].argmax(axis=1)
    return part[pair], whole[pair], way // len(TURNS), way % len(TURNS), window


def _asked_vectors(greys: NDArray[np.uint8]) -> Floats:
    """(n, 2, 20) unit vectors of the whole pictures and of their middles."""
    return np.concatenate([WHOLE.vectors(greys), MIDDLE.vectors(greys)], axis=1)


def _laid_upright(greys: NDArray[np.uint8], windows: Windows) -> Floats:
    """(n * windows, 20)."""
    return upright(windows.vectors(greys).reshape(-1, N_NUMBERS))


def _blocks(greys: NDArray[np.uint8], work: Callable[[NDArray[np.uint8]], Floats], shape: tuple[int, ...]) -> Floats:
    """What `work` makes of all photos, some at a time."""
    done = [work(greys[begin : begin + _PHOTOS_PER_BLOCK]) for begin in range(0, len(greys), _PHOTOS_PER_BLOCK)]
    return np.concatenate([np.zeros(shape, np.float32), *done])


def _training_windows(greys: NDArray[np.uint8], windows: Windows) -> Floats:
    """(about 60,000, 20) windows of photos taken evenly, the same for the same photos."""
    at = np.linspace(0, len(greys) - 1, min(len(greys), _TRAINING_PHOTOS)).astype(np.int64)
    vectors = _laid_upright(greys[at], windows)
    # Taken by a step that hits other windows in each photo: neither number of windows is a multiple of 11.
    step = 11 * max(1, len(vectors) // (11 * _TRAINING_WINDOWS))
    vectors = vectors[::step]
    return vectors[vectors.any(axis=1)]


class _Best:
    """The best few targets of each photo so far."""

    def __init__(self, n: int) -> None:
        self.floor = np.full(n, MIN_AGREEMENT, dtype=np.float32)
        self._n = n
        # Where there are many photos the best few of one are alike by chance, and looking at more costs most.
        self._n_best = int(np.clip(180_000 // max(n, 1), 3, 16))
        self._photo, self._target = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        self._agreement: list[Floats] = [np.zeros(0, dtype=np.float32)]

    def add(self, photo: Ints, target: Ints, agreement: Floats) -> None:
        other = photo != target
        self._photo.append(photo[other])
        self._target.append(target[other])
        self._agreement.append(agreement[other])

    def prune(self) -> None:
        """Keep the best agreement with each target, and the best targets of each photo; raise the floors to them."""
        photo, target = np.concatenate(self._photo), np.concatenate(self._target)
        agreement = np.concatenate(self._agreement)
        key, row = np.unique(photo * self._n + target, return_inverse=True)
        best = np.zeros(len(key), dtype=np.float32)
        np.maximum.at(best, row, agreement)
        photo, target = np.divmod(key, max(self._n, 1))
        order = np.lexsort((target, -best, photo))
        photo, target, best = photo[order], target[order], best[order]
        rank = np.arange(len(photo)) - np.searchsorted(photo, photo, side="left")
        kept = rank < self._n_best
        last = rank == self._n_best - 1
        self.floor[photo[last]] = best[last]
        self._photo, self._target, self._agreement = [photo[kept]], [target[kept]], [best[kept]]

    def pairs(self) -> tuple[Ints, Ints]:
        self.prune()
        return self._photo[0], self._target[0]
