"""Declared settings in one JSON file; a file that cannot be read gives the defaults and is set aside, never lost."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from engine.base.dirs import config_dir
from engine.base.errors import StorageError
from engine.base.files import atomic_write

T = TypeVar("T")
N_RECENTS = 10


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting: its key in the file, its default, and what makes a stored value acceptable."""

    key: str
    default: T
    accept: Callable[[object], bool]


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_numbers(value: object) -> bool:
    return isinstance(value, dict) and all(type(n) in (int, float) and math.isfinite(n) for n in value.values())


SCHEME: Setting[str] = Setting("appearance.scheme", "system", lambda v: v in ("system", "light", "dark"))
RECENTS: Setting[list[str]] = Setting("projects.recent", [], _is_texts)
GEOMETRY: Setting[str] = Setting("window.geometry", "", lambda v: isinstance(v, str))
PHOTO_SPLIT: Setting[list[int]] = Setting(
    "photos.split",
    [248, 900],
    lambda v: isinstance(v, list) and all(type(n) is int for n in v) and len(v) == 2,
)
THUMB_SIZE: Setting[int] = Setting("photos.thumb_size", 160, lambda v: type(v) is int and 64 <= v <= 512)
# Address of another hub than the usual one; empty for that.
HUB: Setting[str] = Setting("weights.hub", "", lambda v: isinstance(v, str))
ADVANCE: Setting[bool] = Setting("photos.advance", True, lambda v: isinstance(v, bool))
# Where photos begin to be odd: limits by their names in engine.insight.overview.OddLimits.
ODD_LIMITS: Setting[dict[str, float]] = Setting("explore.odd_limits", {}, _is_numbers)
# Columns of the table of all models, by their names in gui.models.comparison_model.
MODEL_COLUMNS: Setting[list[str]] = Setting(
    "review.model_columns",
    [
        "accuracy",
        "difference",
        "p_holm",
        "verdict",
        "fold_accuracy",
        "fold_p",
        "only_right",
        "only_wrong",
        "macro_f1",
        "ece",
        "n_parameters",
        "minutes",
        "recipe",
    ],
    _is_texts,
)
ALL_SETTINGS: tuple[Setting, ...] = (
    SCHEME,
    RECENTS,
    GEOMETRY,
    PHOTO_SPLIT,
    THUMB_SIZE,
    ADVANCE,
    HUB,
    ODD_LIMITS,
    MODEL_COLUMNS,
)


def default_file() -> Path:
    """Where the settings live: the user's configuration folder."""
    return config_dir() / "settings.json"


class Settings:
    """The settings of one user. Reading never fails; writing is atomic and happens in `save`."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or default_file()
        self._values = self._read()
        self._dirty = False

    def get(self, setting: Setting[T]) -> T:
        """The stored value, or the default where none that is acceptable was stored."""
        value = self._values.get(setting.key, setting.default)
        return value if setting.accept(value) else setting.default  # type: ignore[return-value]

    def set(self, setting: Setting[T], value: T) -> None:
        """From now on `get` returns `value`; it reaches the disk with the next `save`.

        Raises:
            ValueError: the setting does not accept the value.
        """
        if not setting.accept(value):
            raise ValueError(f"{setting.key} cannot be {value!r}")
        self._dirty = self._dirty or self._values.get(setting.key) != value
        self._values[setting.key] = value

    def save(self) -> bool:
        """Whether everything set is on disk; a disk that refuses costs the window's layout, not the user's work."""
        if not self._dirty:
            return True
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            atomic_write(self._file, json.dumps(self._values, indent=1, sort_keys=True).encode())
        except (OSError, StorageError):
            return False
        self._dirty = False
        return True

    def add_recent(self, folder: Path) -> None:
        """The project folder stands first among the recent ones."""
        others = [item for item in self.get(RECENTS) if item != str(folder)]
        self.set(RECENTS, [str(folder), *others][:N_RECENTS])

    def remove_recent(self, folder: Path) -> None:
        """The project folder is no longer among the recent ones."""
        self.set(RECENTS, [item for item in self.get(RECENTS) if item != str(folder)])

    def _read(self) -> dict[str, object]:
        try:
            values = json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            self._set_aside()
            return {}
        if isinstance(values, dict):
            return values
        self._set_aside()
        return {}

    def _set_aside(self) -> None:
        try:
            self._file.replace(self._file.with_name("settings.unreadable.json"))
        except OSError:
            # A folder in its place, or a read-only disk: the defaults serve this time, and nothing is destroyed.
            return
