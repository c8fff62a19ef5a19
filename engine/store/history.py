"""The append-only history: recording what a step changed, taking steps back, bringing them again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.base.clock import Clock, iso_ms
from engine.base.ids import ClassId, OpId, PhotoId
from engine.store.db import Database
from engine.store.marks import replay_marks, set_mark
from engine.store.rows import HistoryRow

# Newest step whose last undo/redo is not an undo.
_UNDO_TARGET = """
WITH s AS (SELECT target, kind, max(id) FROM op WHERE target IS NOT NULL GROUP BY target)
SELECT o.id, o.title FROM op o LEFT JOIN s ON s.target = o.id
WHERE o.target IS NULL AND coalesce(s.kind, 'redo') = 'redo' ORDER BY o.id DESC LIMIT 1"""
# Oldest undone step whose undo is newer than every fresh step.
_REDO_TARGET = """
WITH s AS (SELECT target, kind, max(id) m FROM op WHERE target IS NOT NULL GROUP BY target),
     fresh AS (SELECT coalesce(max(id), 0) id FROM op WHERE target IS NULL)
SELECT s.target, o.title FROM s JOIN fresh JOIN op o ON o.id = s.target
WHERE s.kind = 'undo' AND s.m > fresh.id ORDER BY s.target LIMIT 1"""


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What can change about a class; equal to the JSON of `class_event`."""

    name: str
    colour: str
    key: str
    merged_into: int | None = None


def add_op(
    db: Database,
    clock: Clock,
    *,
    kind: str,
    title: str,
    actor: str = "user",
    target: int | None = None,
) -> OpId:
    """A new step in the history, inside the open transaction."""
    sql = "INSERT INTO op (at, actor, kind, title, target) VALUES (?, ?, ?, ?, ?)"
    return OpId(db.write(sql, (iso_ms(clock()), actor, kind, title, target)))


def last_op(db: Database) -> OpId:
    """The newest step; 0 in an empty project."""
    return OpId(db.one("SELECT coalesce(max(id), 0) FROM op")[0])


def set_labels(db: Database, op: OpId, ids: Iterable[PhotoId], class_id: ClassId | None, state: str) -> int:
    """Each photo's label becomes (class_id, state); returns how many were different before.

    A photo without any label row is absent: it is not in the project yet.
    """
    n_changed = 0
    # Ids may come straight from an array: SQLite stores a NumPy integer as a blob.
    for photo_id in map(int, ids):
        before = db.one("SELECT class_id, state FROM label WHERE photo_id = ?", (photo_id,)) or (None, "absent")
        if before == (class_id, state):
            continue
        _add_label_event(db, op, photo_id, before, (class_id, state))
        n_changed += 1
    return n_changed


def set_state(db: Database, op: OpId, ids: Iterable[PhotoId], state: str, reason: str = "") -> int:
    """Each photo keeps its class and gets the state; returns how many were different before.

    Args:
        reason: why photos are left out, empty for none; those that were left out before for another get this one.
    """
    n_changed = 0
    for photo_id in map(int, ids):
        class_id, before = db.one("SELECT class_id, state FROM label WHERE photo_id = ?", (photo_id,)) or (
            None,
            "absent",
        )
        if before == "absent":
            continue
        if before != state:
            _add_label_event(db, op, photo_id, (class_id, before), (class_id, state))
        told = bool(reason) and set_mark(db, op, PhotoId(photo_id), "reason", "", reason)
        n_changed += before != state or told
    return n_changed


def all_excluded(db: Database, ids: Iterable[PhotoId]) -> bool:
    """Whether each of these photos is left out."""
    states = (db.one("SELECT state FROM label WHERE photo_id = ?", (int(photo_id),)) for photo_id in ids)
    return all(state == ("excluded",) for state in states)


def include(db: Database, op: OpId, ids: Iterable[PhotoId]) -> int:
    """Excluded and unsure photos count again: labelled if they have a class, else unlabelled; returns how many."""
    n_changed = 0
    for photo_id in map(int, ids):
        class_id, state = db.one("SELECT class_id, state FROM label WHERE photo_id = ?", (photo_id,)) or (
            None,
            "absent",
        )
        if state in ("excluded", "unsure"):
            _add_label_event(
                db,
                op,
                photo_id,
                (class_id, state),
                (class_id, "unlabelled" if class_id is None else "labelled"),
            )
            n_changed += 1
    return n_changed


