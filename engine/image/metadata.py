"""What a photo's file says about how it was taken: colour mode, date, camera and place. Pixels are not decoded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from PIL import ExifTags, Image

from engine.base.errors import DamagedInput
from engine.image.opening import DECODER_ERRORS, FORMATS
from engine.image.source import AnyPath, open_regular

_EXIF_DATE = "%Y:%m:%d %H:%M:%S"
# Longer texts are not a camera's name but somebody's notes.
_MAX_TEXT = 60
# A TIFF is one block of metadata; in files of other formats one of these stands before theirs (in PNG also as the name
# of a text).
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_MARKS = (b"Exif", b"eXIf", b"EXIF", b"exif")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """How a photo was taken, as far as its file tells.

    Args:
        mode: of the stored pixels (Pillow's name: RGB, L, CMYK, P, RGBA, I;16 ...); empty if it cannot be read.
        taken: local time of the camera as ISO 8601 to the second, empty if unknown or impossible.
        camera: make and model, empty if unknown.
        latitude, longitude: degrees, north and east positive; both None if unknown or impossible.
    """

    mode: str = ""
    taken: str = ""
    camera: str = ""
    latitude: float | None = None
    longitude: float | None = None


def read_metadata(path: AnyPath) -> Metadata:
    """The metadata of a photo; whatever is missing, hostile or damaged in the file is left empty, never raised."""
    try:
        with open_regular(path) as file:
            return _read(file)
    except (OSError, DamagedInput):
        return Metadata()


def metadata_in(content: bytes) -> Metadata:
    """As `read_metadata`, of a file's content; of one that holds none not even `mode` is told."""
    if not (content.startswith(_TIFF) or any(mark in content for mark in _MARKS)):
        return Metadata()
    return _read(BytesIO(content))


def _read(file: BinaryIO) -> Metadata:
    try:
        with Image.open(file, formats=FORMATS) as image:
            mode = image.mode
            try:
                exif = image.getexif()
                camera_data = exif.get_ifd(ExifTags.IFD.Exif)
                place = _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
                own: Mapping[int, object] = dict(exif)
            except (*DECODER_ERRORS, MemoryError):
                return Metadata(mode=mode)
    except (*DECODER_ERRORS, MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Metadata()
    return Metadata(
        mode=mode,
        taken=_date(camera_data.get(ExifTags.Base.DateTimeOriginal)) or _date(own.get(ExifTags.Base.DateTime)),
        camera=_camera(own.get(ExifTags.Base.Make), own.get(ExifTags.Base.Model)),
        latitude=None if place is None else place[0],
        longitude=None if place is None else place[1],
    )


def _date(value: object) -> str:
    text = _text(value)
    if not text:
        return ""
    try:
        date = datetime.strptime(text, _EXIF_DATE)
    except ValueError:
        return ""
    # Cameras whose clock was never set begin at 1970 or later; photography did not begin before 1826.
    return date.isoformat() if date.year >= 1826 else ""


def _camera(make: object, model: object) -> str:
    maker, name = _text(make), _text(model)
    # Many models repeat their maker: Canon, Canon EOS 80D.
    if maker and name.casefold().startswith(maker.split()[0].casefold()):
        return name
    return f"{maker} {name}".strip()


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    visible = "".join(sign if sign.isprintable() else " " for sign in value.split("\0")[0])
    return " ".join(visible.split())[:_MAX_TEXT]


def _place(gps: Mapping[int, object]) -> tuple[float, float] | None:
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "NS", 90.0)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "EW", 180.0)
    if latitude is None or longitude is None or (latitude == 0.0 and longitude == 0.0):
        # 0, 0 is what devices without a fix write.
        return None
    return latitude, longitude


def _degrees(value: object, side: object, sides: str, most: float) -> float | None:
    """Degrees from (degrees, minutes, seconds) and the letter of the hemisphere; None if that is no place on Earth."""
    letter = _text(side).upper()[:1]
    if not isinstance(value, tuple) or len(value) != 3 or letter not in sides or not letter:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    size = degrees + minutes / 60.0 + seconds / 3600.0
    if not (math.isfinite(size) and 0.0 <= size <= most):
        return None
    return round(size if letter == sides[0] else -size, 6)
