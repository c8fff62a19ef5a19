"""From every way a file can store colours to 8-bit RGB, without clipping, inverting or blackening.

The table, by Pillow mode after loading:

| mode | becomes |
| --- | --- |
| RGB, RGBX, L, 1, P, YCbCr | RGB as Pillow converts it |
| CMYK | RGB by (1 - C)(1 - K); a JPEG without Adobe's marker stores ink amounts uninverted and is turned over first |
| LAB | sRGB through the colour management of Pillow |
| LA, La, PA, RGBA, RGBa, or a transparent colour | laid on white |
| I;16 and its byte orders | grey, see `grey_from_integers` |
| I (32 bit) | as 16 bit if all values are in 0..65535, else as F |
| F | grey, see `grey_from_reals` |
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms

from engine.base.errors import DamagedInput

BACKGROUND = (255, 255, 255)
NOTE_CMYK = "Printing colours (CMYK) were converted to screen colours."
NOTE_TRANSPARENT = "Transparent parts were filled with white."
NOTE_DEEP = "Grey values of more than 8 bits were scaled to 8 bits."
NOTE_REAL = "The measured values were stretched to grey levels."

# Outliers (dead pixels, one hot spot) must not decide the whole window.
_WINDOW_PERCENT = (0.1, 99.9)
# A percentile of a million evenly spread pixels is as good as one of all of them.
_MAX_SAMPLE = 1_000_000


def to_rgb(image: Image.Image) -> tuple[Image.Image, str]:
    """The loaded image as RGB of the same size, and a note for the user (empty: nothing worth telling).

    Raises:
        DamagedInput: `damaged`: a real-valued image without a single finite number, or a mode nothing is known of.
    """
    if image.mode == "RGB" and "transparency" not in image.info:
        return image, ""
    if image.has_transparency_data:
        return _on_background(image)
    if image.mode == "CMYK":
        return _from_cmyk(image), NOTE_CMYK
    if image.mode == "F" or image.mode.startswith("I"):
        return _from_numbers(np.asarray(image))
    if image.mode == "LAB":
        return _from_lab(image), ""
    try:
        return image.convert("RGB"), ""
    except ValueError as error:
        raise DamagedInput(
            "damaged",
            "The photo stores its colours in a way that is not understood.",
            details=repr(error),
        ) from error


def grey_from_integers(values: NDArray[Any]) -> NDArray[np.uint8]:
    """(h, w) integers of 0..65535 to (h, w) uint8, by dropping low bits; nothing is ever clipped.

    How many bits the camera filled is judged from the largest value: below 256 the values are 8-bit and stay; below
    4096 they are 12-bit (`v >> 4`), as microscopes store them in 16-bit files; otherwise they are 16-bit (`v >> 8`).
    """
    largest = int(values.max(initial=0))
    shift = 0 if largest < 256 else 4 if largest < 4096 else 8
    grey: NDArray[np.uint8] = (values >> shift).astype(np.uint8)
    return grey


def grey_from_reals(values: NDArray[Any]) -> NDArray[np.uint8]:
    """(h, w) real values to (h, w) uint8: the finite values' 0.1 % and 99.9 % points become 0 and 255, linearly.

    NaN and -inf become 0, +inf becomes 255; an image of one single value becomes middle grey (128).

    Raises:
        DamagedInput: `damaged`: no value is finite.
    """
    step = max(1, int(np.sqrt(values.size / _MAX_SAMPLE)))
    sample = values[::step, ::step]
    finite = sample[np.isfinite(sample)]
    if not finite.size:
        finite = values[np.isfinite(values)]
    if not finite.size:
        raise DamagedInput("damaged", "The photo contains no usable numbers (all are NaN or infinite).")
    low, high = (float(v) for v in np.percentile(finite.astype(np.float64), _WINDOW_PERCENT))
    if high <= low:
        low, high = float(finite.min()), float(finite.max())
    if high <= low:
        low, high = low - 1.0, low + 1.0
    reals: NDArray[np.float64] = np.nan_to_num(values.astype(np.float64), nan=low, posinf=high, neginf=low)
    grey: NDArray[np.uint8] = np.clip(np.rint((reals - low) * (255.0 / (high - low))), 0, 255).astype(np.uint8)
    return grey


def _from_numbers(values: NDArray[Any]) -> tuple[Image.Image, str]:
    if values.dtype.kind in "iu" and values.size and values.min() >= 0 and values.max() <= 65535:
        return Image.fromarray(grey_from_integers(values)).convert("RGB"), NOTE_DEEP
    return Image.fromarray(grey_from_reals(values)).convert("RGB"), NOTE_REAL


def _on_background(image: Image.Image) -> tuple[Image.Image, str]:
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    alpha = rgba.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return rgba.convert("RGB"), ""
    base = Image.new("RGB", rgba.size, BACKGROUND)
    base.paste(rgba, mask=alpha)
    return base, NOTE_TRANSPARENT


def _from_cmyk(image: Image.Image) -> Image.Image:
    # Pillow turns every CMYK JPEG over, as Adobe's programs want it; those that never met Adobe must be turned back.
    if image.format in ("JPEG", "MPO") and "adobe" not in image.info:
        image = ImageChops.invert(image)
    return image.convert("RGB")


@functools.cache
def _lab_to_srgb() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")


def _from_lab(image: Image.Image) -> Image.Image:
    rgb = ImageCms.applyTransform(image, _lab_to_srgb())
    if rgb is None:
        raise DamagedInput("damaged", "The photo's Lab colours could not be converted.")
    return rgb
