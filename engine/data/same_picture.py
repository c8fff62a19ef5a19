"""Whether two pictures laid over one another are the same one: everywhere, not only on the whole.

Two photos of a burst, or two specimens on white paper, correlate well on the whole and differ in one place. So the
difference that gain, gamma and offset cannot explain is judged cell by cell, against what re-encoding, resizing and a
fraction of a pixel of misplacement can cause there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.registration import Floats, Maps, grid, inside, mapped, sample, shrunk
from engine.data.turns import MATRICES, nearest_turn
from engine.image.fingerprint import CHROMA_SIDE, GREY_SIDE

_SIDE = GREY_SIDE // 2
_CELLS = 8
# Grey levels that re-encoding and resizing change at this resolution, and pixels that a map may be off by.
_NOISE, _SLACK = 2.5, 0.25
# Of the variation in the picture: what averaging before and after a change of tone differs by.
_SHARE = 0.05
# How strictly maps that only turn are judged, and those that do more; up to which freedom a map counts as the first.
_STRICT, _TURN_ONLY = (0.7, 1.9), 0.03
# How much more strictly grey levels are judged where colours cannot be: one of the photos is grey, or was made so.
_WITHOUT_COLOUR = 1.5
# A copy may be this many tolerances off in its worst cell but a few, and this share of the overlap may be worse.
_QUANTILE = 0.97
_SATURATED = (3.0, 252.0)
_MIN_GAIN, _MAX_GAIN, _MIN_OVERLAP = 0.2, 5.0, 0.5
MIN_VARIATION = 4.0
# Of constant, grey, its square, two colours, and grey times colour: bends need a reason.
_STIFFNESS = (1e-3, 1e-3, 0.01, 0.01, 0.01, 0.02, 0.02)
_CHROMA_NOISE, _CHROMA_SLACK, _COLOURLESS = 7.0, 0.25, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What n pairs of pictures have in common.

    `similarity`: 0..1, 1 for no difference, 0.5 at the limit of what is called a copy. `gain`: how many times more the
    second varies; `brighter`: by how many grey levels it is on average. `overlap`: share of the first that lies in it.
    """

    similarity: Floats
    gain: Floats
    brighter: Floats
    overlap: Floats


def judge(first: Floats, second: Floats, maps: Maps, colours: tuple[Floats, Floats]) -> Judged:
    """Compare the (n, 64, 64) pictures laid over one another by `maps`.

    Args:
        first, second: grey levels 0..255.
        maps: from `registration.register`.
        colours: (n, 2, 16, 16) Cb and Cr of the first and the second, 128 for none.
    """
    laid = _over_one_another(first, second, maps, colours)
    there, back = _difference(laid), _difference(laid.exchanged())
    spreads = _spread(laid.first, laid.seen), _spread(laid.second, laid.seen)
    gain = spreads[1] / np.maximum(spreads[0], 1e-3)
    colour, told_by_colour = _colour_difference(laid)
    # Where one of the two was cut off at black or white, only the way from the other one to it can be explained.
    worst = np.minimum(there, back) * np.where(told_by_colour, 1, _WITHOUT_COLOUR)
    worst = np.maximum(worst * _strictness(maps), colour)
    overlap = laid.seen.mean(axis=1, dtype=np.float32)
    enough = np.minimum(*spreads) >= MIN_VARIATION
    usable = enough & (gain >= _MIN_GAIN) & (gain <= _MAX_GAIN) & (overlap >= _MIN_OVERLAP)
    return Judged(
        similarity=np.where(usable, 1 / (1 + np.square(worst)), 0).astype(np.float32),
        gain=np.asarray(gain, dtype=np.float32),
        brighter=_mean(laid.second - laid.first, laid.seen),
        overlap=overlap,
    )


