"""Rows of classes: finding them by name and key, and moving all their labels at once."""

from __future__ import annotations

import unicodedata

from engine.base.ids import ClassId, OpId
from engine.store.db import Database
from engine.store.history import ClassFacts


def folded(name: str) -> str:
    """The form in which names are compared: `Cod`, `cod` and a differently composed `cod` are one name."""
    return unicodedata.normalize("NFC", name).casefold()


def by_name(db: Database, name: str) -> ClassId | None:
    """The living class of that name, ignoring case."""
    for class_id, other in db.rows("SELECT id, name FROM class WHERE alive = 1 AND merged_into IS NULL"):
        if folded(other) == folded(name):
            return ClassId(class_id)
    return None


def with_key(db: Database, key: str) -> tuple[ClassId, ...]:
    """Living classes that the keyboard key assigns."""
    rows = db.rows(
        "SELECT id FROM class WHERE alive = 1 AND merged_into IS NULL AND key = ?",
        (key,),
    )
    return tuple(ClassId(i) for (i,) in rows)


def merged_into(db: Database, class_id: ClassId) -> tuple[ClassId, ...]:
    """Classes that were merged into this one earlier."""
    rows = db.rows("SELECT id FROM class WHERE alive = 1 AND merged_into = ?", (class_id,))
    return tuple(ClassId(i) for (i,) in rows)


def next_colour_and_keys(db: Database) -> tuple[int, frozenset[str]]:
    """(number of classes ever made, keys in use)."""
    rows = db.rows("SELECT key FROM class WHERE alive = 1 AND merged_into IS NULL AND key <> ''")
    return int(db.one("SELECT count(*) FROM class")[0]), frozenset(key for (key,) in rows)


def insert_class(db: Database, uid: str, facts: ClassFacts) -> ClassId:
    """A class row that does not count yet: the step that calls this brings it to life with `history.set_class`."""
    sql = "INSERT INTO class (uuid, name, colour, key, alive) VALUES (?, ?, ?, ?, 0)"
    return ClassId(db.write(sql, (uid, facts.name, facts.colour, facts.key)))


_MOVE = """
INSERT INTO label_event (op_id, photo_id, before_class, before_state, after_class, after_state)
SELECT ?, photo_id, class_id, state, ?, {state} FROM label WHERE class_id = ?"""


def relabel_all(db: Database, op: OpId, source: ClassId, target: ClassId) -> None:
    """Every label that names `source` names `target`, whatever its state, within a step."""
    db.write(_MOVE.format(state="state"), (op, target, source))


def unlabel_all(db: Database, op: OpId, class_id: ClassId) -> None:
    """No label names the class: labelled photos become unlabelled, others keep their state, within a step."""
    state = "CASE state WHEN 'labelled' THEN 'unlabelled' ELSE state END"
    db.write(_MOVE.format(state=state), (op, None, class_id))
