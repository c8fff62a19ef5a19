"""A photo as a few thousand bytes in which its copies can be recognised, whatever its size, format or proportions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GREY_SIDE, CHROMA_SIDE = 64, 16
N_BYTES = GREY_SIDE**2 + 2 * CHROMA_SIDE**2
# Raised whenever opening or shrinking photos changes what comes out.
FINGERPRINT_VERSION = 1
# Averaging first and filtering the rest: larger photos cost little more than small ones.
_REDUCING_GAP = 3.0


def fingerprint(image: Image.Image) -> NDArray[np.uint8]:
    """(N_BYTES,) uint8: the whole photo squeezed into a square of 64 x 64 grey levels, then 16 x 16 of Cb and of Cr.

    Squeezing makes the proportions drop out: a photo turned by 90 degrees has the turned fingerprint, and a crop is a
    rectangle of it.

    Args:
        image: mode RGB, of any size from 1x1.
    """
    small = image.resize((GREY_SIDE, GREY_SIDE), Image.Resampling.BILINEAR, reducing_gap=_REDUCING_GAP)
    luma, *chroma = small.convert("YCbCr").split()
    side = (CHROMA_SIDE, CHROMA_SIDE)
    cells = [np.asarray(plane.resize(side, Image.Resampling.BOX)).ravel() for plane in chroma]
    return np.concatenate([np.asarray(luma).ravel(), *cells])


def grey(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(n, 64, 64) grey levels of (n, N_BYTES) fingerprints; a view."""
    return rows[:, : GREY_SIDE**2].reshape(-1, GREY_SIDE, GREY_SIDE)


def chroma(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(n, 2, 16, 16) Cb and Cr of (n, N_BYTES) fingerprints, 128 where there is no colour; a view."""
    return rows[:, GREY_SIDE**2 :].reshape(-1, 2, CHROMA_SIDE, CHROMA_SIDE)