def _add_label_event(
    db: Database,
    op: OpId,
    photo_id: int,
    before: tuple[int | None, str],
    after: tuple[int | None, str],
) -> None:
    if before[1] == "excluded":
        set_mark(db, op, PhotoId(photo_id), "reason", "", None)
    db.write(
        "INSERT INTO label_event (op_id, photo_id, before_class, before_state, after_class, after_state)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (op, photo_id, *before, *after),
    )


def set_class(db: Database, op: OpId, class_id: ClassId, after: ClassFacts | None) -> None:
    """The class is as `after` says (None: gone), and the history remembers how it was."""
    before = class_facts(db, class_id)
    values = tuple(
        None if facts is None else json.dumps(facts_json(facts), sort_keys=True) for facts in (before, after)
    )
    db.write(
        "INSERT INTO class_event (op_id, class_id, before, after) VALUES (?, ?, ?, ?)",
        (op, class_id, *values),
    )
    _fold_class(db, class_id, after)


def facts_json(facts: ClassFacts) -> dict[str, str | int | None]:
    """The JSON object stored for a class in the history."""
    return {
        "name": facts.name,
        "colour": facts.colour,
        "key": facts.key,
        "merged_into": facts.merged_into,
    }


def class_facts(db: Database, class_id: ClassId) -> ClassFacts | None:
    """How the class is now; None if it is gone."""
    row = db.one(
        "SELECT name, colour, key, merged_into, alive FROM class WHERE id = ?",
        (class_id,),
    )
    return ClassFacts(*row[:4]) if row and row[4] else None


def _fold_class(db: Database, class_id: int, facts: ClassFacts | None) -> None:
    if facts is None:
        db.write("UPDATE class SET alive = 0 WHERE id = ?", (class_id,))
        return
    db.write(
        "UPDATE class SET alive = 1, name = ?, colour = ?, key = ?, merged_into = ? WHERE id = ?",
        (facts.name, facts.colour, facts.key, facts.merged_into, class_id),
    )


def undo_target(db: Database) -> tuple[OpId, str] | None:
    """The step that undo would take back, with its title."""
    return _target(db.one(_UNDO_TARGET))


def redo_target(db: Database) -> tuple[OpId, str] | None:
    """The step that redo would bring again, with its title."""
    return _target(db.one(_REDO_TARGET))


def _target(row: Sequence[object] | None) -> tuple[OpId, str] | None:
    return None if row is None else (OpId(int(str(row[0]))), str(row[1]))


def replay(db: Database, clock: Clock, target: OpId, title: str, *, forward: bool) -> None:
    """A new step that brings about (`forward`) or takes back what `target` did, inside the open transaction."""
    op = add_op(db, clock, kind="redo" if forward else "undo", title=title, target=target)
    side = "after" if forward else "before"
    other = "before" if forward else "after"
    order = "ASC" if forward else "DESC"
    db.write(
        "INSERT INTO label_event (op_id, photo_id, before_class, before_state, after_class, after_state)"
        f" SELECT ?, photo_id, {other}_class, {other}_state, {side}_class, {side}_state"
        f" FROM label_event WHERE op_id = ? ORDER BY id {order}",
        (op, target),
    )
    replay_marks(db, op, target, forward=forward)
    events = db.rows(
        f"SELECT class_id, {side} FROM class_event WHERE op_id = ? ORDER BY id {order}",
        (target,),
    )
    for class_id, text in events:
        set_class(db, op, class_id, None if text is None else ClassFacts(**json.loads(text)))


def history_rows(db: Database, limit: int) -> tuple[HistoryRow, ...]:
    """The newest steps, newest first; undos and redos themselves are not listed."""
    sql = """
WITH s AS (SELECT target, kind, max(id) FROM op WHERE target IS NOT NULL GROUP BY target)
SELECT o.id, o.at, o.actor, o.kind, o.title, coalesce(s.kind, 'redo') = 'undo'
FROM op o LEFT JOIN s ON s.target = o.id WHERE o.target IS NULL ORDER BY o.id DESC LIMIT ?"""
    return tuple(
        HistoryRow(id=OpId(i), at=at, actor=actor, kind=kind, title=title, undone=bool(undone))
        for i, at, actor, kind, title, undone in db.rows(sql, (limit,))
    )


def label_states(db: Database, ids: Iterable[PhotoId], as_of: OpId) -> dict[PhotoId, str]:
    """The state of each photo's label after the step `as_of`; `absent` before it was in the project."""
    sql = "SELECT after_state FROM label_event WHERE photo_id = ? AND op_id <= ? ORDER BY id DESC LIMIT 1"
    found = {photo_id: db.one(sql, (int(photo_id), as_of)) for photo_id in ids}
    return {photo_id: "absent" if row is None else str(row[0]) for photo_id, row in found.items()}
