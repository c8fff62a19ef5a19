"""Dates and places as people and programs write them into tables: read where they are beyond doubt, else left alone."""

from __future__ import annotations

import math
import re
from datetime import datetime

LATITUDES = ("latitude", "lat", "decimallatitude", "gps_latitude")
LONGITUDES = ("longitude", "lon", "lng", "long", "decimallongitude", "gps_longitude")
DATES = ("taken", "datetime", "date_time", "datetimeoriginal", "timestamp", "eventdate", "date")
CAMERAS = ("camera", "camera_model")
# As cameras write them, and as most of Europe does. 03/04/2021 is two different days, so it is none here.
_DATES = ("%Y:%m:%d %H:%M:%S", "%Y:%m:%d %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y")
_FIRST_YEAR = 1826  # of the first photograph
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+\Z", re.ASCII)


def date_of(text: str) -> str:
    """Local time as ISO 8601 to the second; empty if the text is no date, or could be two."""
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        found = (_parsed(text, pattern) for pattern in _DATES)
        date = next((one for one in found if one is not None), datetime.min)
    if date.year < _FIRST_YEAR:
        return ""
    return date.replace(tzinfo=None, microsecond=0).isoformat()


def place_of(latitude: str, longitude: str) -> tuple[float, float] | None:
    """(latitude, longitude) in degrees, north and east positive; None if that is no place on Earth.

    0, 0 is what devices without a fix write, and counts as unknown.
    """
    north, east = _degrees(latitude, 90.0), _degrees(longitude, 180.0)
    if north is None or east is None or (north == 0.0 and east == 0.0):
        return None
    return north, east


def _parsed(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern)
    except ValueError:
        return None


def _degrees(text: str, most: float) -> float | None:
    try:
        value = float(text.replace(",", ".") if _DECIMAL_COMMA.match(text) else text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None
