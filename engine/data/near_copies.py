"""Finding copies among photos: the same picture again, turned, mirrored, cropped, resized, re-encoded, lit otherwise.

Candidates come from two searches (`whole_search`, `part_search`); each is laid over the other photo exactly
(`registration`) and judged cell by cell (`same_picture`), so that what is called a copy is one. Two photos of a burst
are no copies: something in them has moved.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.data.lists import cores
from engine.data.part_search import part_pairs, ways
from engine.data.registration import Floats, Maps, correlation, register, shrunk
from engine.data.same_picture import judge
from engine.data.turns import MATRICES, TURNS, nearest_turn
from engine.data.whole_search import WholePairs, cosines, whole_pairs
from engine.image.fingerprint import chroma, grey

Ints = NDArray[np.int64]
CopyKind = Literal["exact", "same", "turned", "mirrored", "tilted", "cropped", "toned"]
MIN_SIMILARITY = 0.5
_BATCH, _JUDGED_AT_ONCE = 512, 32
# The side at which first guesses are compared, and the correlation that is worth a closer look.
_TINY, _MIN_GUESS = 16, 0.5
# Corners may be this far (of half a side) from where a turn alone would take them before it counts as a crop or a tilt.
_MIN_SHIFT = 0.05
_MIN_TILT = 0.035
_TONE_GAIN, _TONE_OFFSET = 0.06, 5.0


class Watch(Protocol):
    """Who is told how far the search is, and may end it by raising."""

    def begin(self, phase: str, total: int) -> None:
        """A phase of `total` pieces begins."""

    def add(self, n: int) -> None:
        """`n` more pieces of the phase are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPair:
    """Two photos that are one picture, by their rows; laying `first` down by the map gives a part of `second`.

    `kinds`: everything that was done. `similarity`: 0.5..1. `linear`, `shift`: the point p of the first, (x, y) in
    -1..1, lies at linear p + shift of the second; row by row.
    """

    first: int
    second: int
    kinds: tuple[CopyKind, ...]
    similarity: float
    linear: tuple[float, float, float, float]
    shift: tuple[float, float]


def find_copies(fingerprints: NDArray[np.uint8], names: Sequence[bytes], watch: Watch) -> list[CopyPair]:
    """All pairs of photos found to be the same picture; the same whatever the order of the photos.

    Args:
        fingerprints: (n, N_BYTES) of different contents.
        names: n different digests of the contents; they decide which photo of a pair is tried as the first.
        watch: told of the progress.
    Returns:
        one entry a pair, by rows.
    """
    order = np.array(sorted(range(len(names)), key=lambda i: names[i]), dtype=np.int64)
    rows = fingerprints[order]
    greys = grey(rows)
    watch.begin("Comparing whole photos", len(rows))
    wholes = whole_pairs(cosines(greys), watch.add)
    watch.begin("Looking for parts of photos", len(rows))
    parts = part_pairs(greys, watch.add)
    first, second, guess = _candidates(greys, wholes, parts)
    watch.begin("Checking copies", len(first))
    found: dict[tuple[int, int], CopyPair] = {}

    def check(begin: int) -> list[CopyPair]:
        chosen = slice(begin, begin + _BATCH)
        maps = Maps(linear=guess.linear[chosen], shift=guess.shift[chosen])
        return _verified(rows, first[chosen], second[chosen], maps)

    with ThreadPoolExecutor(cores()) as pool:
        for pairs in _in_order(pool, check, range(0, len(first), _BATCH)):
            for pair in pairs:
                key = (min(pair.first, pair.second), max(pair.first, pair.second))
                known = found.get(key)
                if known is None or _rank(pair) > _rank(known):
                    found[key] = pair
            watch.add(min(_BATCH, len(first)))
    return sorted((_in_rows(pair, order) for pair in found.values()), key=lambda p: (p.first, p.second))


def _candidates(greys: NDArray[np.uint8], wholes: WholePairs, parts: tuple[Ints, Ints]) -> tuple[Ints, Ints, Maps]:
    """(first, second, where to begin) of everything worth checking: at the first guess already they look alike."""
    tiny = np.concatenate(
        [np.zeros((0, _TINY, _TINY), np.float32)]
        + [shrunk(greys[b : b + 4096].astype(np.float32), _TINY) for b in range(0, len(greys), 4096)]
    )
    laid = ways(greys, *parts)
    guess = laid.guess()
    first = np.concatenate([wholes.a, laid.part])
    second = np.concatenate([wholes.b, laid.whole])
    linear = np.concatenate([MATRICES[wholes.turn], guess.linear]).astype(np.float32)
    shift = np.concatenate([np.zeros((len(wholes.a), 2), np.float32), guess.shift]).astype(np.float32)
    kept = _alike(tiny, first, second, Maps(linear=linear, shift=shift))
    return first[kept], second[kept], Maps(linear=linear[kept], shift=shift[kept])


