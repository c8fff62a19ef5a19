"""Splits, runs and what the models said: written once, read many times, never edited."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.base.ids import ClassId, OpId, PhotoId, RunId, SplitId
from engine.data.predictions import PARTS, Predictions
from engine.recipe.recipe import Recipe, sha256_of, to_json
from engine.store.db import Database
from engine.store.rows import PredictionRow, SplitRow

Probs = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run as stored; scores are worked out elsewhere, from predictions and the labels of the day."""

    id: RunId
    uuid: str
    name: str
    recipe: str
    state: str
    seed: int
    split_id: SplitId
    as_of_op: OpId
    parent_id: RunId | None
    started_at: str
    ended_at: str
    problem: str
    folder: str
    class_ids: tuple[ClassId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPredictions:
    """A run's probabilities beside the labels the photos have now, classes that were merged since added up.

    Args:
        class_ids: (k,) int64, the columns.
        class_names: their names now.
        photo_ids: (n,) int64.
        true_classes: (n,) int64, class of the present label.
        true_columns: (n,) int32, its column; -1 if the run does not know that class.
        probs: (n, k) float32, rows sum to 1.
    """

    class_ids: NDArray[np.int64]
    class_names: tuple[str, ...]
    photo_ids: NDArray[np.int64]
    true_classes: NDArray[np.int64]
    true_columns: NDArray[np.int32]
    probs: NDArray[np.float32]


def trainable_photos(db: Database) -> list[tuple[int, int, bytes, str | None]]:
    """(photo id, class id, sha256, part its folder suggests) of every labelled photo whose file is fine, by id."""
    return db.rows(
        "SELECT p.id, l.class_id, p.sha256, p.folder_part FROM label l JOIN photo p ON p.id = l.photo_id"
        " JOIN class c ON c.id = l.class_id AND c.alive = 1"
        " WHERE l.state = 'labelled' AND p.status = 'ok' ORDER BY p.id"
    )


PROTECTED = ("test", "val", "train")


def split_parts(db: Database, split_id: SplitId) -> dict[int, str]:
    """Part of every photo in the split."""
    return dict(db.rows("SELECT photo_id, part FROM split_member WHERE split_id = ?", (split_id,)))


def split_plans(db: Database) -> list[tuple[SplitId, str]]:
    """(id, plan) of every split, newest first."""
    return [(SplitId(i), plan) for i, plan in db.rows("SELECT id, plan FROM split ORDER BY id DESC")]


def content_parts(db: Database, split_ids: Iterable[SplitId]) -> dict[bytes, str]:
    """The most protected part (test, then val) that each content (sha256) ever had in these splits."""
    sql = "SELECT p.sha256, m.part FROM split_member m JOIN photo p ON p.id = m.photo_id WHERE m.split_id = ?"
    found: dict[bytes, str] = {}
    for split_id in split_ids:
        for sha, part in db.rows(sql, (split_id,)):
            found[sha] = min(part, found.get(sha, part), key=PROTECTED.index)
    return found


def n_scored(db: Database, split_ids: Sequence[SplitId]) -> int:
    """How many runs were scored on test photos of these splits; a deleted one has looked at them all the same."""
    marks = ", ".join("?" for _ in split_ids)
    sql = "SELECT count(*) FROM run r WHERE EXISTS (SELECT 1 FROM prediction WHERE run_id = r.id AND part = 'test')"
    return int(db.one(f"{sql} AND r.split_id IN ({marks})", tuple(split_ids))[0])


def add_split(db: Database, *, name: str, plan: str, as_of_op: OpId, parts: Mapping[int, str]) -> SplitId:
    """A new frozen split, inside the open transaction."""
    sql = "INSERT INTO split (uuid, name, plan, as_of_op) VALUES (?, ?, ?, ?)"
    split_id = SplitId(db.write(sql, (str(uuid.uuid4()), name, plan, as_of_op)))
    db.write_many(
        "INSERT INTO split_member VALUES (?, ?, ?)",
        ((split_id, i, part) for i, part in parts.items()),
    )
    return split_id


def split_row(db: Database, split_id: SplitId) -> SplitRow:
    """The split with the number of photos in each part."""
    uid, name, plan, op = db.one("SELECT uuid, name, plan, as_of_op FROM split WHERE id = ?", (split_id,))
    n: dict[str, int] = dict(
        db.rows(
            "SELECT part, count(*) FROM split_member WHERE split_id = ? GROUP BY part",
            (split_id,),
        )
    )
    return SplitRow(
        id=split_id,
        uuid=uid,
        name=name,
        plan=plan,
        as_of_op=OpId(op),
        n_train=n.get("train", 0),
        n_val=n.get("val", 0),
        n_test=n.get("test", 0),
    )


def add_run(
    db: Database,
    *,
    name: str,
    recipe: Recipe,
    split_id: SplitId,
    as_of_op: OpId,
    parent_id: RunId | None,
    versions: Mapping[str, str],
    at: str,
    class_ids: Sequence[int],
) -> tuple[RunId, str]:
    """(id, folder name) of a new queued run, inside the open transaction."""
    uid = str(uuid.uuid4())
    sql = (
        "INSERT INTO run (uuid, name, recipe, recipe_sha256, split_id, as_of_op, parent_id, seed, versions, state,"
        " started_at, folder) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)"
    )
    values = (
        uid,
        name,
        to_json(recipe),
        sha256_of(recipe),
        split_id,
        as_of_op,
        parent_id,
        recipe.seed,
    )
    run_id = RunId(db.write(sql, (*values, json.dumps(dict(versions), sort_keys=True), at, uid)))
    db.write_many(
        "INSERT INTO run_class VALUES (?, ?, ?)",
        ((run_id, n, i) for n, i in enumerate(class_ids)),
    )
    return run_id, uid


def set_run_state(db: Database, run_id: RunId, state: str, *, ended_at: str = "", problem: str = "") -> None:
    """How the run stands, inside the open transaction."""
    db.write(
        "UPDATE run SET state = ?, ended_at = ?, problem = ? WHERE id = ?",
        (state, ended_at, problem, run_id),
    )


def rename_run(db: Database, run_id: RunId, name: str) -> None:
    """The run's name, inside the open transaction."""
    db.write("UPDATE run SET name = ? WHERE id = ?", (name, run_id))


def hide_run(db: Database, run_id: RunId) -> None:
    """The run is listed no more, inside the open transaction."""
    db.write("UPDATE run SET hidden = 1 WHERE id = ?", (run_id,))


_RUN = (
    "SELECT id, uuid, name, recipe, state, seed, split_id, as_of_op, parent_id, started_at, ended_at, problem, folder"
    " FROM run WHERE hidden = 0"
)


def stored_runs(db: Database) -> tuple[StoredRun, ...]:
    """All runs that were not deleted, newest first."""
    return tuple(_run(db, row) for row in db.rows(f"{_RUN} ORDER BY id DESC"))


def stored_run(db: Database, run_id: RunId) -> StoredRun | None:
    """One run, or None if it does not exist or was deleted."""
    row = db.one(f"{_RUN} AND id = ?", (run_id,))
    return None if row is None else _run(db, row)


def _run(db: Database, row: Sequence[Any]) -> StoredRun:
    columns = db.rows("SELECT class_id FROM run_class WHERE run_id = ? ORDER BY column_no", (row[0],))
    return StoredRun(
        id=RunId(row[0]),
        uuid=row[1],
        name=row[2],
        recipe=row[3],
        state=row[4],
        seed=row[5],
        split_id=SplitId(row[6]),
        as_of_op=OpId(row[7]),
        parent_id=None if row[8] is None else RunId(row[8]),
        started_at=row[9],
        ended_at=row[10],
        problem=row[11],
        folder=row[12],
        class_ids=tuple(ClassId(i) for (i,) in columns),
    )


def add_predictions(db: Database, run_id: RunId, found: Predictions) -> None:
    """What the run said of every photo is stored, inside the open transaction."""
    ranked = np.sort(found.probs, axis=1)
    second = ranked[:, -2] if found.probs.shape[1] > 1 else np.zeros(len(ranked), dtype=np.float32)
    top = found.probs.argmax(axis=1)
    little = found.probs.astype("<f4")
    db.write_many(
        "INSERT OR REPLACE INTO prediction VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                run_id,
                PARTS[found.parts[n]],
                int(found.photo_ids[n]),
                int(found.class_ids[found.true_columns[n]]),
                int(found.class_ids[top[n]]),
                float(ranked[n, -1]),
                float(ranked[n, -1] - second[n]),
                little[n].tobytes(),
            )
            for n in range(len(found.photo_ids))
        ),
    )


