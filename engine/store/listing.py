"""Questions about photos: which ones match a filter, in which order, and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.base.ids import ClassId, PhotoId
from engine.store.db import Database
from engine.store.photos import absolute
from engine.store.rows import ClassRow, Counts, PhotoFilter, PhotoRow

_MAX_VARIABLES = 500

# A class that was merged into another counts as that other one; chains are kept flat by the merge itself.
_TOP = "coalesce(tc.merged_into, pr.top_class)"
_MARKED = "SELECT 1 FROM mark k WHERE k.photo_id = l.photo_id"
_ORDERS = {
    "added": "l.photo_id",
    "newest": "l.photo_id DESC",
    "name": "p.shown COLLATE NOCASE, p.id",
    # By number first: putting classes in order is quicker than every photo's name of a class.
    "class": "l.photo_id",
    "confident_wrong": f"{_TOP} <> l.class_id DESC, pr.top_p DESC, l.photo_id",
    "least_certain": "pr.margin, l.photo_id",
    "confident_right": f"{_TOP} = l.class_id DESC, pr.top_p DESC, l.photo_id",
}


def photo_ids(db: Database, query: PhotoFilter) -> NDArray[np.int64]:
    """Ids of the photos that match, in the filter's order; (n,) int64."""
    where, values = _where(query)
    # What is put in order or narrowed further in memory can only be cut off afterwards.
    cut = query.limit is not None and query.among is None and query.order != "class"
    wanted = "l.photo_id, l.class_id" if query.order == "class" else "l.photo_id"
    sql = f"SELECT {wanted} FROM {_tables(query)} WHERE {' AND '.join(where)} ORDER BY {_ORDERS[query.order]}" + (
        f" LIMIT {query.limit:d}" if cut else ""
    )
    rows = db.rows(sql, values)
    found = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    if query.order == "class":
        rank = _class_ranks(db)
        found = found[np.argsort([rank[row[1]] for row in rows], kind="stable")] if rows else found
    if query.among is not None:
        found = found[np.isin(found, np.array(query.among, dtype=np.int64))]
    return found if query.limit is None else found[: query.limit]


def _tables(query: PhotoFilter) -> str:
    """Only the tables that the question is about: joining a hundred thousand rows takes time."""
    if query.order == "name":
        # The index on names is the order; it has to lead.
        tables = "photo p CROSS JOIN label l ON l.photo_id = p.id"
    elif query.problem_only or query.text:
        tables = "label l JOIN photo p ON p.id = l.photo_id"
    else:
        tables = "label l"
    if query.run_id is not None:
        tables += " JOIN prediction pr ON pr.photo_id = l.photo_id JOIN class tc ON tc.id = pr.top_class"
    return tables


def _class_ranks(db: Database) -> dict[int | None, int]:
    """The place of each class by name; photos without one come first."""
    rows = db.rows("SELECT id FROM class ORDER BY name COLLATE NOCASE, id")
    return {None: 0, **{int(class_id): place for place, (class_id,) in enumerate(rows, start=1)}}


