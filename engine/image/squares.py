"""A photo as the square of pixels a network takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.base.errors import EngineBug

FITS = ("whole", "crop")
# Shrinking by averaging first and filtering the last factor of 2: as good to the eye and to the network, and faster.
_REDUCING_GAP = 2.0


def square(image: Image.Image, size: int, fit: str) -> NDArray[np.uint8]:
    """(size, size, 3) uint8 RGB, resampled bicubically with antialiasing.

    Args:
        image: mode RGB, of any size from 1x1.
        size: side in pixels, at least 1.
        fit: `whole` squeezes the whole photo into the square; `crop` keeps proportions and cuts the longer side equally
            at both ends.

    Raises:
        EngineBug: `fit` is neither.
    """
    if fit not in FITS:
        raise EngineBug(f"There is no way called {fit} to fit a photo into a square.")
    box = (0.0, 0.0, float(image.width), float(image.height)) if fit == "whole" else _central_square(*image.size)
    resized = image.resize((size, size), Image.Resampling.BICUBIC, box=box, reducing_gap=_REDUCING_GAP)
    return np.array(resized, dtype=np.uint8)


def _central_square(width: int, height: int) -> tuple[float, float, float, float]:
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side
