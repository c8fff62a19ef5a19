"""Laying one picture over another exactly: the affine map, found by least squares from a first guess.

Gauss-Newton on grey levels with gain and offset free (Lucas & Kanade 1981; Baker & Matthews 2004, section 5), from a
coarse picture to a finer one, for many pairs at once. Points are (x, y) in -1..1 of each picture's own square.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# (side of the pictures, side of the grid of points used, how far out they are used, steps): the guess is off by up to
# 8 % of the side, which is one pixel of the coarsest. A quarter of the points finds the six numbers as well as all do.
_LEVELS = ((16, 16, 0.85, 3), (16, 16, 1.0, 4), (32, 16, 1.0, 4), (64, 32, 1.0, 3))
# So many fit into the processor's own memory.
_POINTS_AT_ONCE = 1 << 17
# What does not correlate this well after a level is not the same picture; going on would be wasted time.
_MIN_CORRELATION = (0.65, 0.75, 0.84, 0.84)
# A map that shrinks or stretches more than this has run away.
_MAX_STRETCH, _MIN_AREA = 1.6, 0.15
_MIN_OVERLAP = 0.5
# The corners of a tilted photo are black or white: at a first guess only points this far out are compared.
_USED = 0.85
# Of the diagonal of the normal equations: keeps pictures of parallel stripes from sliding along them.
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Maps:
    """Affine maps of n pairs: the point p of the first picture lies at `linear @ p + shift` of the second."""

    linear: Floats  # (n, 2, 2)
    shift: Floats  # (n, 2)

    def at(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Maps:
        """The maps of some of the pairs."""
        return Maps(linear=self.linear[index], shift=self.shift[index])


def grid(side: int) -> Floats:
    """(2, side * side) centres (x, y) of the pixels of a square picture, row by row."""
    at = (2 * np.arange(side, dtype=np.float32) + 1) / side - 1
    y, x = np.meshgrid(at, at, indexing="ij")
    return np.stack([x.ravel(), y.ravel()])


def shrunk(pictures: Floats, side: int) -> Floats:
    """(n, side, side) means of the cells of square pictures whose side is 1, 2, 4, ... times as long."""
    while pictures.shape[-1] > side:
        rows = pictures[:, ::2] + pictures[:, 1::2]
        pictures = (rows[..., ::2] + rows[..., 1::2]) * np.float32(0.25)
    return pictures


def mapped(maps: Maps, points: Floats) -> Floats:
    """(n, 2, p): where each pair's map takes the (2, p) points."""
    return np.asarray(maps.linear @ points + maps.shift[:, :, None], dtype=np.float32)


def sample(pictures: Floats, points: Floats) -> tuple[Floats, Floats, Floats]:
    """Bilinear values of (n, s, s) pictures at (n, 2, p) points, and their slopes along x and y per unit of -1..1.

    Points outside are moved to the border; ask `inside` which ones they were.
    """
    n, side = len(pictures), pictures.shape[-1]
    pixel = np.clip((points + 1) * np.float32(side / 2) - np.float32(0.5), 0, np.float32(side - 1.001))
    corner = pixel.astype(np.int32)
    fx, fy = (pixel - corner).swapaxes(0, 1)
    at = (np.arange(n, dtype=np.int32) * (side * side))[:, None] + corner[:, 1] * side + corner[:, 0]
    flat = pictures.reshape(-1)
    top_left, top_right = flat.take(at), flat.take(at + 1)
    low_left, low_right = flat.take(at + side), flat.take(at + (side + 1))
    along_top, along_low = top_right - top_left, low_right - low_left
    top, low = top_left + fx * along_top, low_left + fx * along_low
    scale = np.float32(side / 2)
    return top + fy * (low - top), scale * (along_top + fy * (along_low - along_top)), scale * (low - top)


def inside(points: Floats, margin: float = 0.0) -> NDArray[np.bool_]:
    """(n, p) whether the (n, 2, p) points lie in the picture, at least `margin` from its border."""
    away = np.abs(points)
    return np.asarray(np.maximum(away[:, 0], away[:, 1]) <= 1 - margin)