def _where(query: PhotoFilter) -> tuple[list[str], list[object]]:
    clauses: list[tuple[bool, str, tuple[object, ...]]] = [
        (query.state is None, "l.state NOT IN ('absent', 'excluded')", ()),
        (query.state is not None, "l.state = ?", (query.state,)),
        (query.class_id is not None, "l.class_id = ?", (query.class_id,)),
        (query.problem_only, "p.status <> 'ok'", ()),
        (bool(query.text), r"p.shown LIKE ? ESCAPE '\'", (f"%{_like(query.text)}%",)),
        (query.run_id is not None, "pr.run_id = ?", (query.run_id,)),
        (query.part is not None, "pr.part = ?", (query.part,)),
        (
            query.true_class is not None,
            "l.state = 'labelled' AND l.class_id = ?",
            (query.true_class,),
        ),
        (query.predicted_class is not None, f"{_TOP} = ?", (query.predicted_class,)),
        (
            query.wrong is not None,
            f"l.state = 'labelled' AND ({_TOP} <> l.class_id) = ?",
            (int(bool(query.wrong)),),
        ),
        (query.tag is not None, f"EXISTS ({_MARKED} AND k.kind = 'tag' AND k.name = ?)", (query.tag,)),
        (bool(query.reason), f"EXISTS ({_MARKED} AND k.kind = 'reason' AND k.value = ?)", (query.reason,)),
        (query.reason == "", f"NOT EXISTS ({_MARKED} AND k.kind = 'reason')", ()),
    ]
    active = [(text, values) for on, text, values in clauses if on]
    return [text for text, _ in active], [value for _, values in active for value in values]


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def photo_rows(db: Database, ids: Sequence[int], project_folder: bytes) -> tuple[PhotoRow, ...]:
    """Facts and labels of the photos, in the order asked for; unknown ids are left out."""
    found: dict[int, PhotoRow] = {}
    for start in range(0, len(ids), _MAX_VARIABLES):
        chunk = [int(i) for i in ids[start : start + _MAX_VARIABLES]]
        sql = (
            "SELECT p.id, s.root, p.rel_path, p.shown, p.sha256, p.n_bytes, p.width, p.height, p.status,"
            " CASE p.status WHEN 'ok' THEN p.note ELSE p.problem END, l.state, l.class_id,"
            " coalesce(k.value, '')"
            " FROM photo p JOIN source s ON s.id = p.source_id JOIN label l ON l.photo_id = p.id"
            " LEFT JOIN mark k ON k.photo_id = p.id AND k.kind = 'reason' AND l.state = 'excluded'"
            f" WHERE p.id IN ({','.join('?' * len(chunk))})"
        )
        for (
            i,
            root,
            rel,
            text,
            sha,
            n_bytes,
            width,
            height,
            status,
            problem,
            state,
            class_id,
            reason,
        ) in db.rows(sql, chunk):
            found[i] = PhotoRow(
                id=PhotoId(i),
                path=absolute(root, rel, project_folder),
                shown=text,
                sha256=sha,
                n_bytes=n_bytes,
                width=width,
                height=height,
                status=status,
                problem=problem,
                state=state,
                class_id=None if class_id is None else ClassId(class_id),
                reason=reason,
            )
    return tuple(found[int(i)] for i in ids if int(i) in found)


def class_rows(db: Database) -> tuple[ClassRow, ...]:
    """The living classes by name, with the number of photos labelled so."""
    sql = """
SELECT c.id, c.uuid, c.name, c.colour, c.key, count(l.photo_id) FROM class c
LEFT JOIN label l ON l.class_id = c.id AND l.state = 'labelled'
WHERE c.alive = 1 AND c.merged_into IS NULL GROUP BY c.id ORDER BY c.name COLLATE NOCASE, c.id"""
    return tuple(
        ClassRow(id=ClassId(i), uuid=uuid, name=name, colour=colour, key=key, n_photos=n)
        for i, uuid, name, colour, key, n in db.rows(sql)
    )


def class_names(db: Database) -> dict[ClassId, str]:
    """The name of every class there ever was; a merged one is called as the class it is part of now."""
    sql = "SELECT c.id, coalesce(m.name, c.name) FROM class c LEFT JOIN class m ON m.id = c.merged_into"
    return {ClassId(i): name for i, name in db.rows(sql)}


def reasons(db: Database) -> tuple[tuple[str, int], ...]:
    """(Why photos are excluded, how many are for that), the commonest first; empty where nobody said."""
    sql = """
SELECT coalesce(k.value, ''), count(*) FROM label l
LEFT JOIN mark k ON k.photo_id = l.photo_id AND k.kind = 'reason'
WHERE l.state = 'excluded' GROUP BY 1 ORDER BY 2 DESC, 1"""
    return tuple((str(reason), int(n)) for reason, n in db.rows(sql))


def counts(db: Database) -> Counts:
    """How many photos are in each state."""
    by_state: dict[str, int] = dict(db.rows("SELECT state, count(*) FROM label GROUP BY state"))
    sql = (
        "SELECT count(*) FROM photo p JOIN label l ON l.photo_id = p.id WHERE p.status <> 'ok' AND l.state <> 'absent'"
    )
    return Counts(
        n_photos=sum(n for state, n in by_state.items() if state != "absent"),
        n_labelled=by_state.get("labelled", 0),
        n_unlabelled=by_state.get("unlabelled", 0),
        n_unsure=by_state.get("unsure", 0),
        n_excluded=by_state.get("excluded", 0),
        n_problem=db.one(sql)[0],
    )