def labelled_predictions(
    db: Database, run: StoredRun, part: str, change: Callable[[Probs], Probs] | None = None
) -> LabelledPredictions:
    """The run's predictions of one part for the photos that are labelled now; (n, k) with merged classes added up.

    Args:
        change: applied to the stored probabilities, in the run's own columns.
    """
    sql = """
SELECT pr.photo_id, l.class_id, pr.probs FROM prediction pr JOIN label l ON l.photo_id = pr.photo_id
WHERE pr.run_id = ? AND pr.part = ? AND l.state = 'labelled' ORDER BY pr.photo_id"""
    rows = db.rows(sql, (run.id, part))
    raw = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f4").reshape(len(rows), len(run.class_ids))
    return _beside_labels(db, run, [row[:2] for row in rows], raw if change is None else change(raw))


def labelled_answers(db: Database, run: StoredRun, found: Predictions) -> LabelledPredictions:
    """As `labelled_predictions`, of answers that are not stored; their columns are the run's."""
    sql = "SELECT class_id FROM label WHERE photo_id = ? AND state = 'labelled'"
    labels = {int(photo_id): db.one(sql, (int(photo_id),)) for photo_id in found.photo_ids}
    order = [at for at in np.argsort(found.photo_ids) if labels[int(found.photo_ids[at])] is not None]
    rows = [(int(found.photo_ids[at]), labels[int(found.photo_ids[at])][0]) for at in order]
    return _beside_labels(db, run, rows, found.probs[order])


