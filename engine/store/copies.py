"""Photos as the search for copies wants them."""

from __future__ import annotations

from engine.data.copies_found import CopyPhoto
from engine.store.db import Database
from engine.store.photos import absolute


def present_photos(db: Database, project_folder: bytes) -> tuple[CopyPhoto, ...]:
    """Every photo in the project whose file was fine when last seen, by id."""
    sql = """
SELECT p.id, s.root, p.rel_path, p.sha256 FROM photo p JOIN source s ON s.id = p.source_id
JOIN label l ON l.photo_id = p.id WHERE l.state <> 'absent' AND p.status = 'ok' ORDER BY p.id"""
    return tuple(
        CopyPhoto(photo_id=i, path=absolute(root, rel_path, project_folder), sha256=sha)
        for i, root, rel_path, sha in db.rows(sql)
    )


def present_contents(db: Database) -> dict[int, bytes]:
    """Content (sha256) of the same photos, by id."""
    sql = """
SELECT p.id, p.sha256 FROM photo p JOIN label l ON l.photo_id = p.id
WHERE l.state <> 'absent' AND p.status = 'ok' ORDER BY p.id"""
    return dict(db.rows(sql))
