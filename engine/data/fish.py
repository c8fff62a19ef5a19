"""Draws one fish of an invented species in its water, as an underwater camera might have caught it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

# float32 throughout; numpy's own types forget the precision in mixed arithmetic.
Field = NDArray[Any]
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Species:
    """What all fish of one kind share. Lengths are in body lengths, nose to tail root; colours are 0 to 1.

    `height`: half the body's greatest height, which lies at `deepest` (0 nose, 1 tail root). `bars`: number of dark or
    light upright bars. `stripe`: strength of the stripe along the body. `spots`: size of spots, 0 for none. `fork`: how
    deeply the tail is cut in. `eye_bar`: a bar through the eye. `snout`: how pointed the head is.
    """

    name: str
    back: Colour
    belly: Colour
    fin: Colour
    mark: Colour
    height: float
    deepest: float
    fork: float = 0.1
    dorsal: float = 0.12
    bars: int = 0
    bar_width: float = 0.3
    stripe: float = 0.0
    spots: float = 0.0
    eye_bar: bool = False
    tail_mark: bool = False
    snout: float = 1.0


@dataclass(frozen=True, slots=True)
class Pose:
    """How one fish is seen: place and length in pixels, angles in radians, `facing` 1 (left) or -1 (right)."""

    x: float
    y: float
    length: float
    tilt: float
    bend: float
    facing: int
    haze: float


def draw_photo(species: Species, rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A photo (RGB) of one fish of the species; equal generators draw equal photos."""
    water = rng.uniform((0.02, 0.30, 0.42), (0.12, 0.52, 0.66)).astype(np.float32)
    picture = _background(rng, width, height, water)
    for _ in range(rng.integers(0, 3)):  # a shoal far away, the same for all species: no clue
        distant = _pose(rng, width, height, scale=(0.05, 0.1), haze=(0.75, 0.9))
        _paint(picture, _DISTANT, distant, rng, water)
    _paint(picture, species, _pose(rng, width, height, scale=(0.26, 0.62), haze=(0.05, 0.6)), rng, water)
    return _photograph(picture, rng)


def _pose(
    rng: np.random.Generator, width: int, height: int, *, scale: tuple[float, float], haze: tuple[float, float]
) -> Pose:
    length = float(rng.uniform(*scale)) * width
    return Pose(
        x=width * float(rng.uniform(0.36, 0.64)) if scale[0] > 0.2 else width * float(rng.uniform(0.05, 0.95)),
        y=height * float(rng.uniform(0.38, 0.62)) if scale[0] > 0.2 else height * float(rng.uniform(0.1, 0.7)),
        length=length * float(rng.uniform(0.75, 1.0)),
        tilt=float(np.clip(rng.normal(0, 0.22), -0.6, 0.6)),
        bend=float(rng.uniform(-0.09, 0.09)),
        facing=int(rng.choice((-1, 1))),
        haze=float(rng.uniform(*haze)),
    )


# ---- the fish ---------------------------------------------------------------------------------------------------


def _paint(picture: Field, species: Species, pose: Pose, rng: np.random.Generator, water: Field) -> None:
    """The fish is on the picture (h, w, 3)."""
    aside, above = 0.8 * pose.length, (0.75 * abs(math.sin(pose.tilt)) + 0.55) * pose.length
    top, bottom = _range(pose.y - above, pose.y + above, picture.shape[0])
    left, right = _range(pose.x - aside, pose.x + aside, picture.shape[1])
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    columns = np.arange(left, right, dtype=np.float32)[None, :]
    along, up = _fish_coordinates(rows - pose.y, columns - pose.x, pose)
    inside, fins = _outline(species, along, up, pose.length)
    cover = np.maximum(inside, fins * 0.9)
    seen = cover > 0
    colour = _colour(species, along[seen], up[seen], inside[seen], pose.length, rng)
    colour = colour * (1 - pose.haze) + water * pose.haze
    patch = picture[top:bottom, left:right]
    patch[seen] += (colour - patch[seen]) * cover[seen][:, None]


def _range(low: float, high: float, size: int) -> tuple[int, int]:
    return max(0, int(low)), max(1, min(size, int(high) + 1))


