"""Photos as exploring wants them: file facts, label, part of the split."""

from __future__ import annotations

from dataclasses import dataclass

from engine.base.ids import SplitId
from engine.store.db import Database
from engine.store.photos import absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One photo that is in the project and whose file was fine when last seen; `part`: of a split.

    `reason` says why an excluded photo is; empty if nobody said.
    """

    photo_id: int
    path: bytes
    shown: str
    sha256: bytes
    n_bytes: int
    width: int
    height: int
    format: str
    state: str
    class_name: str
    part: str
    reason: str


def fact_rows(db: Database, project_folder: bytes, split_id: SplitId | None = None) -> tuple[FactRow, ...]:
    """All such photos, excluded ones too, by id, with their part of the split; None: with none."""
    sql = """
SELECT p.id, s.root, p.rel_path, p.shown, p.sha256, p.n_bytes, p.width, p.height, p.format, l.state,
  coalesce(c.name, ''), coalesce(m.part, ''),
  coalesce(k.value, '')
FROM photo p JOIN source s ON s.id = p.source_id JOIN label l ON l.photo_id = p.id
LEFT JOIN class c ON c.id = l.class_id
LEFT JOIN split_member m ON m.photo_id = p.id AND m.split_id = ?
LEFT JOIN mark k ON k.photo_id = p.id AND k.kind = 'reason' AND l.state = 'excluded'
WHERE l.state <> 'absent' AND p.status = 'ok' ORDER BY p.id"""
    return tuple(
        FactRow(
            photo_id=i,
            path=absolute(root, rel_path, project_folder),
            shown=shown,
            sha256=sha,
            n_bytes=n_bytes,
            width=width,
            height=height,
            format=format_,
            state=state,
            class_name=name,
            part=part,
            reason=reason,
        )
        for i, root, rel_path, shown, sha, n_bytes, width, height, format_, state, name, part, reason in db.rows(
            sql, (split_id,)
        )
    )
