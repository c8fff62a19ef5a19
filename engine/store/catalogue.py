"""Photos with everything that is said of them, for tables and exports; and the facts that tables fill in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.base.ids import OpId, PhotoId, SplitId
from engine.store.db import Database
from engine.store.marks import marks_of_kind
from engine.store.photos import absolute


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """One photo that is in the project. `root`: the absolute folder of its import, `path` its absolute path.

    `part`: of a split, else what its folders or a manifest suggested; empty for none.
    """

    photo_id: PhotoId
    source_id: int
    root: bytes
    rel_path: bytes
    path: bytes
    sha256: bytes
    width: int
    height: int
    state: str
    class_name: str
    reason: str
    tags: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    part: str
    taken: str
    camera: str
    latitude: float | None
    longitude: float | None


def catalogue_rows(db: Database, project_folder: bytes, split_id: SplitId | None = None) -> tuple[CatalogueRow, ...]:
    """All photos of the project, excluded ones and ones that are missing too, by source and path.

    Args:
        split_id: the split whose parts they have; None for none.
    """
    sql = """
SELECT p.id, s.id, s.root, p.rel_path, p.sha256, p.width, p.height, l.state, coalesce(c.name, ''),
  coalesce(k.value, ''), coalesce(m.part, p.folder_part, ''), coalesce(t.taken, ''), coalesce(t.camera, ''),
  t.latitude, t.longitude
FROM photo p JOIN source s ON s.id = p.source_id JOIN label l ON l.photo_id = p.id
LEFT JOIN class c ON c.id = l.class_id
LEFT JOIN mark k ON k.photo_id = p.id AND k.kind = 'reason' AND l.state = 'excluded'
LEFT JOIN split_member m ON m.photo_id = p.id AND m.split_id = ?
LEFT JOIN photo_meta t ON t.photo_id = p.id
WHERE l.state <> 'absent' ORDER BY s.id, p.rel_path"""
    tags: dict[int, list[str]] = defaultdict(list)
    for photo_id, name, _ in marks_of_kind(db, "tag"):
        tags[photo_id].append(name)
    columns: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for photo_id, name, value in marks_of_kind(db, "column"):
        columns[photo_id].append((name, value))
    return tuple(
        CatalogueRow(
            photo_id=PhotoId(i),
            source_id=source_id,
            root=root or project_folder,
            rel_path=rel_path,
            path=absolute(root, rel_path, project_folder),
            sha256=sha,
            width=width,
            height=height,
            state=state,
            class_name=name,
            reason=reason,
            tags=tuple(tags.get(i, ())),
            columns=tuple(columns.get(i, ())),
            part=part,
            taken=taken,
            camera=camera,
            latitude=latitude,
            longitude=longitude,
        )
        for i, source_id, root, rel_path, sha, width, height, state, name, reason, part, taken, camera, latitude,
        longitude in db.rows(sql, (split_id,))
    )  # fmt: skip


def photo_places(db: Database, project_folder: bytes) -> Iterator[tuple[PhotoId, bytes, bytes, bytes]]:
    """(photo, absolute path, path below its import's root, SHA-256) of all photos of the project, by id."""
    sql = """
SELECT p.id, s.root, p.rel_path, p.sha256 FROM photo p JOIN source s ON s.id = p.source_id
JOIN label l ON l.photo_id = p.id WHERE l.state <> 'absent' ORDER BY p.id"""
    for i, root, rel_path, sha in db.rows(sql):
        yield PhotoId(i), absolute(root, rel_path, project_folder), rel_path, sha


def n_changed_by(db: Database, op: OpId) -> int:
    """Of how many photos the step has changed the label or a mark."""
    sql = """
SELECT count(*) FROM (SELECT photo_id FROM mark_event WHERE op_id = ?1
  UNION SELECT photo_id FROM label_event WHERE op_id = ?1)"""
    return int(db.one(sql, (op,))[0])


def fill_parts(db: Database, rows: Iterable[tuple[str, int]]) -> None:
    """(part, photo id): the part counts as suggested by a folder where none was, inside the open transaction."""
    db.write_many("UPDATE photo SET folder_part = ? WHERE id = ? AND folder_part IS NULL", rows)
