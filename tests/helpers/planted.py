"""Trouble planted on purpose: photos with known copies, bursts and look-alikes among them.

What counts as a copy here, and so in Fieldmark: the same exposure, however it was stored, turned, mirrored, cut, tilted
a little, brightened or made grey. Two exposures of one scene (a burst) are no copies: the subject has moved. Two
different subjects before the same background are no copies either, however much of the picture is background.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from engine.data.fish import draw_photo
from engine.data.sample import SPECIES

Draw = Callable[[np.random.Generator], Image.Image]
Change = Callable[[Image.Image, np.random.Generator], Image.Image]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedPhoto:
    """A photo as a file would hold it. `origin`: photos of equal origin are copies. `change`: what was done to it."""

    content: bytes
    origin: int
    change: str


@dataclass(slots=True)
class Planted:
    """The photos, and which of them are copies of one another."""

    photos: list[PlantedPhoto] = field(default_factory=list)

    def add(self, image: Image.Image, origin: int, change: str, *, kind: str = "JPEG", quality: int = 90) -> None:
        self.photos.append(PlantedPhoto(content=encoded(image, kind, quality), origin=origin, change=change))

    @property
    def n_origins(self) -> int:
        return len({photo.origin for photo in self.photos})


def encoded(image: Image.Image, kind: str = "JPEG", quality: int = 90) -> bytes:
    """The file's content."""
    out = io.BytesIO()
    image.save(out, kind, **({} if kind == "PNG" else {"quality": quality}))
    return out.getvalue()


# --- photos to begin with ---------------------------------------------------------------------------------------------


def landscape(rng: np.random.Generator) -> Image.Image:
    """Soft light, rolling texture, a few things lying about."""
    width, height = (int(v) for v in rng.integers(180, 420, 2))
    image = _cloud(rng, width, height, roughness=float(rng.uniform(1.2, 2.0)))
    pen = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(3, 9))):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        r = rng.uniform(0.04, 0.16) * min(width, height)
        box = (x - r, y - r * rng.uniform(0.4, 1), x + r, y + r)
        (pen.ellipse if rng.random() < 0.6 else pen.rectangle)(box, fill=_colour(rng))
    return image.filter(ImageFilter.GaussianBlur(0.8))


def texture(rng: np.random.Generator) -> Image.Image:
    """Sand, bark or cloth: structure everywhere, nothing that stands out."""
    width, height = (int(v) for v in rng.integers(180, 360, 2))
    return _cloud(rng, width, height, roughness=float(rng.uniform(0.7, 1.1)))


def specimen(rng: np.random.Generator) -> Image.Image:
    """One thing on white paper, always lying alike: what most of the picture shows is the paper."""
    width, height = 320, 240
    image = Image.new("RGB", (width, height), (246, 246, 244))
    pen = ImageDraw.Draw(image)
    body, marks = _colour(rng, 30, 170), _colour(rng, 0, 120)
    x, y = width / 2 + rng.normal(0, 6), height / 2 + rng.normal(0, 5)
    a, b = rng.uniform(70, 125), rng.uniform(28, 70)
    pen.ellipse((x - a, y - b, x + a, y + b), fill=body)
    tail = rng.uniform(20, 55)
    pen.polygon([(x + 0.8 * a, y), (x + a + tail, y - b * 0.7), (x + a + tail, y + b * 0.7)], fill=body)
    for _ in range(int(rng.integers(3, 12))):
        angle, share, r = rng.uniform(0, 2 * math.pi), rng.uniform(0, 0.75), rng.uniform(3, 13)
        cx, cy = x + a * share * math.cos(angle), y + b * share * math.sin(angle)
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=marks)
    return image.filter(ImageFilter.GaussianBlur(1))


def fish(rng: np.random.Generator) -> Image.Image:
    """An invented species of the sample collection."""
    return draw_photo(SPECIES[int(rng.integers(len(SPECIES)))], rng, 320, 240)


DRAWERS: tuple[Draw, ...] = (landscape, texture, specimen, fish)


def burst(rng: np.random.Generator, n: int = 3) -> list[Image.Image]:
    """Exposures of one scene a moment apart: the camera stands still, the subject walks, the noise differs."""
    background = landscape(rng)
    width, height = background.size
    colour, r = _colour(rng, 0, 110), 0.11 * min(width, height)
    x, y = rng.uniform(0.25, 0.4) * width, rng.uniform(0.3, 0.7) * height
    shots = []
    for _ in range(n):
        shot = background.copy()
        ImageDraw.Draw(shot).ellipse((x - 1.5 * r, y - r, x + 1.5 * r, y + r), fill=colour)
        x += rng.uniform(0.12, 0.2) * width
        noisy = np.asarray(shot, dtype=np.float32) + rng.normal(0, 3, (height, width, 3))
        shots.append(Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)))
    return shots


