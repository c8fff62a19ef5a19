"""Which runs were trained only to be compared, and so do not become the model in use when they have finished."""

from __future__ import annotations

from engine.store import runs as stored
from engine.store.db import Database


def compare_only(db: Database, uuid: str) -> None:
    """The run of this id was, inside the open transaction; that holds wherever it goes on."""
    stored.set_setting(db, _setting(uuid), "yes")


def is_compared_only(db: Database, uuid: str) -> bool:
    """Whether it was."""
    return bool(stored.get_setting(db, _setting(uuid)))


def _setting(uuid: str) -> str:
    return f"compared_only {uuid}"
