"""A short way to the pixels of small, ordinary JPEGs: the same decoder as always, without the general header reader.

For a file of a few kilobytes Pillow spends more time on the header, in Python, than libjpeg on the picture. Nothing is
ever refused here: whatever is out of the ordinary, damage included, is left to the general way and its verdict.
"""

from __future__ import annotations

from PIL import Image

# Beyond this the header's share of the time no longer matters.
MAX_BYTES = 32 * 1024
MAX_SIDE = 512

_SOF_BASELINE, _SOF_PROGRESSIVE, _SOS = 0xC0, 0xC2, 0xDA
# APP0 (JFIF), comment, quantisation and Huffman tables, restart interval: none of them changes how pixels are meant.
# EXIF, colour profiles, Adobe's marker and everything else do.
_HARMLESS = frozenset({0xE0, 0xFE, 0xDB, 0xC4, 0xDD})
_MODES = {1: "L", 3: "RGB"}


def small_jpeg(content: bytes) -> Image.Image | None:
    """The decoded image (mode RGB, full size), or None if the file is not small, not ordinary or not whole."""
    frame = _frame(content) if len(content) <= MAX_BYTES else None
    if frame is None:
        return None
    mode, size = frame
    try:
        image = Image.frombytes(mode, size, content, "jpeg", mode, "")
    except (ValueError, OSError):
        return None
    return image if mode == "RGB" else image.convert("RGB")


def _frame(content: bytes) -> tuple[str, tuple[int, int]] | None:
    """Mode and (width, height) that the header announces; None if anything in it is out of the ordinary."""
    if content[:2] != b"\xff\xd8":
        return None
    frame = None
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == _SOS:
            return frame
        length = content[at + 2] << 8 | content[at + 3]
        if marker in (_SOF_BASELINE, _SOF_PROGRESSIVE):
            if frame is not None or length < 9 or at + 10 > len(content) or content[at + 4] != 8:
                return None
            height = content[at + 5] << 8 | content[at + 6]
            width = content[at + 7] << 8 | content[at + 8]
            mode = _MODES.get(content[at + 9])
            if mode is None or not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
                return None
            frame = mode, (width, height)
        elif marker not in _HARMLESS:
            return None
        at += 2 + length
    return None
