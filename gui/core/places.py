"""Folders as people write them."""

from __future__ import annotations

from pathlib import Path


def friendly(place: str) -> str:
    """The path with the user's home folder written as `~`."""
    home = str(Path.home())
    if place == home or place.startswith(home + "/"):
        return "~" + place[len(home) :]
    return place
