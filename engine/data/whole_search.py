"""Pairs of photos that may show the same whole picture, in any of the eight ways to lay it down.

Each picture becomes its lowest cosine coefficients. Comparing all pairs in eight ways would be the cost; instead all
pairs are compared once by sorted magnitudes, which no turn changes and whose agreement is never below that of the best
turn. Only pairs that pass are compared in eight ways. Nothing is missed by it: it is a bound, not a hash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.turns import TURNS
from engine.image.fingerprint import GREY_SIDE

N_COSINES = 8
# Pictures whose coarse structure varies by fewer grey levels than this are empty: noise would decide about them.
MIN_STRUCTURE = 2.0
MIN_AGREEMENT = 0.85
_BLOCK = 2048

Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePairs:
    """Candidate pairs: `a` < `b` are rows; laying `a` down as `TURNS[turn]` makes it resemble `b`."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    turn: NDArray[np.int64]


def cosines(greys: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 8, 8) lowest cosine coefficients (DCT-II) of the (n, 64, 64) pictures, in grey levels, without the mean."""
    at = (np.arange(GREY_SIDE) + 0.5) / GREY_SIDE
    basis = np.cos(np.pi * np.arange(N_COSINES)[:, None] * at).astype(np.float32) * np.float32(np.sqrt(2) / GREY_SIDE)
    basis[0] /= np.float32(np.sqrt(2))
    out = np.empty((len(greys), N_COSINES, N_COSINES), dtype=np.float32)
    for begin in range(0, len(greys), _BLOCK):
        part = greys[begin : begin + _BLOCK].astype(np.float32)
        out[begin : begin + _BLOCK] = basis @ part @ basis.T
    out[:, 0, 0] = 0
    return out


def structured(coefficients: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n,) whether a picture's coarse structure is enough to recognise it by."""
    return np.asarray(np.sqrt(np.square(coefficients).sum(axis=(1, 2))) >= MIN_STRUCTURE)


def whole_pairs(coefficients: NDArray[np.float32], tick: Tick, *, min_agreement: float = MIN_AGREEMENT) -> WholePairs:
    """All pairs of structured pictures that agree in some turn, once for each such turn: some pictures are symmetric.

    Args:
        coefficients: (n, 8, 8) of `cosines`.
        tick: called with the number of photos done since the last call; may raise to end the search.
        min_agreement: cosine of the angle between the weighted coefficients, 0..1.
    """
    weighted = _weighted(coefficients)
    rows = np.flatnonzero(structured(coefficients))
    unturned = _sorted_magnitudes(weighted[rows])
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
    for begin in range(0, len(rows), _BLOCK):
        for other in range(begin, len(rows), _BLOCK):
            bound = unturned[begin : begin + _BLOCK] @ unturned[other : other + _BLOCK].T
            i, j = np.nonzero(bound >= min_agreement)
            i, j = i + begin, j + other
            a, b = rows[i[i < j]], rows[j[i < j]]
            found.append(_in_good_turns(weighted, a, b, min_agreement))
        tick(min(_BLOCK, len(rows) - begin))
    tick(len(coefficients) - len(rows))
    a, b, turn = (
        (np.concatenate([np.zeros(0, np.int64), *parts]) for parts in zip(*found, strict=True))
        if found
        else (np.zeros(0, np.int64) for _ in range(3))
    )
    return WholePairs(a=a, b=b, turn=turn)


def _weighted(coefficients: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit vectors in which fine structure counts as much as coarse: photos have 1/f spectra."""
    k = np.arange(N_COSINES, dtype=np.float32)
    out = coefficients * np.sqrt(k[:, None] ** 2 + k**2)
    length = np.sqrt(np.square(out).sum(axis=(1, 2), keepdims=True))
    return np.asarray(out / np.maximum(length, 1e-6), dtype=np.float32)


def _sorted_magnitudes(weighted: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 64): of each coefficient and its mirror across the diagonal the larger magnitude, and the smaller one.

    A turn changes signs and exchanges the two, so it changes nothing here; and by the rearrangement inequality
    |a a' + b b'| <= max max' + min min', so the product of two such vectors bounds the agreement in every turn.
    """
    size = np.abs(weighted)
    mirror = size.swapaxes(1, 2)
    upper = np.triu(np.ones((N_COSINES, N_COSINES), dtype=bool))
    return np.where(upper, np.maximum(size, mirror), np.minimum(size, mirror)).reshape(len(weighted), N_COSINES**2)


def _in_good_turns(
    weighted: NDArray[np.float32], a: NDArray[np.int64], b: NDArray[np.int64], min_agreement: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Those of the pairs (a, b) that agree in some turn, once for each turn they agree in."""
    kept: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
    for begin in range(0, len(a), 16 * _BLOCK):
        left, right = a[begin : begin + 16 * _BLOCK], b[begin : begin + 16 * _BLOCK]
        turned, fixed = weighted[left], weighted[right]
        agreement = np.stack([np.einsum("nij,nij->n", turn.cosines(turned), fixed) for turn in TURNS])
        turn, at = np.nonzero(agreement >= min_agreement)
        kept.append((left[at], right[at], turn))
    if not kept:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    first, second, turn = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    return first, second, turn