def _beside_labels(db: Database, run: StoredRun, labels: Sequence[tuple[int, int]], raw: Probs) -> LabelledPredictions:
    """`labels`: (photo id, class id) of each row of `raw`, whose columns are the run's."""
    standing = _standing(db)
    names = dict(db.rows("SELECT id, name FROM class"))
    targets = [standing[class_id] for class_id in run.class_ids]
    columns = standing_classes(db, run)
    probs = np.zeros((len(labels), len(columns)), dtype=np.float32)
    for n, target in enumerate(targets):
        probs[:, columns.index(target)] += raw[:, n]
    column_of = {class_id: n for n, class_id in enumerate(columns)}
    return LabelledPredictions(
        class_ids=np.array(columns, dtype=np.int64),
        class_names=tuple(names[class_id] for class_id in columns),
        photo_ids=np.array([photo_id for photo_id, _ in labels], dtype=np.int64),
        true_classes=np.array([class_id for _, class_id in labels], dtype=np.int64),
        true_columns=np.array([column_of.get(ClassId(class_id), -1) for _, class_id in labels], dtype=np.int32),
        probs=probs,
    )


def standing_classes(db: Database, run: StoredRun) -> tuple[ClassId, ...]:
    """The run's classes as they are now: merged ones are one, in the order of the run's columns."""
    standing = _standing(db)
    return tuple(dict.fromkeys(standing[class_id] for class_id in run.class_ids))


def _standing(db: Database) -> dict[ClassId, ClassId]:
    """The class that each class counts as."""
    return {ClassId(i): ClassId(now) for i, now in db.rows("SELECT id, coalesce(merged_into, id) FROM class")}


def run_versions(db: Database, run_id: RunId) -> dict[str, str]:
    """Versions of what the run was begun with, by name."""
    found: dict[str, str] = json.loads(db.one("SELECT versions FROM run WHERE id = ?", (run_id,))[0])
    return found


