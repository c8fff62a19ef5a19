"""The one decoder: thumbnails, viewing and training see the same pixels, and refuse the same files."""

from __future__ import annotations

import contextlib
import io
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# Named one by one so that the allow-list below is complete without loading every plugin Pillow has.
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from engine.base.errors import DamagedInput
from engine.image.jpeg import small_jpeg
from engine.image.modes import to_rgb
from engine.image.source import SIGNATURE_BYTES, open_regular, signature

# MPO has no opener of its own: it is a JPEG with more pictures behind it, and Pillow's JPEG opener returns it.
FORMATS = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile,
        PngImagePlugin.PngImageFile,
        TiffImagePlugin.TiffImageFile,
        BmpImagePlugin.BmpImageFile,
        GifImagePlugin.GifImageFile,
        WebPImagePlugin.WebPImageFile,
    )
)
MPO = MpoImagePlugin.MpoImageFile.format

# 150 MP is above every camera sold; 16-bit RGB of that size is already 0.9 GB.
MAX_PIXELS = 150_000_000
# Beyond this a decoded photo takes over 100 MB, and one per core at a time would fill the memory of small machines.
LARGE_PIXELS = 32_000_000
_large_turn = threading.Lock()

# Readers that close their file when the pixels are there; the others would keep its bytes alive with the image.
_LETTING_GO = ("JPEG", "PNG", "BMP")

NOTE_FIRST_FRAME = "The file holds several pictures; only the first one is used."
TINY_SIDE = 8

# Pillow checks the size before it decodes; above twice this number it raises even where warnings are off.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
# Remarks about odd metadata: the pixels decide whether a photo is usable, and users never see a console.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

# What Pillow's readers raise on malformed files, besides their own errors: they trust lengths, offsets and tags.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION_TAG = 0x0112


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedImage:
    """A photo that decoded completely.

    Args:
        image: upright, mode RGB, 8 bits; smaller than `width` x `height` if a reduced decode was allowed.
        format: the true format whatever the file is called (Pillow's name: JPEG, PNG, ...).
        width, height: of the upright photo as stored, in pixels.
        more_frames: the file holds further pictures (animation, pages), which are ignored.
        note: what the reader had to do that the user should know; empty: nothing.
    """

    image: Image.Image
    format: str
    width: int
    height: int
    more_frames: bool
    note: str


def open_image(source: Path | bytes, *, min_side: int | None = None, min_long_side: int | None = None) -> OpenedImage:
    """Read a photo completely; `source` is a path, or the file's whole content as bytes.

    Args:
        min_side: if given, a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size as long as its short side stays at
            least this long. The whole file is read either way, and the same files are refused.
        min_long_side: the same for the long side, for pictures that are shown in their proportions.

    Raises:
        DamagedInput: `empty`, `not_image`, `truncated`, `damaged`, `too_large`, `not_a_file`, `unreadable`, `missing`.
    """
    if isinstance(source, bytes) and (small := small_jpeg(source)) is not None:
        return _as_stored(small, "JPEG")
    with (
        open_regular(source) if isinstance(source, Path) else io.BytesIO(source) as file,
        _readable_errors(),
    ):
        head = file.read(SIGNATURE_BYTES)
        if not head:
            raise DamagedInput("empty", "The file is empty (0 bytes).")
        if not signature(head):
            raise _not_image()
        return _decode(file, min_side, min_long_side)


def _as_stored(image: Image.Image, format_: str) -> OpenedImage:
    """An image that needed nothing done."""
    width, height = image.size
    note = _size_note(width, height)
    return OpenedImage(image=image, format=format_, width=width, height=height, more_frames=False, note=note)


def _decode(file: BinaryIO, min_side: int | None, min_long_side: int | None) -> OpenedImage:
    with Image.open(file, formats=FORMATS) as image:
        format_ = image.format or ""
        stored = image.size
        n_pixels = stored[0] * stored[1]
        if n_pixels > MAX_PIXELS:
            raise _too_large(f"{stored[0]} x {stored[1]}")
        if format_ in ("JPEG", MPO):
            _allow_reduced(image, min_side, min_long_side)
        with _large_turn if n_pixels > LARGE_PIXELS else contextlib.nullcontext():
            image.load()
            rgb, note = to_rgb(image)
            # Only now: a TIFF is turned by Pillow while it loads, and says so by losing its orientation.
            orientation = _orientation(image)
            upright = rgb.transpose(_TURNS[orientation]) if orientation in _TURNS else rgb
            if upright is image and format_ not in _LETTING_GO:
                upright = image.copy()
        more_frames = _has_more_frames(image)
    width, height = (stored[1], stored[0]) if orientation >= 5 else stored
    notes = (NOTE_FIRST_FRAME if more_frames else "", note, _size_note(width, height))
    return OpenedImage(
        image=upright,
        format=format_,
        width=width,
        height=height,
        more_frames=more_frames,
        note=" ".join(part for part in notes if part),
    )


def _allow_reduced(image: Image.Image, min_side: int | None, min_long_side: int | None) -> None:
    """The next load may give the JPEG at the smallest of 1/1, 1/2, 1/4, 1/8 that keeps the sides asked for."""
    if min_side is not None:
        image.draft(None, (min_side, min_side))
    elif min_long_side is not None:
        width, height = image.size
        share = min_long_side / max(width, height)
        image.draft(None, (max(1, int(width * share)), max(1, int(height * share))))


def _has_more_frames(image: Image.Image) -> bool:
    """Whether pictures follow the first; those a phone hides behind a photo (MPO) are no animation and do not count."""
    if image.format == MPO:
        return False
    try:
        return bool(getattr(image, "is_animated", False))
    except DECODER_ERRORS:
        return True


def _size_note(width: int, height: int) -> str:
    return f"Only {width} x {height} pixels." if min(width, height) < TINY_SIDE else ""


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation 1..8; 1 where there is none, or none that can be read."""
    if "exif" not in image.info and "Raw profile type exif" not in image.info:
        return 1
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except DECODER_ERRORS:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


@contextlib.contextmanager
def _readable_errors() -> Iterator[None]:
    """Whatever a decoder raises becomes a `DamagedInput` of the right kind."""
    try:
        yield
    except DamagedInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(str(error)) from error
    except MemoryError as error:
        raise _too_large("not enough memory") from error
    except UnidentifiedImageError as error:
        raise DamagedInput(
            "damaged",
            "The photo is damaged: its beginning cannot be read.",
            details=str(error),
        ) from error
    except DECODER_ERRORS as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> DamagedInput:
    if "truncat" in str(error).lower() or isinstance(error, EOFError):
        return DamagedInput(
            "truncated",
            "The photo is damaged: the end of the file is missing.",
            advice="Copy it again from the camera or from where it came.",
            details=repr(error),
        )
    if isinstance(error, OSError) and error.errno is not None:
        return DamagedInput(
            "unreadable",
            "The file could not be read.",
            advice="Check that the disk is connected.",
            details=repr(error),
        )
    return DamagedInput(
        "damaged",
        "The photo is damaged and cannot be shown.",
        advice="Copy it again from the camera or from where it came.",
        details=repr(error),
    )


def _not_image() -> DamagedInput:
    return DamagedInput(
        "not_image",
        "The file is not a photo in a format that can be read.",
        advice="Save it as JPEG, PNG or TIFF in another program and import it again.",
    )


def _too_large(details: str) -> DamagedInput:
    return DamagedInput(
        "too_large",
        f"The photo has more than {MAX_PIXELS // 1_000_000} million pixels, or needs more memory than there is.",
        advice="Save a smaller copy in another program and import that.",
        details=details,
    )
