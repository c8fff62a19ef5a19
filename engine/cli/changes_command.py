"""`fieldmark changes`: what changed between two runs; and what one run stands on, in words and as values."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from engine.base.fspath import to_text
from engine.base.ids import PhotoId, RunId
from engine.cli.output import print_result, table
from engine.project.project import Project
from engine.project.run_changes import PhotoChange, RunChanges, run_changes
from engine.project.run_log import RunLog
from engine.recipe.difference import Difference

# Photos named in the text; the JSON names all.
_MOST_NAMED = 20
_DIGITS = 12


def changes(args: argparse.Namespace) -> None:
    """`fieldmark changes PROJECT RUN RUN`."""
    project = Project.open(Path(args.project), read_only=True)
    try:
        found = run_changes(project, RunId(args.before), RunId(args.after))
        paths = _paths(project, found)
    finally:
        project.close()
    print_result(_values(found, paths), _text(found, paths), as_json=args.json)


def log_values(log: RunLog) -> dict[str, object]:
    """What a run stands on, as plain JSON values."""
    return {
        "run": int(log.run_id),
        "name": log.name,
        "began": log.began,
        "parent": None if log.parent is None else int(log.parent),
        "seed": log.seed,
        "labels_as_of": int(log.labels_as_of),
        "photos": log.n_photos,
        "classes": log.n_classes,
        "data_sha256": log.data_digest,
        "split": int(log.split_id),
        "split_sha256": log.split_digest,
        "recipe_sha256": log.recipe_digest,
        "versions": dict(log.versions),
    }


def log_text(log: RunLog) -> str:
    """What a run stands on, in lines for people."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(log.versions.items()))
    started = "" if log.parent is None else f", started from run {log.parent}"
    data, split, recipe = (name[:_DIGITS] for name in (log.data_digest, log.split_digest, log.recipe_digest))
    lines = (
        f"data {data}: {log.n_photos:,} photos of {log.n_classes} classes, labels as of step {log.labels_as_of}",
        f"split {log.split_id} ({split}), recipe {recipe}, seed {log.seed}{started}",
        f"made by {versions}",
    )
    return "\n".join(lines)


def _paths(project: Project, found: RunChanges) -> dict[PhotoId, str]:
    photos = found.photos
    ids = [*photos.added, *photos.excluded, *photos.unsure, *photos.removed]
    ids += [change.photo_id for change in (*photos.relabelled, *photos.moved)]
    return {row.id: to_text(row.path) for row in project.browse.rows(ids)}


def _values(found: RunChanges, paths: dict[PhotoId, str]) -> dict[str, object]:
    photos = found.photos
    lists = {"added": photos.added, "excluded": photos.excluded, "unsure": photos.unsure, "removed": photos.removed}
    return {
        "before": log_values(found.before),
        "after": log_values(found.after),
        "recipe": _difference_values(found.recipe),
        "photos": {
            **{name: [paths.get(i, "") for i in ids] for name, ids in lists.items()},
            "relabelled": _change_values(photos.relabelled, paths),
            "renamed": [{"before": one.before, "after": one.after} for one in photos.renamed],
            "per_class": [{"class": row.name, "before": row.before, "after": row.after} for row in photos.per_class],
        },
        "split": {"same_plan": found.same_plan, "same": found.same_split, "moved": _change_values(photos.moved, paths)},
        "versions": _difference_values(found.versions),
        "nothing": found.is_nothing,
    }


def _difference_values(rows: Sequence[Difference]) -> list[dict[str, str]]:
    return [{"place": row.place, "before": row.before, "after": row.after} for row in rows]


def _change_values(rows: Sequence[PhotoChange], paths: dict[PhotoId, str]) -> list[dict[str, str]]:
    return [{"path": paths.get(row.photo_id, ""), "before": row.before, "after": row.after} for row in rows]


def _text(found: RunChanges, paths: dict[PhotoId, str]) -> str:
    before, after = found.before, found.after
    head = f"From run {before.run_id}, {before.name}, to run {after.run_id}, {after.name}"
    if found.is_nothing:
        return f"{head}: nothing that is recorded differs. The one repeats the other."
    parts = [head]
    if before.parent != after.parent:
        parts.append(f"Started from: {_start(before)} before, {_start(after)} after")
    parts.append(_differences_text("Recipe", "the same", found.recipe))
    parts.append(_photos_text(found, paths))
    parts.append(_split_text(found, paths))
    parts.append(_differences_text("Made by", "the same versions", found.versions))
    return "\n\n".join(parts)


def _start(log: RunLog) -> str:
    return "nothing" if log.parent is None else f"run {log.parent}"


def _differences_text(title: str, same: str, rows: Sequence[Difference]) -> str:
    if not rows:
        return f"{title}: {same}"
    cells = [(row.place, row.before or "-", row.after or "-") for row in rows]
    return f"{title}:\n{table(('', 'before', 'after'), cells)}"


def _photos_text(found: RunChanges, paths: dict[PhotoId, str]) -> str:
    photos = found.photos
    title = f"Photos: {found.before.n_photos:,} before, {found.after.n_photos:,} after"
    if found.same_data:
        return f"{title}, the same with the same labels"
    counts = (
        f"{len(photos.added):,} added, {len(photos.excluded):,} excluded, {len(photos.unsure):,} set aside as unsure, "
        f"{len(photos.removed):,} removed, {len(photos.relabelled):,} relabelled"
    )
    cells = [(row.name, f"{row.before:,}", f"{row.after:,}") for row in photos.per_class if row.before != row.after]
    renamed = [f"  {one.before} is called {one.after} now" for one in photos.renamed]
    lines = [title, counts, *renamed, *_named(photos.relabelled, paths)]
    return "\n".join([*lines, table(("class", "before", "after"), cells)] if cells else lines)


def _split_text(found: RunChanges, paths: dict[PhotoId, str]) -> str:
    if found.same_split:
        return "Split: the same photos in the same parts"
    plan = "the same plan" if found.same_plan else "another plan"
    moved = f"Split: {plan}; {len(found.photos.moved):,} photos stand in another part"
    return "\n".join([moved, *_named(found.photos.moved, paths)])


def _named(rows: Sequence[PhotoChange], paths: dict[PhotoId, str]) -> list[str]:
    lines = [f"  {paths.get(row.photo_id, '')}: {row.before}, now {row.after}" for row in rows[:_MOST_NAMED]]
    more = len(rows) - len(lines)
    return [*lines, f"  and {more:,} more; --json names all"] if more else lines