def _fish_coordinates(dy: Field, dx: Field, pose: Pose) -> tuple[Field, Field]:
    """Place along the body (0 nose, 1 tail root, about 1.3 tail tip) and above its middle line, in body lengths."""
    cos, sin = math.cos(pose.tilt), math.sin(pose.tilt)
    along = (dx * cos + dy * sin) * pose.facing / pose.length + 0.6
    up = (dx * sin - dy * cos) / pose.length
    return along, up + pose.bend * (np.square(along - 0.45) * 3 - 0.3)


def _half_height(species: Species, along: Field) -> Field:
    """Half the body's height: a smooth hump from the nose to a narrow tail root."""
    t = np.clip(along, 0.0, 1.0)
    a = 0.62 * species.snout
    b = a * (1 - species.deepest) / species.deepest
    hump = (t**a * (1 - t) ** b) / (species.deepest**a * (1 - species.deepest) ** b)
    root = 0.16 * species.height + 0.018
    half: Field = species.height * hump + root * np.clip((t - 0.6) / 0.4, 0, 1) ** 2
    return half


def _outline(species: Species, along: Field, up: Field, pixels: float) -> tuple[Field, Field]:
    """How much of each pixel the body covers, and the fins, 0 to 1."""
    half = _half_height(species, along)
    inside = np.clip((half - np.abs(up)) * pixels + 0.5, 0, 1)
    inside *= np.clip(along * pixels * 2, 0, 1) * np.clip((1.02 - along) * pixels, 0, 1)
    return inside, _fins(species, along, up, half, pixels)


def _colour(species: Species, along: Field, up: Field, inside: Field, pixels: float, rng: np.random.Generator) -> Field:
    """Colour (n, 3) of fins, body, marks and eye at n places of the fish."""
    fan = up / np.maximum(along - 0.72, 0.1) * 42
    rays = 0.87 + 0.13 * np.sin(np.where(along > 0.97, fan, along * 130 + up * 60))
    fin = np.asarray(species.fin, np.float32) * rays[:, None]
    body = _body(species, along, up, _half_height(species, along), rng)
    colour = fin + (body - fin) * inside[:, None]
    colour = _with_pectoral(colour, species, along, up, pixels)
    return _with_eye(colour, species, along, up, pixels)


def _fins(species: Species, along: Field, up: Field, half: Field, pixels: float) -> Field:
    """Cover of tail, back and belly fins."""

    def edge(distance: Field) -> Field:
        return np.clip(distance * pixels + 0.5, 0, 1)

    spread = 0.05 + 0.62 * np.clip(along - 0.97, 0, 1) * (0.7 + species.height)
    end = 1.3 - species.fork * np.clip(1 - np.abs(up) / 0.16, 0, 1)
    tail = edge(spread - np.abs(up)) * edge(end - along) * edge(along - 0.95)
    rise = np.clip((along - 0.3) / 0.12, 0, 1) ** 0.6 * np.clip((0.96 - along) / 0.2, 0, 1) ** 0.5
    back = edge(half + species.dorsal * rise - up) * edge(up) * edge(along - 0.3) * edge(0.96 - along)
    fall = np.clip((along - 0.58) / 0.1, 0, 1) ** 0.7 * np.clip((0.95 - along) / 0.22, 0, 1) ** 0.6
    belly = edge(half + 0.85 * species.dorsal * fall + up) * edge(-up) * edge(along - 0.58) * edge(0.95 - along)
    cover: Field = np.maximum(np.maximum(tail, back), belly)
    return cover