def n_label_changes(db: Database, run_id: RunId) -> int:
    """How many photos of the run, those that teach too, have another label now than when it was made (or none).

    A label whose class was merged into another is the same label.
    """
    asked = """
SELECT count(DISTINCT pr.photo_id) FROM prediction pr JOIN label l ON l.photo_id = pr.photo_id
JOIN class tc ON tc.id = pr.true_class
WHERE pr.run_id = ? AND (l.state <> 'labelled' OR l.class_id <> coalesce(tc.merged_into, pr.true_class))"""
    # Photos that a network learned from have no answers: what changed of them stands in the history alone.
    taught = """
SELECT count(*) FROM run r
JOIN (SELECT photo_id, min(id) AS id FROM label_event
      WHERE op_id > (SELECT as_of_op FROM run WHERE id = ?) GROUP BY photo_id) f
JOIN label_event e ON e.id = f.id
JOIN split_member m ON m.split_id = r.split_id AND m.photo_id = e.photo_id
JOIN label l ON l.photo_id = e.photo_id
JOIN class bc ON bc.id = e.before_class
WHERE r.id = ? AND e.before_state = 'labelled'
AND (l.state <> 'labelled' OR l.class_id <> coalesce(bc.merged_into, e.before_class))
AND NOT EXISTS (SELECT 1 FROM prediction WHERE run_id = r.id AND photo_id = e.photo_id)"""
    return int(db.one(asked, (run_id,))[0]) + int(db.one(taught, (run_id, run_id))[0])


def n_relabelled(db: Database, split_id: SplitId, since: OpId) -> int:
    """How many photos of the split, those that teach too, have another label now than after the step `since`."""
    sql = """
SELECT count(*) FROM split_member m JOIN label l ON l.photo_id = m.photo_id
JOIN label_event e ON e.id = (SELECT min(id) FROM label_event WHERE photo_id = m.photo_id AND op_id > ?)
WHERE m.split_id = ? AND (e.before_state <> l.state OR e.before_class IS NOT l.class_id)"""
    return int(db.one(sql, (since, split_id))[0])


def prediction_rows(db: Database, run: StoredRun, ids: Sequence[int]) -> dict[int, PredictionRow]:
    """What the run said of the photos, by photo id; a photo in `test` and `cv` is answered from `test`.

    `top_class` and `p_true` speak of the classes as they are now: a merged one counts as the class it is part of.
    """
    found: dict[int, PredictionRow] = {}
    standing = _standing(db)
    targets = [standing[class_id] for class_id in run.class_ids]
    sql = """
SELECT pr.part, pr.top_class, pr.top_p, pr.probs, l.class_id FROM prediction pr
JOIN label l ON l.photo_id = pr.photo_id
WHERE pr.run_id = ? AND pr.part IN ('cv', 'test') AND pr.photo_id = ? ORDER BY pr.part"""
    for photo_id in ids:
        for part, top_class, top_p, blob, class_id in db.rows(sql, (run.id, int(photo_id))):
            probs = tuple(float(p) for p in np.frombuffer(blob, dtype="<f4"))
            true = [p for p, target in zip(probs, targets, strict=True) if target == class_id]
            found[int(photo_id)] = PredictionRow(
                photo_id=PhotoId(int(photo_id)),
                part=part,
                top_class=standing[ClassId(top_class)],
                top_p=top_p,
                p_true=sum(true) if true else None,
                probs=probs,
            )
    return found


def run_photo_ids(db: Database, split_id: SplitId) -> list[int]:
    """Ids of all photos in a split."""
    return [row[0] for row in db.rows("SELECT photo_id FROM split_member WHERE split_id = ?", (split_id,))]


def get_setting(db: Database, name: str) -> str:
    """A project setting; empty if it was never set."""
    row = db.one("SELECT value FROM setting WHERE name = ?", (name,))
    return "" if row is None else str(row[0])


def set_setting(db: Database, name: str, value: str) -> None:
    """Remember a project setting, inside the open transaction."""
    db.write(
        "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
