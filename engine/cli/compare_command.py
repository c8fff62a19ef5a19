"""`fieldmark compare`: which of several runs is better, on the photos all of them were tested on."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from engine.base.errors import UserError
from engine.base.files import atomic_write
from engine.base.ids import RunId
from engine.cli.output import print_result, table
from engine.insight.comparison import Comparison
from engine.project.project import Project
from engine.report.comparison_table import as_csv, as_latex, as_markdown, caption, cells

# The columns a terminal has room for.
_SHOWN = {
    0: "run", 1: "name", 2: "right %", 3: "95 % interval", 4: "macro F1", 7: "ECE", 8: "right alone", 12: "difference",
    13: "95 % interval", 14: "p", 15: "verdict",
}  # fmt: skip


def compare(args: argparse.Namespace) -> None:
    """`fieldmark compare PROJECT [--run ID ...] [--with ID] [--part test|cv] [--csv|--markdown|--latex OUT]`."""
    project = Project.open(Path(args.project))
    try:
        reference = _reference(project, args.reference)
        runs = [RunId(number) for number in args.run] or _of_one_split(project, reference)
        if set(runs) <= {reference}:
            raise UserError("There is only one run to compare.", advice="Train another one, or name runs by --run.")
        found = project.comparisons.runs(runs, reference, args.part)
    finally:
        project.close()
    for path, write in ((args.csv, as_csv), (args.markdown, as_markdown), (args.latex, as_latex)):
        if path is not None:
            atomic_write(Path(path), write(found))
    print_result(msgspec.to_builtins(found), _text(found), as_json=args.json)


def _reference(project: Project, number: int | None) -> RunId:
    if number is not None:
        return project.runs.row(RunId(number)).id
    current = project.runs.current()
    if current is None:
        raise UserError("There is no model in use to compare with.", advice="Name a run by --with, or train first.")
    return current.id


def _of_one_split(project: Project, reference: RunId) -> list[RunId]:
    split = project.runs.row(reference).split_id
    return [row.id for row in project.runs.rows() if row.split_id == split and row.n]


def _text(found: Comparison) -> str:
    rows = [tuple(cells(run)[at] or "-" for at in _SHOWN) for run in found.runs]
    more = f"\nThey do not all agree on {len(found.disagreed):,} of these photos."
    return table(tuple(_SHOWN.values()), rows) + "\n\n" + caption(found) + more
