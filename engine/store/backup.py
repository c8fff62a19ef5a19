"""Copies of the database: when one is due, and which old ones may go."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.store.db import Database

_STAMP = "%Y%m%dT%H%M%SZ"
MIN_GAP = timedelta(minutes=30)
# After two days one copy a day is kept, then one a week, then one a month (the tiers Anki has proved).
KEEP_ALL = timedelta(days=2)
N_DAILY, N_WEEKLY, N_MONTHLY = 12, 10, 9


def back_up(db: Database, folder: Path, now: datetime) -> Path | None:
    """A checked copy of the database if it changed since the last one and half an hour has passed; old ones thinned."""
    copies = backups(folder)
    if copies and (now - copies[0][1] < MIN_GAP or _mtime(db.path) <= copies[0][1]):
        return None
    target = folder / f"project-{now.astimezone(UTC).strftime(_STAMP)}-{secrets.token_hex(2)}.sqlite"
    db.copy_to(target)
    for path in to_remove(backups(folder), now):
        path.unlink(missing_ok=True)
    return target


def backups(folder: Path) -> list[tuple[Path, datetime]]:
    """All copies with the time of their name, newest first; other files are ignored."""
    found = []
    for path in folder.glob("project-*.sqlite"):
        try:
            stamp = datetime.strptime(path.stem.split("-")[1], _STAMP).replace(tzinfo=UTC)
        except (IndexError, ValueError):
            continue
        found.append((path, stamp))
    return sorted(found, key=lambda pair: pair[1], reverse=True)


def to_remove(copies: Sequence[tuple[Path, datetime]], now: datetime) -> list[Path]:
    """Copies that no tier keeps; `copies` newest first. The newest copy of a day, week or month stands for it."""
    kept: set[Path] = {path for path, at in copies if now - at < KEEP_ALL}
    older = [(path, at) for path, at in copies if path not in kept]
    for n_keep, key in ((N_DAILY, "%Y-%j"), (N_WEEKLY, "%G-%V"), (N_MONTHLY, "%Y-%m")):
        seen: list[str] = []
        for path, at in older:
            period = at.strftime(key)
            if period not in seen and len(seen) < n_keep:
                seen.append(period)
                kept.add(path)
    return [path for path, _ in copies if path not in kept]


def _mtime(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