def _body(species: Species, along: Field, up: Field, half: Field, rng: np.random.Generator) -> Field:
    """Skin with marks and light: brighter towards the surface, round towards the edges."""
    across = np.clip(up / np.maximum(half, 1e-3), -1, 1)
    tone = np.clip(0.5 + 0.75 * across, 0, 1)[..., None]
    skin = np.asarray(species.belly, np.float32) * (1 - tone) + np.asarray(species.back, np.float32) * tone
    skin *= rng.uniform(0.86, 1.12, 3).astype(np.float32)
    marks = _marks(species, along, up, across, rng)[..., None]
    skin = skin * (1 - marks) + np.asarray(species.mark, np.float32) * marks
    scales = 0.035 * np.sin(along * 150) * np.sin(up * 150 + np.round(along * 24) * math.pi)
    light = 0.6 + 0.42 * np.sqrt(1 - np.square(across)) + 0.14 * across + scales
    shine = 0.22 * np.exp(-np.square((across - 0.42) / 0.16)) * np.clip(np.sin(along * math.pi), 0, 1)
    lit: Field = skin * light[..., None] + shine[..., None]
    return lit


def _marks(species: Species, along: Field, up: Field, across: Field, rng: np.random.Generator) -> Field:
    """Where, and how strongly, the marks of the species lie, 0 to 1; a little different on every fish."""
    marks = np.zeros_like(along)
    if species.bars:
        shift, strength = rng.uniform(-0.025, 0.025), rng.uniform(0.7, 0.95)
        phase = (along - 0.17 + shift + 0.04 * np.square(across)) / 0.8 * species.bars
        wave = np.abs(phase - np.floor(phase) - 0.5)
        inside = (phase > 0) & (phase < species.bars)
        marks = np.maximum(marks, strength * inside * np.clip((species.bar_width - wave * 1.0) * 12, 0, 1))
    if species.stripe:
        middle = 0.3 + rng.uniform(-0.12, 0.12)
        marks = np.maximum(marks, species.stripe * np.exp(-np.square((across - middle) / 0.2)) * (along > 0.08))
    if species.spots:
        size = species.spots * rng.uniform(0.85, 1.2)
        place = np.sin(along / size + rng.uniform(0, 6)) * np.sin(up / size + 0.6 * np.sin(along / size * 0.7))
        marks = np.maximum(marks, np.clip((place - 0.25) * 4, 0, 0.85))
    if species.eye_bar:
        marks = np.maximum(marks, np.clip((0.035 - np.abs(along - 0.155 - 0.06 * across)) * 90, 0, 0.95))
    if species.tail_mark:
        spot = np.square(along - 0.93) + np.square(up - 0.03)
        marks = np.maximum(marks, rng.uniform(0.6, 0.95) * np.clip((0.0030 - spot) * 900, 0, 1))
    return marks


def _with_pectoral(colour: Field, species: Species, along: Field, up: Field, pixels: float) -> Field:
    """The fin behind the gill, seen from the side, and the gill's line."""
    a, b = along - 0.40, up + 0.25 * species.height
    x, y = a * 0.92 + b * 0.38, b * 0.92 - a * 0.38
    cover = np.clip((1 - np.square(x / 0.1) - np.square(y / 0.045)) * 0.04 * pixels, 0, 1)[..., None] * 0.75
    gill = np.exp(-np.square((along - 0.275 - 1.2 * np.square(up)) / 0.008)) * (np.abs(up) < 0.6 * species.height)
    colour = colour * (1 - 0.3 * gill[..., None])
    rays = (0.95 + 0.1 * np.sin(np.arctan2(y, x + 0.14) * 40))[..., None]
    covered: Field = colour * (1 - cover) + np.asarray(species.fin, np.float32) * rays * cover
    return covered


def _with_eye(colour: Field, species: Species, along: Field, up: Field, pixels: float) -> Field:
    distance = np.hypot(along - 0.155, up - 0.22 * species.height)
    size = 0.024 + 0.05 * species.height
    for radius, ink in ((size, (0.93, 0.88, 0.66)), (size * 0.66, (0.03, 0.03, 0.05))):
        cover = np.clip((radius - distance) * pixels + 0.5, 0, 1)[..., None]
        colour = colour * (1 - cover) + np.asarray(ink, np.float32) * cover
    glint = np.hypot(along - 0.155 + size * 0.22, up - 0.22 * species.height - size * 0.25)
    cover = np.clip((size * 0.2 - glint) * pixels + 0.5, 0, 1)[..., None]
    return colour * (1 - cover) + cover


# ---- the water and the camera -----------------------------------------------------------------------------------


