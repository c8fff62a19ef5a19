"""Small pictures for the grid: a cache named by content, which can be deleted at any time."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
from pathlib import Path

from PIL import Image

from engine.base.errors import DamagedInput, StorageError
from engine.base.files import PART_SUFFIX
from engine.image.opening import OpenedImage, open_image
from engine.image.source import read_regular

LONG_SIDE = 384
QUALITY = 85
# A photo no larger than a thumbnail shows itself as quickly; a copy would only cost disk and import time.
SMALL_BYTES = 60_000


def thumb_path(folder: Path, sha256: bytes) -> Path:
    """Where the thumbnail of this content is, if it is there: `folder/ab/abcdef....jpg`, 256 sub-folders."""
    name = sha256.hex()
    return folder / name[:2] / f"{name}.jpg"


def needs_thumb(opened: OpenedImage, n_bytes: int) -> bool:
    """Whether a thumbnail of a file of `n_bytes` saves time: not where the original is as small itself."""
    return n_bytes > SMALL_BYTES or max(opened.width, opened.height) > LONG_SIDE


def shrink(image: Image.Image) -> Image.Image:
    """The RGB image with its long side at most `LONG_SIDE`; the same object if it already is.

    Hamming's filter: as sharp as a bicubic one when shrinking, in two thirds of the time.
    """
    long_side = max(image.size)
    if long_side <= LONG_SIDE:
        return image
    size = (
        max(1, round(image.width * LONG_SIDE / long_side)),
        max(1, round(image.height * LONG_SIDE / long_side)),
    )
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=1.5)


def write_thumb(folder: Path, sha256: bytes, image: Image.Image) -> None:
    """The cache holds a thumbnail of `image` (RGB, any size) under this content's name; never half of one.

    Not forced to disk: what a power cut loses is made again.

    Raises:
        StorageError: the disk refused; the cache is as before.
    """
    encoded = io.BytesIO()
    shrink(image).save(encoded, "JPEG", quality=QUALITY)
    path = thumb_path(folder, sha256)
    part = path.parent / f".{secrets.token_hex(8)}{PART_SUFFIX}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(encoded.getbuffer())
        os.replace(part, path)
    except OSError as error:
        _remove(part)
        raise StorageError(
            "Small pictures for the grid could not be stored.",
            safe="Your photos and labels are not affected.",
            advice="Free some space on the disk of the project.",
            details=repr(error),
        ) from error


def load_thumb(folder: Path, sha256: bytes, original: Path) -> Image.Image:
    """The thumbnail, RGB, long side at most `LONG_SIDE`: from the cache, or else made from the original and kept.

    An original whose content is no longer `sha256` is shown as it is now, but not stored under the old name.

    Raises:
        DamagedInput: neither the cache nor the original can be read.
    """
    cached = thumb_path(folder, sha256)
    # Missing, or spoilt by a full disk or a power cut: made again below.
    with contextlib.suppress(DamagedInput):
        return open_image(cached).image
    content = read_regular(original)
    opened = open_image(content, min_long_side=LONG_SIDE)
    thumb = shrink(opened.image)
    if needs_thumb(opened, len(content)) and hashlib.sha256(content).digest() == sha256:
        # A cache that cannot grow costs time, not pictures.
        with contextlib.suppress(StorageError):
            write_thumb(folder, sha256, thumb)
    return thumb


def _remove(part: Path) -> None:
    # Where this fails too, the disk is failing; the sweep at the next start finds the rest.
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
