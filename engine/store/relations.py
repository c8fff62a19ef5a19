"""What connects photos: how they were taken, and which are copies of one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.base.events import FoundPhoto
from engine.base.ids import PhotoId
from engine.store.db import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    """What of one photo can connect it with others; empty or None where it is not known."""

    photo_id: PhotoId
    sha256: bytes
    rel_path: bytes
    source_id: int
    taken: str
    camera: str
    latitude: float | None
    longitude: float | None
    copies: int | None


def set_meta(db: Database, photo_id: PhotoId, found: FoundPhoto) -> None:
    """How the photo was taken is kept, inside the open transaction; nothing is, where nothing is known."""
    if not (found.taken or found.camera or found.latitude is not None):
        db.write("DELETE FROM photo_meta WHERE photo_id = ?", (photo_id,))
        return
    db.write(
        "INSERT OR REPLACE INTO photo_meta VALUES (?, ?, ?, ?, ?)",
        (photo_id, found.taken, found.camera, found.latitude, found.longitude),
    )


def fill_meta(db: Database, rows: Iterable[tuple[int, str, str, float | None, float | None]]) -> None:
    """(photo id, taken, camera, latitude, longitude) are kept where nothing is known, inside the open transaction."""
    db.write_many("INSERT OR IGNORE INTO photo_meta VALUES (?, ?, ?, ?, ?)", rows)


def set_copy_groups(db: Database, groups: Iterable[Sequence[int]]) -> None:
    """These groups of photo ids, and no others, are copies, inside the open transaction."""
    db.write("DELETE FROM copy_member")
    db.write_many(
        "INSERT INTO copy_member SELECT id, ? FROM photo WHERE id = ?",
        [(number, int(photo_id)) for number, group in enumerate(groups, start=1) for photo_id in group],
    )


def has_copy_groups(db: Database) -> bool:
    """Whether any photos are known to be copies of one another."""
    return db.one("SELECT 1 FROM copy_member LIMIT 1") is not None


def relation_rows(db: Database) -> tuple[RelationRow, ...]:
    """Every photo of the project whose file was fine when last seen, by id."""
    sql = """
SELECT p.id, p.sha256, p.rel_path, p.source_id, coalesce(m.taken, ''), coalesce(m.camera, ''), m.latitude, m.longitude,
  c.group_no
FROM photo p JOIN label l ON l.photo_id = p.id
LEFT JOIN photo_meta m ON m.photo_id = p.id LEFT JOIN copy_member c ON c.photo_id = p.id
WHERE l.state <> 'absent' AND p.status = 'ok' ORDER BY p.id"""
    return tuple(
        RelationRow(
            photo_id=PhotoId(i),
            sha256=sha,
            rel_path=rel_path,
            source_id=source_id,
            taken=taken,
            camera=camera,
            latitude=latitude,
            longitude=longitude,
            copies=group_no,
        )
        for i, sha, rel_path, source_id, taken, camera, latitude, longitude, group_no in db.rows(sql)
    )
