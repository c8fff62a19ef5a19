"""Folders as people write them."""

from __future__ import annotations

from pathlib import Path


def friendly(place: str) -> str:
    """The path with the user's home folder written as `~`."""
    home = str(Path.home())
    if place == home or place.startswith(home + "/"):
        return "~" + place[len(home) :]
    return place


def typed(text: str) -> Path:
    """The folder that somebody has typed, `~` being their home; of a user who is not known here it is a plain sign."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def is_name_possible(path: Path) -> bool:
    """Whether something could lie there: a name that is too long, or a folder that must not be read, is no place."""
    try:
        path.exists()
    except OSError:
        return False
    return path.is_absolute()