def _noise(rng: np.random.Generator, width: int, height: int, cells: tuple[int, int]) -> Field:
    """Smooth noise (height, width), mean 0, about -1 to 1, with `cells` (down, across) bumps."""
    return _enlarged(rng.standard_normal(cells, np.float32), width, height) * 0.6


def _enlarged(field: Field, width: int, height: int) -> Field:
    return np.asarray(Image.fromarray(field).resize((width, height), Image.Resampling.BICUBIC), np.float32)


def _background(rng: np.random.Generator, width: int, height: int, water: Field) -> Field:
    """Water that darkens with depth, light from above, and in most photos a floor of sand or reef (h, w, 3)."""
    # Water has no fine detail: a quarter of the size is a sixteenth of the work.
    picture = _open_water(rng, width // 4, height // 4)
    light = _enlarged(picture, width, height)
    picture = light[..., None] * water
    if rng.random() < 0.8:
        _add_floor(picture, rng, water)
    return picture


def _open_water(rng: np.random.Generator, width: int, height: int) -> Field:
    """How bright the water is, (height, width), with sunbeams slanting down."""
    depth = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    slant, source = rng.uniform(-0.5, 0.5), rng.uniform(0.2, 0.8)
    beams = np.sin((across - source + slant * depth) * rng.uniform(14, 26)) * np.exp(-2.2 * depth)
    beams *= np.exp(-np.square((across - source) / 0.35))
    bright: Field = (1.42 - 0.95 * depth + 0.12 * _noise(rng, width, height, (4, 5)) + 0.11 * beams).astype(np.float32)
    return bright


def _add_floor(picture: Field, rng: np.random.Generator, water: Field) -> None:
    """Sand, or a reef of rounded heads, fading into the water."""
    height, width = picture.shape[:2]
    reef = rng.random() < 0.6
    ground = rng.uniform(0.12, 0.55, 3) if reef else rng.uniform((0.34, 0.28, 0.2), (0.66, 0.55, 0.44))
    crest = rng.uniform(0.66, 0.9) + _noise(rng, width, 1, (1, 9 if reef else 3))[0] * (0.1 if reef else 0.03)
    top = int(np.clip(crest.min() - 0.1, 0, 1) * height)
    rows = np.linspace(0, 1, height, dtype=np.float32)[top:, None]
    cover = np.clip((rows - crest[None, :]) * (22 if reef else 9), 0, 1)[..., None]
    texture = (
        0.75 + 0.16 * _noise(rng, width, height - top, (7, 22)) + 0.12 * _noise(rng, width, height - top, (22, 66))
    )
    tint = ((0.45 * ground + 0.5 * water) * (1.25 if reef else 1.5)).astype(np.float32)
    lower = picture[top:]
    lower += (texture[..., None] * tint - lower) * cover * rng.uniform(0.6, 0.95)


_DISTANT = Species(
    name="distant", back=(0.1, 0.2, 0.25), belly=(0.3, 0.4, 0.45), fin=(0.2, 0.3, 0.35), mark=(0, 0, 0), height=0.16,
    deepest=0.4, fork=0.14,
)  # fmt: skip


def _photograph(picture: Field, rng: np.random.Generator) -> Image.Image:
    """What a small camera makes of it: floating specks, exposure, white balance, blur, noise."""
    height, width = picture.shape[:2]
    n_specks = int(rng.integers(4, 40))
    rows, columns = rng.integers(0, height - 2, n_specks), rng.integers(0, width - 2, n_specks)
    size = rng.integers(1, 3, n_specks)
    for row, column, side in zip(rows, columns, size, strict=True):
        picture[row : row + side, column : column + side] += 0.16
    balance = rng.uniform(0.72, 1.25) * rng.uniform(0.9, 1.1, 3) * 255
    picture *= balance.astype(np.float32)
    picture += rng.standard_normal((height, width, 1), np.float32) * rng.uniform(1, 9)
    image = Image.fromarray(np.clip(picture, 0, 255, out=picture).astype(np.uint8))
    return image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.9, 1.8)))) if rng.random() < 0.3 else image