def _in_order(
    pool: ThreadPoolExecutor, check: Callable[[int], list[CopyPair]], begins: Iterable[int]
) -> Iterator[list[CopyPair]]:
    """What the threads make of the batches, a few at a time, so that a search that is ended ends soon."""
    waiting: deque[Future[list[CopyPair]]] = deque()
    for begin in begins:
        waiting.append(pool.submit(check, begin))
        if len(waiting) > 2 * cores():
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _alike(tiny: Floats, first: Ints, second: Ints, guess: Maps) -> NDArray[np.bool_]:
    """(n,) whether the pictures correlate where the guess lays them."""
    out = np.zeros(len(first), dtype=bool)
    for begin in range(0, len(first), 2048):
        at = slice(begin, begin + 2048)
        maps = Maps(linear=guess.linear[at], shift=guess.shift[at])
        out[at] = correlation(tiny[first[at]], tiny[second[at]], maps) >= _MIN_GUESS
    return out


def _verified(rows: NDArray[np.uint8], first: Ints, second: Ints, guess: Maps) -> list[CopyPair]:
    a, b = (grey(rows[index]).astype(np.float32) for index in (first, second))
    maps, hopeful = register(a, b, guess)
    at = np.flatnonzero(hopeful)
    found: list[CopyPair] = []
    for begin in range(0, len(at), _JUDGED_AT_ONCE):
        some = at[begin : begin + _JUDGED_AT_ONCE]
        colours = [chroma(rows[index[some]]).astype(np.float32) for index in (first, second)]
        judged = judge(a[some], b[some], maps.at(some), (colours[0], colours[1]))
        good = np.flatnonzero(judged.similarity >= MIN_SIMILARITY)
        laid = maps.at(some[good])
        kinds = _kinds(laid, judged.gain[good], judged.brighter[good])
        for n, row in enumerate(some[good]):
            m = laid.linear[n].astype(float)
            pair = CopyPair(
                first=int(first[row]),
                second=int(second[row]),
                kinds=kinds[n],
                similarity=float(judged.similarity[good[n]]),
                linear=(m[0, 0], m[0, 1], m[1, 0], m[1, 1]),
                shift=(float(laid.shift[n, 0]), float(laid.shift[n, 1])),
            )
            found.append(pair)
    return found


def _kinds(maps: Maps, gain: Floats, brighter: Floats) -> list[tuple[CopyKind, ...]]:
    """What was done to the first of each pair, or to the second."""
    turn = nearest_turn(maps.linear)
    plain = MATRICES[turn]
    # In the frame of the turned picture: the diagonal is the crop, the rest the tilt.
    rest = maps.linear @ plain.swapaxes(1, 2)
    tilt = np.abs(rest[:, 0, 1] - rest[:, 1, 0]) / 2
    moved = np.maximum(np.abs(rest[:, (0, 1), (0, 1)] - 1), np.abs(maps.shift)).max(axis=1)
    toned = (np.abs(gain - 1) > _TONE_GAIN) | (np.abs(brighter) > _TONE_OFFSET)
    out: list[tuple[CopyKind, ...]] = []
    for n in range(len(turn)):
        kinds: list[CopyKind] = []
        if TURNS[turn[n]].mirrored:
            kinds.append("mirrored")
        elif turn[n]:
            kinds.append("turned")
        if tilt[n] > _MIN_TILT:
            kinds.append("tilted")
        if moved[n] > _MIN_SHIFT:
            kinds.append("cropped")
        if toned[n]:
            kinds.append("toned")
        out.append(tuple(kinds) or ("same",))
    return out


def _rank(pair: CopyPair) -> tuple[float, int, tuple[float, ...]]:
    """Which of two descriptions of one pair is kept: the better fit, then the simpler one."""
    return round(pair.similarity, 3), -len(pair.kinds), (*pair.linear, *pair.shift)


def _in_rows(pair: CopyPair, order: Ints) -> CopyPair:
    """The pair with the caller's numbers of its photos."""
    return CopyPair(
        first=int(order[pair.first]),
        second=int(order[pair.second]),
        kinds=pair.kinds,
        similarity=pair.similarity,
        linear=pair.linear,
        shift=pair.shift,
    )
