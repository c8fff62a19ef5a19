"""What is said of photos beside their class: tags, values from tables, reasons, verdicts on copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from engine.base.ids import OpId, PhotoId
from engine.store.db import Database

# What `name` and `value` are: tag: the tag, nothing; column: its heading, the photo's value; reason: nothing, why it is
# left out; apart: the id of a photo it is no copy of, nothing; kept: nothing, nothing (a copy that is to stay).
MarkKind = Literal["tag", "column", "reason", "apart", "kept"]
_MAX_VARIABLES = 500


def set_mark(db: Database, op: OpId, photo_id: PhotoId, kind: MarkKind, name: str, value: str | None) -> bool:
    """The photo's mark has this value (None: is gone), inside the open transaction; returns whether that is new."""
    row = db.one("SELECT value FROM mark WHERE photo_id = ? AND kind = ? AND name = ?", (int(photo_id), kind, name))
    before = None if row is None else str(row[0])
    if before == value:
        return False
    db.write(
        "INSERT INTO mark_event (op_id, photo_id, kind, name, before, after) VALUES (?, ?, ?, ?, ?, ?)",
        (op, int(photo_id), kind, name, before, value),
    )
    return True


def add_marks(db: Database, op: OpId, rows: Iterable[tuple[int, MarkKind, str, str]]) -> None:
    """(photo id, kind, name, value): each mark has this value; very many at once, inside the open transaction."""
    sql = """
INSERT INTO mark_event (op_id, photo_id, kind, name, before, after) SELECT ?1, ?2, ?3, ?4,
  (SELECT value FROM mark WHERE photo_id = ?2 AND kind = ?3 AND name = ?4), ?5
WHERE NOT EXISTS (SELECT 1 FROM mark WHERE photo_id = ?2 AND kind = ?3 AND name = ?4 AND value = ?5)"""
    db.write_many(sql, ((op, *row) for row in rows))


def replay_marks(db: Database, op: OpId, target: OpId, *, forward: bool) -> None:
    """The marks that `target` set are set again (`forward`) or as they were before it, inside the open transaction."""
    side, other, order = ("after", "before", "ASC") if forward else ("before", "after", "DESC")
    db.write(
        "INSERT INTO mark_event (op_id, photo_id, kind, name, before, after)"
        f" SELECT ?, photo_id, kind, name, {other}, {side} FROM mark_event WHERE op_id = ? ORDER BY id {order}",
        (op, target),
    )


def names_in_use(db: Database, kind: MarkKind) -> tuple[tuple[str, int], ...]:
    """(name, photos in the project that have it), by name."""
    sql = """
SELECT m.name, count(*) FROM mark m JOIN label l ON l.photo_id = m.photo_id
WHERE m.kind = ? AND l.state <> 'absent' GROUP BY m.name ORDER BY m.name COLLATE NOCASE, m.name"""
    return tuple((str(name), int(n)) for name, n in db.rows(sql, (kind,)))


def names_among(db: Database, kind: MarkKind, ids: Sequence[int]) -> dict[str, int]:
    """Name -> how many of these photos have it; names that none has are not there."""
    found: Counter[str] = Counter()
    for start in range(0, len(ids), _MAX_VARIABLES):
        chunk = [int(i) for i in ids[start : start + _MAX_VARIABLES]]
        places = ",".join("?" * len(chunk))
        sql = f"SELECT name, count(*) FROM mark WHERE photo_id IN ({places}) AND kind = ? GROUP BY name"
        found.update(dict(db.rows(sql, (*chunk, kind))))
    return dict(found)


def values_in_use(db: Database, kind: MarkKind, name: str) -> tuple[tuple[str, int], ...]:
    """(value, photos in the project that have it), the commonest first."""
    sql = """
SELECT m.value, count(*) FROM mark m JOIN label l ON l.photo_id = m.photo_id
WHERE m.kind = ? AND m.name = ? AND l.state <> 'absent' GROUP BY m.value ORDER BY count(*) DESC, m.value"""
    return tuple((str(value), int(n)) for value, n in db.rows(sql, (kind, name)))


def marks_of_kind(db: Database, kind: MarkKind) -> tuple[tuple[PhotoId, str, str], ...]:
    """(photo, name, value) of every photo in the project, by photo and name."""
    sql = """
SELECT m.photo_id, m.name, m.value FROM mark m JOIN label l ON l.photo_id = m.photo_id
WHERE m.kind = ? AND l.state <> 'absent' ORDER BY m.photo_id, m.name"""
    return tuple((PhotoId(i), str(name), str(value)) for i, name, value in db.rows(sql, (kind,)))


def marks_of_photo(db: Database, photo_id: PhotoId) -> tuple[tuple[str, str, str], ...]:
    """(kind, name, value) of one photo, by kind and name."""
    sql = "SELECT kind, name, value FROM mark WHERE photo_id = ? ORDER BY kind, name"
    return tuple((str(kind), str(name), str(value)) for kind, name, value in db.rows(sql, (int(photo_id),)))


def apart_pairs(db: Database) -> frozenset[tuple[int, int]]:
    """Photos of which somebody has said that they are no copies of one another: (smaller id, larger id)."""
    return frozenset((int(i), int(name)) for i, name, _ in marks_of_kind(db, "apart"))


def set_apart(db: Database, op: OpId, pairs: Iterable[tuple[int, int]]) -> int:
    """These are no copies of one another, inside the open transaction; returns how many pairs are new to the step."""
    add_marks(db, op, ((min(pair), "apart", str(max(pair)), "") for pair in pairs))
    return int(db.one("SELECT count(*) FROM mark_event WHERE op_id = ? AND kind = 'apart'", (op,))[0])