def register(first: Floats, second: Floats, guess: Maps) -> tuple[Maps, NDArray[np.bool_]]:
    """The maps that lay the first pictures over the second ones, and which pairs seem to show the same at all.

    Args:
        first, second: (n, 64, 64) grey levels 0..255.
        guess: where to begin.
    Returns:
        maps (those of hopeless pairs mean nothing) and (n,) bool: the pair still correlates after registration.
    """
    hopeful = np.ones(len(first), dtype=bool)
    linear, shift = guess.linear.copy(), guess.shift.copy()
    for (side, grid_side, extent, n_steps), min_correlation in zip(_LEVELS, _MIN_CORRELATION, strict=True):
        index = np.flatnonzero(hopeful)
        points = _thinned(grid(side).reshape(2, side, side), grid_side)
        used = np.flatnonzero(np.abs(points).max(axis=0) <= extent)
        points, at_once = points[:, used], _POINTS_AT_ONCE // grid_side**2
        for begin in range(0, len(index), at_once):
            some = index[begin : begin + at_once]
            a, b = _thinned(shrunk(first[some], side), grid_side)[:, used], shrunk(second[some], side)
            maps = Maps(linear=linear[some], shift=shift[some])
            for _ in range(n_steps):
                maps = _step(a, b, points, maps)
            linear[some], shift[some] = maps.linear, maps.shift
            hopeful[some] = _sane(maps) & (_correlation(a, b, points, maps) >= min_correlation)
    return Maps(linear=linear, shift=shift), hopeful


def correlation(first: Floats, second: Floats, maps: Maps) -> Floats:
    """(n,) correlation of grey levels of (n, s, s) pictures, but their rims; 0 if less than half of them overlaps."""
    points = grid(first.shape[-1])
    used = np.flatnonzero(np.abs(points).max(axis=0) <= _USED)
    return _correlation(first.reshape(len(first), first.shape[-1] ** 2)[:, used], second, points[:, used], maps)


def _thinned(planes: Floats, side: int) -> Floats:
    """(n, side * side): every second, fourth, ... pixel of square planes."""
    step = planes.shape[-1] // side
    return np.ascontiguousarray(planes[:, step // 2 :: step, step // 2 :: step]).reshape(len(planes), side * side)


def _correlation(base: Floats, second: Floats, points: Floats, maps: Maps) -> Floats:
    reached = mapped(maps, points)
    weight = inside(reached).astype(np.float32)
    values = sample(second, reached)[0]
    total = np.maximum(weight.sum(axis=1), 1)
    a = (base - ((base * weight).sum(axis=1) / total)[:, None]) * weight
    b = (values - ((values * weight).sum(axis=1) / total)[:, None]) * weight
    size = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    enough = total >= _MIN_OVERLAP * weight.shape[1]
    return np.where(enough, (a * b).sum(axis=1) / np.maximum(size, 1e-6), np.float32(0))


def _step(base: Floats, second: Floats, points: Floats, maps: Maps) -> Maps:
    """One Gauss-Newton step for maps, gain and offset together; `base`: (n, p) levels of the first at the points."""
    reached = mapped(maps, points)
    values, along_x, along_y = sample(second, reached)
    weight = inside(reached).astype(np.float32)
    x, y = points
    # Columns: the six numbers of the map, then gain and offset of the first picture.
    columns = np.stack(
        [along_x * x, along_x * y, along_x, along_y * x, along_y * y, along_y, -base, -np.ones_like(base)], axis=1
    )
    weighted = columns * weight[:, None, :]
    normal = weighted @ columns.swapaxes(1, 2)
    diagonal = np.arange(8)
    normal[:, diagonal, diagonal] += _RIDGE * normal[:, diagonal, diagonal] + 1e-3
    change = np.linalg.solve(normal, -(weighted @ values[..., None]))[..., 0]
    # A step of more than a quarter of the picture comes of noise, not of the picture.
    change = np.clip(change[:, :6], -0.25, 0.25).reshape(-1, 2, 3)
    return Maps(linear=maps.linear + change[..., :2], shift=maps.shift + change[..., 2])


def _sane(maps: Maps) -> NDArray[np.bool_]:
    area = np.abs(np.linalg.det(maps.linear))
    stretch = np.linalg.norm(maps.linear, ord=2, axis=(1, 2))
    return np.asarray((area >= _MIN_AREA) & (stretch <= _MAX_STRETCH) & np.isfinite(stretch))
