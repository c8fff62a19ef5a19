"""What connects photos: how they were taken, and which are copies of one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.base.events import FoundPhoto
from engine.base.ids import PhotoId
from engine.data.apart import without_apart
from engine.store.db import Database
from engine.store.marks import apart_pairs, marks_of_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    """What of one photo can connect it with others; empty or None where it is not known.

    `copies`: number of its group of copies, without those it was set apart from. `columns`: (heading, value).
    """

    photo_id: PhotoId
    sha256: bytes
    rel_path: bytes
    source_id: int
    taken: str
    camera: str
    latitude: float | None
    longitude: float | None
    copies: int | None
    columns: tuple[tuple[str, str], ...] = ()


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
    """(photo id, taken, camera, latitude, longitude): what of it was not known is kept, inside the open transaction."""
    sql = """
INSERT INTO photo_meta VALUES (?, ?, ?, ?, ?) ON CONFLICT (photo_id) DO UPDATE SET
  taken = iif(taken = '', excluded.taken, taken), camera = iif(camera = '', excluded.camera, camera),
  latitude = iif(latitude IS NULL, excluded.latitude, latitude),
  longitude = iif(latitude IS NULL, excluded.longitude, longitude)"""
    db.write_many(sql, rows)


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


def copy_groups(db: Database) -> dict[int, int]:
    """Photo id -> number of its group of copies, as the last search found them and people have parted them since."""
    groups: dict[int, list[int]] = defaultdict(list)
    for photo_id, number in db.rows("SELECT photo_id, group_no FROM copy_member ORDER BY group_no, photo_id"):
        groups[number].append(photo_id)
    parted = without_apart(groups.values(), apart_pairs(db))
    return {photo_id: number for number, group in enumerate(parted, start=1) for photo_id in group}


def relation_rows(db: Database) -> tuple[RelationRow, ...]:
    """Every photo of the project whose file was fine when last seen, by id."""
    sql = """
SELECT p.id, p.sha256, p.rel_path, p.source_id, coalesce(m.taken, ''), coalesce(m.camera, ''), m.latitude, m.longitude
FROM photo p JOIN label l ON l.photo_id = p.id LEFT JOIN photo_meta m ON m.photo_id = p.id
WHERE l.state <> 'absent' AND p.status = 'ok' ORDER BY p.id"""
    copies = copy_groups(db)
    columns: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for photo_id, name, value in marks_of_kind(db, "column"):
        columns[photo_id].append((name, value))
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
            copies=copies.get(i),
            columns=tuple(columns.get(i, ())),
        )
        for i, sha, rel_path, source_id, taken, camera, latitude, longitude in db.rows(sql)
    )