def _cloud(rng: np.random.Generator, width: int, height: int, *, roughness: float) -> Image.Image:
    """Coloured noise with a 1/f**roughness spectrum."""
    fy, fx = np.fft.fftfreq(height)[:, None] * height, np.fft.rfftfreq(width) * width
    falling = 1 / np.maximum(np.hypot(fy, fx), 1) ** roughness
    base = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(height, width))) * falling, (height, width))
    tint = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(height, width))) * falling**1.3, (height, width))
    base, tint = (v / v.std() for v in (base, tint))
    middle, swing = rng.uniform(90, 160, 3), rng.uniform(25, 50)
    planes = middle + swing * base[..., None] + 14 * tint[..., None] * rng.normal(size=3)
    return Image.fromarray(np.clip(planes, 0, 255).astype(np.uint8))


def _colour(rng: np.random.Generator, low: int = 0, high: int = 256) -> tuple[int, int, int]:
    red, green, blue = (int(v) for v in rng.integers(low, high, 3))
    return red, green, blue


# --- what is done to them ---------------------------------------------------------------------------------------------


def _resized(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    scale = rng.uniform(0.45, 1.6)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _cropped(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    width, height = (round(side * rng.uniform(0.65, 0.95)) for side in image.size)
    left, top = int(rng.integers(0, image.width - width + 1)), int(rng.integers(0, image.height - height + 1))
    return image.crop((left, top, left + width, top + height))


def _brighter(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(float(rng.choice((rng.uniform(0.6, 0.85), rng.uniform(1.15, 1.4)))))


def _contrast(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageEnhance.Contrast(image).enhance(float(rng.choice((rng.uniform(0.6, 0.85), rng.uniform(1.15, 1.4)))))


def _gamma(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    power = float(rng.choice((rng.uniform(0.7, 0.85), rng.uniform(1.2, 1.5))))
    return image.point([round(255 * (v / 255) ** power) for v in range(256)] * 3)


def _tilted(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    degrees = float(rng.choice((-1, 1)) * rng.uniform(2, 6))
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=bool(rng.random() < 0.5))


def _turned(turn: Image.Transpose) -> Change:
    return lambda image, rng: image.transpose(turn)


def _grey(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return image.convert("L").convert("RGB")


def _after(*changes: Change) -> Change:
    def apply(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        for change in changes:
            image = change(image, rng)
        return image

    return apply


_T = Image.Transpose
CHANGES: dict[str, Change] = {
    "re-encoded": _after(),
    "resized": _resized,
    "grey": _grey,
    "quarter turn": _turned(_T.ROTATE_90),
    "half turn": _turned(_T.ROTATE_180),
    "three quarters": _turned(_T.ROTATE_270),
    "mirrored": _turned(_T.FLIP_LEFT_RIGHT),
    "upside down": _turned(_T.FLIP_TOP_BOTTOM),
    "transposed": _turned(_T.TRANSPOSE),
    "transversed": _turned(_T.TRANSVERSE),
    "brightness": _brighter,
    "contrast": _contrast,
    "gamma": _gamma,
    "cropped": _cropped,
    "tilted": _tilted,
    "mirrored and brightness": _after(_turned(_T.FLIP_LEFT_RIGHT), _brighter),
    "turned and resized": _after(_turned(_T.ROTATE_90), _resized),
    "cropped and resized": _after(_cropped, _resized),
    "cropped, mirrored, contrast": _after(_cropped, _turned(_T.FLIP_LEFT_RIGHT), _contrast),
}


def plant(
    originals: Iterable[Image.Image], seed: int, *, changes: Iterable[str] = tuple(CHANGES), per_photo: int = 1
) -> Planted:
    """Every original, and `per_photo` copies of every second one, the changes taken in turn."""
    rng = np.random.default_rng(seed)
    names = list(changes)
    planted = Planted()
    n = 0
    for origin, image in enumerate(originals):
        planted.add(image, origin, "original")
        if origin % 2:
            continue
        for _ in range(per_photo):
            name = names[n % len(names)]
            n += 1
            kind = ("JPEG", "WEBP", "PNG", "JPEG")[int(rng.integers(4))]
            planted.add(CHANGES[name](image, rng), origin, name, kind=kind, quality=int(rng.integers(45, 95)))
    return planted


def drawn(n: int, seed: int) -> list[Image.Image]:
    """`n` different photos of four kinds."""
    rng = np.random.default_rng(seed)
    return [DRAWERS[i % len(DRAWERS)](rng) for i in range(n)]


def plant_drawn(n: int, seed: int, *, n_bursts: int = 0, per_photo: int = 1) -> Planted:
    """`n` drawn photos with planted copies, and bursts among them whose exposures are no copies of one another."""
    planted = plant(drawn(n, seed), seed + 1, per_photo=per_photo)
    rng = np.random.default_rng(seed + 2)
    origin = n
    for _ in range(n_bursts):
        for shot in burst(rng):
            planted.add(shot, origin, "burst")
            origin += 1
    return planted