def _strictness(maps: Maps) -> Floats:
    """(n,) how much nearer pictures must be for what their map has been free to do.

    A map that only turns has nothing to adjust; one that crops, stretches and tilts has six numbers to make two
    different plain pictures fit, as it would any two ellipses.
    """
    rest = maps.linear @ MATRICES[nearest_turn(maps.linear)].swapaxes(1, 2) - np.eye(2, dtype=np.float32)
    freedom = np.maximum(np.abs(rest).max(axis=(1, 2)), np.abs(maps.shift).max(axis=1))
    share = np.clip((freedom - _TURN_ONLY) / _TURN_ONLY, 0, 1)
    return np.asarray(_STRICT[0] + share * (_STRICT[1] - _STRICT[0]), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """Two pictures at 32 x 32 points of the first one: (n, 1024) grey levels and slopes, (n, 2, 1024) colours."""

    first: Floats
    second: Floats
    first_colour: Floats
    second_colour: Floats
    first_slope: Floats
    second_slope: Floats
    seen: NDArray[np.bool_]

    def exchanged(self) -> _Laid:
        return _Laid(
            first=self.second,
            second=self.first,
            first_colour=self.second_colour,
            second_colour=self.first_colour,
            first_slope=self.second_slope,
            second_slope=self.first_slope,
            seen=self.seen,
        )


def _difference(laid: _Laid) -> Floats:
    """(n,) by how many tolerances the second differs from what the first would become."""
    fit, gain = _tone(laid)
    # Where the second picture was darkened, its noise shrank with it.
    noise = _NOISE * np.sqrt((1 + np.minimum(np.square(gain), 9)) / 2) + _SHARE * _spread(laid.second, laid.seen)
    off2 = np.square(laid.second - np.clip(fit, 0, 255))
    return _worst_cells(off2, np.square(noise)[:, None] + np.square(_SLACK * laid.second_slope), laid.seen)


def _over_one_another(first: Floats, second: Floats, maps: Maps, colours: tuple[Floats, Floats]) -> _Laid:
    """Both pictures at the points of the first one.

    The second is read at 64 x 64 points and averaged, as the first is, so that neither is sharper than the other.
    """
    n = len(first)
    points = mapped(maps, grid(GREY_SIDE))
    values = sample(second, points)[0].reshape(n, GREY_SIDE, GREY_SIDE)
    # At the border itself the resampling of the two photos differs; and what was blank beyond it, as the corners of a
    # tilted photo are, has been smoothed into its neighbours.
    good = inside(points, margin=1.5 / GREY_SIDE).reshape(n, GREY_SIDE, GREY_SIDE).astype(np.float32)
    good = _smoothed(shrunk(good, _SIDE))
    good[:, (0, -1), :] = 0
    good[:, :, (0, -1)] = 0
    base, other = _smoothed(shrunk(_coarsened(first, maps.linear), _SIDE)), _smoothed(shrunk(values, _SIDE))
    coarse = mapped(maps, grid(_SIDE))
    read = [sample(colours[1][:, plane], coarse)[0] for plane in (0, 1)]
    return _Laid(
        first=base.reshape(n, -1),
        second=other.reshape(n, -1),
        first_colour=_enlarged(colours[0]) - 128,
        second_colour=_smoothed(np.concatenate(read).reshape(2 * n, _SIDE, _SIDE)).reshape(2, n, -1).swapaxes(0, 1)
        - 128,
        first_slope=_slope(base),
        second_slope=_slope(other),
        seen=(good >= 0.99).reshape(n, -1),
    )


def _slope(pictures: Floats) -> Floats:
    """(n, s * s) grey levels a pixel."""
    across, down = np.gradient(pictures, axis=(2, 1))
    return np.asarray(np.hypot(across, down).reshape(len(pictures), -1), dtype=np.float32)


def _smoothed(pictures: Floats) -> Floats:
    """(n, s, s) pictures with what is finer than two pixels evened out."""
    half = np.full(len(pictures), 0.5, dtype=np.float32)
    return _spread_out(_spread_out(pictures, half, 1), half, 2)


def _coarsened(pictures: Floats, linear: Floats) -> Floats:
    """The first pictures as unsharp as the second ones are where the map enlarges them.

    Shrinking to 64 pixels and reading between them each blur by 1/6 of a pixel squared; where a pixel of the second
    picture is 1/s of the first's, that is 1/6 (2/s^2 - 1) of the first's more.
    """
    for axis, column in ((2, 0), (1, 1)):
        s = np.linalg.norm(linear[:, :, column], axis=1)
        more = (2 / np.square(np.maximum(s, 0.5)) - 1) / 6
        # Where the map does not enlarge nothing is read between pixels.
        share = np.clip((1 - s) / 0.1, 0, 1)
        pictures = _spread_out(pictures, np.minimum(more * share, 0.66).astype(np.float32), axis)
    return pictures


def _spread_out(pictures: Floats, variance: Floats, axis: int) -> Floats:
    """(n, s, s) pictures blurred along an axis by a variance, in pixels squared, of at most 2/3 each."""
    first, last = (np.take(pictures, [at], axis=axis) for at in (0, -1))
    padded = np.concatenate([first, pictures, last], axis=axis)
    n = pictures.shape[axis]
    before, after = (np.take(padded, np.arange(at, at + n), axis=axis) for at in (0, 2))
    half = (variance / 2)[:, None, None]
    return np.asarray(pictures + half * (before + after - 2 * pictures), dtype=np.float32)


def _enlarged(colours: Floats) -> Floats:
    """(n, 2, 32 * 32) of (n, 2, 16, 16), evened out."""
    n, step = len(colours), _SIDE // CHROMA_SIDE
    large = colours.repeat(step, axis=2).repeat(step, axis=3).reshape(2 * n, _SIDE, _SIDE)
    return _smoothed(large).reshape(n, 2, -1)


def _tone(laid: _Laid) -> tuple[Floats, Floats]:
    """The second picture as a smooth function of the first's grey and colour, fitted thrice, without outliers.

    Colour counts because brightening and gamma work on red, green and blue, each of which may be cut off at 255.
    Returns the fit, and how many times more the second varies.
    """
    pair = np.stack([laid.first, laid.second])
    free = ((pair > _SATURATED[0]) & (pair < _SATURATED[1])).all(axis=0) & laid.seen
    # Of a picture that is mostly white paper the paper must count too.
    mostly = free.sum(axis=1) >= 0.25 * laid.seen.sum(axis=1)
    use = np.where(mostly[:, None], free, laid.seen).astype(np.float32)
    # What mean and spread explain comes first: only departures from that are stiff.
    spreads = [np.maximum(_spread(values, use > 0), 1) for values in (laid.first, laid.second)]
    level = (laid.first - _mean(laid.first, use > 0)[:, None]) / spreads[0][:, None]
    plain = _mean(laid.second, use > 0)[:, None] + spreads[1][:, None] * level
    blue, red = (laid.first_colour / np.float32(64)).swapaxes(0, 1)
    columns = np.stack([np.ones_like(level), level, np.square(level), blue, red, level * blue, level * red], axis=1)
    stiff = np.diag(np.array(_STIFFNESS, dtype=np.float32))
    fit = plain
    for round_ in range(3):
        if round_:
            off = np.abs(laid.second - fit)
            spread = np.sqrt((np.square(off) * use).sum(axis=1) / np.maximum(use.sum(axis=1), 1))
            use = use * (off <= 2.5 * spread[:, None] + 1)
        weighted = columns * use[:, None]
        normal = weighted @ columns.swapaxes(1, 2) + stiff * (1 + use.sum(axis=1))[:, None, None]
        weights = np.linalg.solve(normal, weighted @ (laid.second - plain)[..., None])
        fit = plain + (weights.swapaxes(1, 2) @ columns)[:, 0]
    return fit.astype(np.float32), (spreads[1] / spreads[0]).astype(np.float32)


def _mean(values: Floats, seen: NDArray[np.bool_]) -> Floats:
    return np.asarray((values * seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1), dtype=np.float32)


def _spread(values: Floats, seen: NDArray[np.bool_]) -> Floats:
    """(n,) standard deviation of what is seen."""
    variance = _mean(np.square(values - _mean(values, seen)[:, None]), seen)
    return np.asarray(np.sqrt(variance), dtype=np.float32)


def _worst_cells(off2: Floats, tolerance2: Floats, seen: NDArray[np.bool_]) -> Floats:
    """(n,) how many tolerances the cells at the 97 % point are off; cells of which little is seen do not count."""

    def cells(values: Floats) -> Floats:
        square = (values * seen).reshape(len(seen), _SIDE, _SIDE).astype(np.float32)
        return shrunk(square, _CELLS).reshape(len(seen), _CELLS**2)

    counted = cells(np.ones_like(off2)) >= 0.25
    ratio = np.sqrt(cells(off2) / np.maximum(cells(tolerance2), np.float32(1e-6)))
    # Cells that do not count sort before all others.
    ordered = np.sort(np.where(counted, ratio, np.float32(-1)), axis=1)
    n_counted = counted.sum(axis=1)
    at = _CELLS**2 - 1 - ((1 - _QUANTILE) * np.maximum(n_counted - 1, 0)).astype(np.int64)
    worst = np.take_along_axis(ordered, at[:, None], axis=1)[:, 0]
    return np.where(n_counted > 0, worst, np.float32(np.inf))


def _colour_difference(laid: _Laid) -> tuple[Floats, NDArray[np.bool_]]:
    """(n,) by how many tolerances the colours differ; and whether both pictures have any, or else it is 0."""
    a, b, seen = laid.first_colour, laid.second_colour, laid.seen[:, None]
    size = [np.square(v * seen).sum(axis=(1, 2)) for v in (a, b)]
    gain = np.clip((a * b * seen).sum(axis=(1, 2)) / np.maximum(size[0], 1), 0.3, 3)[:, None, None]
    strength = np.minimum(np.hypot(a[:, 0], a[:, 1]), np.hypot(b[:, 0], b[:, 1]))
    slope2 = np.square(_slope(b.reshape(-1, _SIDE, _SIDE))).reshape(len(b), 2, -1).sum(axis=1)
    tolerance2 = np.square(_CHROMA_NOISE + np.float32(_CHROMA_SLACK) * strength) + slope2
    worst = _worst_cells(np.square(b - gain * a).sum(axis=1), tolerance2, laid.seen)
    total = np.maximum(laid.seen.sum(axis=1), 1)
    colourless = np.sqrt(np.minimum(*size) / total) < _COLOURLESS
    return np.where(colourless, np.float32(0), worst), ~colourless
