"""How often a run's model looks at each photo: trying it, what was found, and choosing; kept in the run's folder."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.base.errors import StorageError, UserError
from engine.base.files import atomic_write
from engine.insight.view_gain import ViewGain, read_gain
from engine.recipe.views_cfg import ONCE, ViewsCfg, views_named

MODEL_FILE = "model.json"
# What the last try came to.
GAIN_FILE = "views.json"


class _Chosen(msgspec.Struct, frozen=True):
    """The part of every kind's `model.json` that says how often it looks."""

    views: ViewsCfg = ONCE


def chosen_views(folder: Path) -> ViewsCfg:
    """What the model in the run folder does when it classifies.

    Raises:
        StorageError: there is no model that can be read.
    """
    try:
        return msgspec.json.decode((folder / MODEL_FILE).read_bytes(), type=_Chosen).views
    except (OSError, msgspec.DecodeError) as error:
        raise _unreadable(error) from error


def used_views(folder: Path) -> ViewsCfg:
    """As `chosen_views`; looking once where there is no model, of which whoever uses it is told."""
    try:
        return chosen_views(folder)
    except StorageError:
        return ONCE


def choose_views(folder: Path, views: ViewsCfg) -> None:
    """The model in the run folder looks so from now on; nothing else of it changes.

    Raises:
        StorageError: there is no model that can be read, or the disk refused.
    """
    path = folder / MODEL_FILE
    try:
        # Members are kept as they are written: this part of the program does not know the kinds of models.
        members = msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw])
    except (OSError, msgspec.DecodeError) as error:
        raise _unreadable(error) from error
    members["views"] = msgspec.Raw(msgspec.json.encode(views))
    atomic_write(path, msgspec.json.format(msgspec.json.encode(members, order="sorted")))


def last_gain(folder: Path) -> ViewGain | None:
    """What the last try in the run folder came to; None if there was none."""
    try:
        return read_gain(folder / GAIN_FILE)
    except StorageError:
        return None


def views_asked(names: str) -> ViewsCfg:
    """The views a comma-separated text names, as `flip_h,crops`; `none` is looking once.

    Raises:
        UserError: one of them is unknown.
    """
    try:
        return ONCE if names == "none" else views_named([name.strip() for name in names.split(",")])
    except ValueError as error:
        raise UserError(f"These views cannot be had: {error}.", safe="The model is unchanged.") from error


def _unreadable(error: Exception) -> StorageError:
    return StorageError(
        "The model could not be read.",
        safe="Your photos and labels are unchanged.",
        advice="Train again.",
        details=repr(error),
    )
