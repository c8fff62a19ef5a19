"""Commands that give photos and labels to other tools and take them from there: table, export-photos, manifests."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from engine.base.errors import UserError
from engine.base.events import AnyEvent, FilesRefused, FilesSkipped, PhotosFound
from engine.base.fspath import shown, to_bytes
from engine.cli.jobs import JobFailed, finish_job, run_job
from engine.cli.output import print_result
from engine.data.names import tells_of_photos
from engine.exchange.export import read_record
from engine.exchange.forms import TITLES, ExportRecord, Photos
from engine.exchange.reading import Reading
from engine.exchange.side_table import TableMatch, unread_dates
from engine.exchange.sniff import read_data_set
from engine.exchange.text_table import RowProblem, TextTable, read_table
from engine.project.exchange import ReadSummary
from engine.project.project import Project
from engine.project.tables import TableSummary, column_of

_LISTED = 20


def table(args: argparse.Namespace) -> None:
    """`fieldmark table PROJECT FILE [--key COLUMN] [--columns A,B] [--label COLUMN] [--replace]`."""
    file = _existing(args.file)
    read = read_table(file)
    project = Project.open(Path(args.project))
    try:
        match = project.tables.match(read, os.path.dirname(file), key=args.key)
        title = f"Read {shown(file).rpartition('/')[2]}"
        label = None if args.label is None else column_of(read, args.label)
        columns = None if args.columns is None else [column_of(read, name.strip()) for name in args.columns.split(",")]
        summary, _ = project.tables.take(read, match, title=title, columns=columns, labels=label, replace=args.replace)
    finally:
        project.close()
    print_result(_table_values(read, match, summary), _table_text(read, match, summary), as_json=args.json)


def export_photos(args: argparse.Namespace) -> None:
    """`fieldmark export-photos PROJECT OUT --as FORM [--link | --tables-only] [--bom]`."""
    out = Path(args.out)
    project = Project.open(Path(args.project), read_only=True)
    try:
        photos: Photos = "link" if args.link else "none" if args.tables_only else "copy"
        spec = project.exchange.export_spec(out.absolute(), args.form, photos=photos, bom=args.bom)
        finish_job(spec)
    finally:
        project.close()
    record = read_record(out)
    print_result(_export_values(record, out), _export_text(record, out), as_json=args.json)


def are_manifests(paths: Sequence[str]) -> bool:
    """Whether the paths are files that say of photos what they show, and not photos.

    Raises:
        UserError: some are and some are not.
    """
    found = [tells_of_photos(to_bytes(path)) for path in paths]
    if any(found) and not all(found):
        raise UserError(
            "Photos and tables of labels cannot be imported together.", advice="Import one, and then the other."
        )
    return all(found)


def import_manifests(args: argparse.Namespace) -> None:
    """`fieldmark import PROJECT manifest.csv|labels.json|camera_traps.json...`."""
    if args.into_class is not None or args.copy:
        raise UserError(
            "A table of labels says itself what its photos show and where they are.",
            safe="Nothing was imported.",
            advice="Leave --class and --copy out.",
        )
    readings = [read_data_set(_existing(path)) for path in args.paths]
    project = Project.open(Path(args.project))
    try:
        summaries = [_take_in(project, reading, replace=args.replace) for reading in readings]
    finally:
        project.close()
    values = {"manifests": [_manifest_values(one) for one in summaries]}
    print_result(values, "\n".join(map(_manifest_text, summaries)), as_json=args.json)


def _take_in(project: Project, reading: Reading, *, replace: bool) -> ReadSummary:
    """The manifest's photos are in the project with what it says of them.

    Raises:
        JobFailed: reading the photos was stopped or crashed; what had come in until then stays, with its facts.
    """
    plan = project.exchange.plan(reading)
    session = project.exchange.begin(plan)

    def take(event: AnyEvent) -> None:
        if isinstance(event, PhotosFound | FilesRefused | FilesSkipped):
            project.exchange.ingest(event, session, plan)

    failed = None
    for spec in project.exchange.import_specs(plan):
        ended = run_job(spec, take)
        if ended.reason != "finished":
            failed = JobFailed(ended)
            break
    summary, _ = project.exchange.finish(plan, session, replace=replace)
    if failed is not None:
        raise failed
    return summary


def _existing(path: str) -> bytes:
    if not os.path.exists(path):
        raise UserError(f"There is nothing at {path}.", safe="Nothing was changed.")
    return to_bytes(path)


def _table_values(read: TextTable, match: TableMatch, summary: TableSummary) -> dict[str, object]:
    return {
        "key": read.headings[match.key],
        "encoding": read.encoding,
        "rows": match.n_rows,
        "photos": len(match.rows),
        "photos_without_row": match.n_without,
        "columns": list(summary.columns),
        "changed": summary.n_changed,
        "labelled": summary.n_labelled,
        "classes_made": list(summary.classes_made),
        "conflicts": list(summary.conflicts),
        "notes": list(read.notes),
        "problems": _problem_values(match.problems),
        "unread_dates": unread_dates(read, [row for _, row in match.rows]),
    }


def _table_text(read: TextTable, match: TableMatch, summary: TableSummary) -> str:
    key = read.headings[match.key]
    lines = [
        f"{len(match.rows):,} of {match.n_rows:,} rows are of photos of this project, going by the column {key}",
        f"Something new is known of {summary.n_changed:,} photos; {match.n_without:,} have no row",
        f"Columns: {', '.join(summary.columns) or 'none'}",
    ]
    if summary.n_labelled:
        lines.append(f"{summary.n_labelled:,} photos labelled")
    if unread := unread_dates(read, [row for _, row in match.rows]):
        lines.append(f"{unread:,} dates can be read in several ways or none; write them as 2026-03-31 14:05:00")
    lines += _more(summary.classes_made, summary.conflicts, match.problems, read.notes)
    if summary.columns and summary.n_changed:
        lines.append("`fieldmark split PROJECT --leave-out COLUMN` scores each site, day or individual by the others.")
    return "\n".join(lines)


def _manifest_values(summary: ReadSummary) -> dict[str, object]:
    return {
        "added": summary.imported.added,
        "photos": summary.n_named,
        "changed": summary.n_changed,
        "classes_made": list(summary.classes_made),
        "conflicts": list(summary.conflicts),
        "notes": list(summary.notes),
        "problems": _problem_values(summary.problems),
    }


def _manifest_text(summary: ReadSummary) -> str:
    head = (
        f"{summary.imported.added:,} photos added; of {summary.n_changed:,} something new is known "
        f"({summary.n_named:,} are in the table)"
    )
    return "\n".join([head, *_more(summary.classes_made, summary.conflicts, summary.problems, summary.notes)])


def _export_values(record: ExportRecord, out: Path) -> dict[str, object]:
    return {
        "out": str(out),
        "form": record.form,
        "photos": record.n_photos,
        "classes": list(record.classes),
        "without_label": record.n_without_label,
        "copied_instead": record.n_copied_instead,
        "left_out": [{"path": one.path, "why": one.why} for one in record.left_out],
        "dataset_sha256": record.dataset_sha256,
        "version": record.version,
    }


def _export_text(record: ExportRecord, out: Path) -> str:
    lines = [f"Exported {record.n_photos:,} photos to {out} as {TITLES[record.form]}"]
    if record.n_without_label:
        lines.append(f"{record.n_without_label:,} photos without a label have no place in this form")
    if record.n_copied_instead:
        lines.append(f"{record.n_copied_instead:,} photos were copied, because they could not be linked to this place")
    lines += [f"left out: {one.path} ({one.why})" for one in record.left_out[:_LISTED]]
    lines += _and_more(len(record.left_out))
    return "\n".join(lines)


def _more(
    classes_made: Sequence[str], conflicts: Sequence[str], problems: Sequence[RowProblem], notes: Sequence[str]
) -> list[str]:
    """What else people are to know of what was read, a line each."""
    lines = [f"New classes: {', '.join(classes_made)}"] if classes_made else []
    lines += [*notes, *(f"Conflict: {text}" for text in conflicts[:_LISTED]), *_and_more(len(conflicts))]
    lines += [f"Row {one.line}: {one.text}" for one in problems[:_LISTED]]
    return lines + _and_more(len(problems))


def _and_more(n: int) -> list[str]:
    return [f"... and {n - _LISTED:,} more; --json lists all"] if n > _LISTED else []


def _problem_values(problems: Sequence[RowProblem]) -> list[dict[str, object]]:
    return [{"row": one.line, "problem": one.text} for one in problems]
