"""The coarse structure of many windows of a picture at once, as unit vectors that do not depend on brightness.

A grid of windows (60 to 100 % of each side) is laid on every picture. The lowest cosines of all of them follow from the
picture by two small matrix products, because window and cosine both factor into rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.data.registration import Floats, shrunk
from engine.data.turns import TURNS

Ints = NDArray[np.int64]

_SIDE = 32
_N_COSINES = 6
# Coarse cosines only: a window of the grid may be off by half a step, which turns fine ones around.
_FREQUENCIES = tuple((v, u) for v in range(_N_COSINES) for u in range(_N_COSINES) if 1 <= u + v < _N_COSINES)
_V, _U = np.array(_FREQUENCIES).T
N_NUMBERS = len(_FREQUENCIES)
_SWAPPED = [_FREQUENCIES.index((u, v)) for v, u in _FREQUENCIES]
_DOWN, _ACROSS = _FREQUENCIES.index((1, 0)), _FREQUENCIES.index((0, 1))
# Windows whose coarse structure varies by fewer grey levels than this are empty.
_MIN_STRUCTURE = 3.0


@dataclass(frozen=True)
class Windows:
    """All products of intervals along the two sides; `intervals`: (begin, length) as shares of the side."""

    intervals: tuple[tuple[float, float], ...]

    def __len__(self) -> int:
        """How many windows there are."""
        return len(self.intervals) ** 2

    def vectors(self, greys: NDArray[np.uint8]) -> Floats:
        """(n, windows, 20) unit vectors of the windows of (n, 64, 64) pictures; zeros for windows without structure."""
        small = shrunk(greys.astype(np.float32), _SIDE)
        n, k = len(small), len(self.intervals)
        # One product for both sides of many pictures: columns first, then rows.
        across = (small.reshape(-1, _SIDE) @ self._basis.T).reshape(n, _SIDE, -1)
        cosines = (self._basis @ across).reshape(n, k, _N_COSINES, k, _N_COSINES)
        chosen = np.empty((n, k, k, N_NUMBERS), dtype=np.float32)
        for at, (v, u) in enumerate(_FREQUENCIES):
            chosen[..., at] = cosines[:, :, v, :, u]
        return _unit(chosen.reshape(n, k * k, N_NUMBERS))

    def places(self, window: Ints) -> tuple[Floats, Floats]:
        """(n, 2) middles and half sides (x, y) of the windows, in -1..1 of the picture."""
        begin_y, length_y = np.array(self.intervals, dtype=np.float32)[window // len(self.intervals)].T
        begin_x, length_x = np.array(self.intervals, dtype=np.float32)[window % len(self.intervals)].T
        middle = np.stack([2 * begin_x + length_x - 1, 2 * begin_y + length_y - 1], axis=1)
        return middle, np.stack([length_x, length_y], axis=1)

    @cached_property
    def _basis(self) -> Floats:
        """(intervals * 6, 32): mean over an interval of the picture times a cosine of 0 to 5 half waves in it."""
        edges = np.arange(_SIDE + 1) / _SIDE
        centre = (edges[:-1] + edges[1:]) / 2
        rows = []
        for begin, length in self.intervals:
            # Pixels that the interval cuts count by the share of them that lies in it.
            cover = np.clip(np.minimum(edges[1:], begin + length) - np.maximum(edges[:-1], begin), 0, None) / length
            for k in range(_N_COSINES):
                wave = np.cos(np.pi * k * np.clip((centre - begin) / length, 0, 1)) * (np.sqrt(2) if k else 1)
                rows.append(cover * (wave - (cover * wave).sum()) if k else cover)
        return np.array(rows, dtype=np.float32)


def _even(lengths: tuple[int, ...], step: int) -> tuple[tuple[float, float], ...]:
    """Intervals of these lengths, in hundredths, evenly laid from end to end, about a step apart."""
    out = []
    for length in lengths:
        n_gaps = round((100 - length) / step)
        out += [(at * (100 - length) / max(n_gaps, 1) / 100, length / 100) for at in range(n_gaps + 1)]
    return tuple(out)


# 64, 225 and 441 windows. Of random crops to 65..95 % of each side, 1 in 20 agrees less than 0.92 with the best window
# of the middle grid, and less than 0.96 with that of the fine one.
SPARSE = Windows(_even((100, 85, 70), 10))
COARSE = Windows(_even((100, 90, 80, 70, 60), 10))
FINE = Windows(_even((100, 92, 84, 76, 68, 60), 8))
WHOLE = Windows(((0.0, 1.0),))
MIDDLE_SIDE = 0.8
MIDDLE = Windows((((1 - MIDDLE_SIDE) / 2, MIDDLE_SIDE),))


def _unit(chosen: Floats) -> Floats:
    # Fine structure counts for more than it has, but not as much as coarse: it is what a shift spoils.
    weighted = chosen * np.sqrt(np.hypot(_V, _U)).astype(np.float32)
    length = np.sqrt(np.einsum("...k,...k->...", weighted, weighted))[..., None]
    empty = np.einsum("...k,...k->...", chosen, chosen)[..., None] < _MIN_STRUCTURE**2
    return np.asarray(np.where(empty, np.float32(0), weighted / np.maximum(length, np.float32(1e-6))), dtype=np.float32)


def turned(vectors: Floats) -> Floats:
    """(n, 8, 20): the (n, 20) vectors of pictures laid down in eight ways."""
    square = np.zeros((len(vectors), _N_COSINES, _N_COSINES), dtype=np.float32)
    square[:, _V, _U] = vectors
    return np.stack([turn.cosines(square)[:, _V, _U] for turn in TURNS], axis=1)


def upright(vectors: Floats) -> Floats:
    """The (n, 20) vectors of pictures, each laid down in the one way in which it stands upright.

    Upright: not brighter below than above, nor at the right than at the left, and the latter the larger difference. So
    pictures that are alike in some turn need be compared in one only.
    """
    swap = np.abs(vectors[:, _DOWN]) > np.abs(vectors[:, _ACROSS])
    out = np.where(swap[:, None], vectors[:, _SWAPPED], vectors)
    for at, odd in ((_DOWN, _V % 2 == 1), (_ACROSS, _U % 2 == 1)):
        out = out * np.where((out[:, at] < 0)[:, None] & odd, np.float32(-1), np.float32(1))
    return np.asarray(out, dtype=np.float32)


def nearly_upright(vectors: Floats, margin: float) -> tuple[Ints, Floats]:
    """(picture, (m, 20) vector) of the ways to lay (n, 20) pictures down in which they may be said to stand upright.

    Args:
        margin: by how much the differences may be other than in `upright`; more than one way where it is a near thing.
    """
    ways = turned(vectors)
    down, across = ways[..., _DOWN], ways[..., _ACROSS]
    picture, turn = np.nonzero((down >= -margin) & (across >= -margin) & (across - down >= -margin))
    return picture, ways[picture, turn]
