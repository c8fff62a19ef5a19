"""How good a photo is as a picture, in four numbers: sharpness, brightness, contrast and detail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.image.thumbs import shrink

_BLOCKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Measured on the grey picture of at most 384 pixels on its long side, so that large and small photos compare.

    Args:
        sharpness: variance of the Laplacian in the sharpest of 4 x 4 fields, in squared grey levels (0..255), >= 0. Of
            fields, because a sharp animal before a soft background is a sharp photo.
        brightness: mean grey, 0 (black) .. 1 (white).
        contrast: standard deviation of grey, 0 .. 0.5.
        detail: entropy of the 256 grey levels in bits, 0 (one level) .. 8.
    Source: Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy" (variance of the Laplacian);
        Shannon 1948 (entropy).
    """

    sharpness: float
    brightness: float
    contrast: float
    detail: float


def measure(image: Image.Image) -> Quality:
    """The quality of an upright RGB photo of any size."""
    grey = np.asarray(shrink(image).convert("L"))
    levels = np.bincount(grey.ravel(), minlength=256) / grey.size
    present = levels[levels > 0]
    scaled = grey.astype(np.float32) / 255.0
    return Quality(
        sharpness=_sharpness(grey),
        brightness=float(scaled.mean()),
        contrast=float(scaled.std()),
        detail=float(max(0.0, -(present * np.log2(present)).sum())),
    )


def _sharpness(grey: NDArray[np.uint8]) -> float:
    if min(grey.shape) < 3:
        return 0.0
    # Signed 16 bits hold the Laplacian of bytes (-1020..1020).
    p = grey.astype(np.int16)
    edges = p[1:-1, :-2] + p[1:-1, 2:] + p[:-2, 1:-1] + p[2:, 1:-1] - 4 * p[1:-1, 1:-1]
    rows = np.array_split(edges.astype(np.float32), min(_BLOCKS, edges.shape[0]), axis=0)
    fields = (field for row in rows for field in np.array_split(row, min(_BLOCKS, edges.shape[1]), axis=1))
    return float(max(field.var() for field in fields))
