"""Commands on a project's photos and classes: new, import, add-class."""

from __future__ import annotations

import argparse
import shlex
from collections import Counter
from pathlib import Path

from engine.base.errors import UserError
from engine.base.events import AnyEvent, FilesRefused, FilesSkipped, PhotosFound
from engine.base.fspath import shown, to_bytes, to_text
from engine.base.ids import RunId
from engine.cli.exchange_commands import are_manifests, import_manifests
from engine.cli.jobs import JobFailed, run_job
from engine.cli.output import print_result
from engine.cli.train_commands import train_run
from engine.insight.before_after import BeforeAfter
from engine.project.photos import ImportSummary
from engine.project.project import Project
from engine.recipe.recipe import from_json

# Files named in full.
_MOST_FILES = 6


def new(args: argparse.Namespace) -> None:
    """`fieldmark new PROJECT`."""
    project = Project.create(Path(args.project))
    try:
        values = {"project": to_text(to_bytes(project.folder))}
        print_result(values, f"Made the project {project.folder}", as_json=args.json)
    finally:
        project.close()


def import_photos(args: argparse.Namespace) -> None:
    """`fieldmark import PROJECT PATH...`."""
    if are_manifests(args.paths):
        import_manifests(args)
        return
    project = Project.open(Path(args.project))
    try:
        summary = take_in(project, args.paths, into_class=args.into_class, copy_in=args.copy)
    finally:
        project.close()
    said = [] if args.into_class is not None else _label_lines(args.project, summary)
    text = "\n".join([_summary_text(summary), *said])
    print_result(_summary_values(summary), text, as_json=args.json)


def take_in(project: Project, paths: list[str], *, into_class: str | None, copy_in: bool = False) -> ImportSummary:
    """The photos below the paths are in the project.

    Raises:
        UserError: a path does not exist.
        JobFailed: the import was stopped or crashed; what had come in until then stays.
    """
    roots = [to_bytes(path) for path in paths]
    for root, path in zip(roots, paths, strict=True):
        if not Path(path).exists():
            raise UserError(f"There is nothing at {shown(root)}.", safe="Nothing was imported.")
    session = project.photos.begin_import(roots, into_class=into_class)

    def take(event: AnyEvent) -> None:
        if isinstance(event, PhotosFound | FilesRefused | FilesSkipped):
            project.photos.ingest(event, session)

    ended = run_job(project.photos.import_spec(roots, copy_in=copy_in), take)
    summary, _ = project.photos.finish_import(session)
    if ended.reason != "finished":
        raise JobFailed(ended)
    if not summary.added and not summary.already_here:
        refused = "\n".join(f"{shown(row.path)}: {row.text}" for row in summary.refused)
        raise UserError(
            "No photo was found that can be used.",
            safe="The project is unchanged.",
            advice="Name a folder of photos, or of class folders.",
            details=refused,
        )
    return summary


def add_class(args: argparse.Namespace) -> None:
    """`fieldmark add-class PROJECT NAME PATH...`."""
    project = Project.open(Path(args.project))
    try:
        old = project.runs.current()
        if old is None:
            raise UserError(
                "There is no trained model yet to add a class to.",
                advice="Run `fieldmark train` first.",
            )
        summary = take_in(project, args.paths, into_class=args.name)
        if not summary.added and not summary.labelled:
            raise UserError(
                f"Nothing new was found for {args.name}: all photos are here already, with a class.",
                safe="Labels and model are unchanged.",
                advice="Change labels in the window, or name other photos.",
                details="\n".join(summary.conflicts),
            )
        run_id = train_run(project, from_json(old.recipe), name=f"Added {args.name}", start_from=old.id)
        project.runs.promote(run_id)
        result = project.comparisons.before_after(old.id, run_id)
        values = {
            **_summary_values(summary),
            **_before_after_values(project, result, run_id),
        }
    finally:
        project.close()
    undo = f"Run {run_id} is the model in use now; `fieldmark use {args.project} {old.id}` goes back to the one before."
    print_result(values, f"{_summary_text(summary)}\n{result.verdict}\n{undo}", as_json=args.json)


def _before_after_values(project: Project, result: BeforeAfter, run_id: RunId) -> dict[str, object]:
    photos = {row.id: row for row in project.browse.rows([change.photo_id for change in result.changed])}
    return {
        "run": int(run_id),
        "n": result.n,
        "before": {
            row.name: {"n": row.n, "right": row.right_before}
            for row in result.per_class
            if row.right_before is not None
        },
        "after": {row.name: {"n": row.n, "right": row.right_after} for row in result.per_class},
        "accuracy_before": result.accuracy_before,
        "accuracy_after": result.accuracy_after,
        "p_value": result.p_value,
        "verdict": result.verdict,
        "changed": [
            {
                "path": to_text(photos[change.photo_id].path),
                "class": change.true_class,
                "before": change.before,
                "after": change.after,
            }
            for change in result.changed
        ],
    }


def _summary_values(summary: ImportSummary) -> dict[str, object]:
    return {
        "added": summary.added,
        "skipped": summary.already_here + summary.skipped,
        "already_here": summary.already_here,
        "refused": [{"path": to_text(r.path), "kind": r.kind, "reason": r.text} for r in summary.refused],
        "classes_made": list(summary.classes_made),
        "conflicts": list(summary.conflicts),
        "moved": summary.moved,
        "labelled": summary.labelled,
        "label_files": [to_text(path) for path in summary.label_files],
    }


def _label_lines(project: str, summary: ImportSummary) -> list[str]:
    """How labels are read that lie beside the photos; without that, what others have labelled comes in as a pile."""
    files = [shown(path) for path in summary.label_files]
    if not files:
        return []
    named = " ".join(shlex.quote(file) for file in files[:_MOST_FILES])
    more = f" (and {len(files) - _MOST_FILES:,} more)" if len(files) > _MOST_FILES else ""
    return [
        "These were not read, and may say what the photos show. To take in what they say:",
        f"  fieldmark import {shlex.quote(project)} {named}{more}",
    ]


def _summary_text(summary: ImportSummary) -> str:
    lines = [f"{summary.added:,} photos added, {summary.already_here:,} were here already"]
    if summary.labelled:
        lines.append(f"{summary.labelled:,} that were here without a class have got theirs")
    if summary.skipped:
        lines.append(f"{summary.skipped:,} other files left alone")
    if summary.classes_made:
        lines.append(f"New classes: {', '.join(summary.classes_made)}")
    lines += [f"Conflict: {text}" for text in summary.conflicts]
    if summary.conflicts:
        lines.append("Photos in conflict keep the labels they have; look at them in the window, Explore, Copies.")
    if summary.refused:
        kinds = Counter(row.kind for row in summary.refused)
        lines.append(
            f"{len(summary.refused):,} files could not be used ({', '.join(f'{n} {k}' for k, n in kinds.items())}):"
        )
        lines += [f"  {shown(row.path)}: {row.text}" for row in summary.refused]
    return "\n".join(lines)
