"""`fieldmark compare`: which of several runs is better, on the photos all of them were tested on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Literal

import msgspec

from engine.base.errors import UserError
from engine.base.files import atomic_write
from engine.base.ids import RunId
from engine.cli.comparison_text import facts_text
from engine.cli.output import print_result, table
from engine.insight.comparison import Comparison
from engine.insight.ensemble import Combined
from engine.project.joined_runs import InViews
from engine.project.project import Project
from engine.project.run_views import views_asked
from engine.recipe.joining import METHODS
from engine.recipe.views_cfg import ONCE
from engine.report.comparison_table import as_csv, as_latex, as_markdown, caption, cells
from engine.store.rows import PhotoFilter

# The columns a terminal has room for.
_SHOWN = {
    0: "run", 1: "name", 2: "right %", 3: "95 % interval", 4: "macro F1", 7: "ECE", 8: "right alone", 12: "difference",
    13: "95 % interval", 14: "p", 15: "verdict",
}  # fmt: skip


def compare(args: argparse.Namespace) -> None:
    """`fieldmark compare PROJECT [--run ID ...] [--with ID] [--part test|cv] [--csv|--markdown|--latex OUT]`.

    `--average|--weighted|--stacked ID,ID,...` and `--views ID:NAMES` add rows that are not runs.
    """
    combined, in_views = _combined(args), [_in_views(text) for text in args.views]
    project = Project.open(Path(args.project))
    try:
        reference = _reference(project, args.reference)
        runs = [RunId(number) for number in args.run] or _of_one_split(project, reference, args.part)
        if set(runs) <= {reference} and not combined and not in_views:
            raise UserError("There is only one run to compare.", advice="Train another one, or name runs by --run.")
        found = project.comparisons.runs(runs, reference, args.part, combined=combined, in_views=in_views)
    finally:
        project.close()
    for path, write in ((args.csv, as_csv), (args.markdown, as_markdown), (args.latex, as_latex)):
        if path is not None:
            atomic_write(Path(path), write(found))
    print_result(msgspec.to_builtins(found), _text(found), as_json=args.json)


def _combined(args: argparse.Namespace) -> list[Combined]:
    found = []
    for method in METHODS:
        for text in getattr(args, method):
            numbers = [_number(part) for part in text.split(",")]
            name = f"{method}: {', '.join(str(number) for number in numbers)}"
            found.append(Combined(name=name, method=method, members=tuple(numbers)))
    return found


def _in_views(text: str) -> InViews:
    number, _, names = text.partition(":")
    views = views_asked(names or "none")
    if views == ONCE:
        raise UserError(f"No views are named in {text!r}.", advice="Give a run and views, as 3:flip_h,crops.")
    return InViews(run_id=_number(number), views=views)


def _number(text: str) -> RunId:
    try:
        return RunId(int(text))
    except ValueError as error:
        raise UserError(f"{text!r} is not the number of a run.", advice="Give numbers of runs, as 3,4,5.") from error


def _reference(project: Project, number: int | None) -> RunId:
    if number is not None:
        return project.runs.row(RunId(number)).id
    current = project.runs.current()
    if current is None:
        raise UserError("There is no model in use to compare with.", advice="Name a run by --with, or train first.")
    return current.id


def _of_one_split(project: Project, reference: RunId, part: Literal["test", "cv"]) -> list[RunId]:
    """Those of the reference's split that have answers of that kind; the reference whether it has or not."""
    split = project.runs.row(reference).split_id
    rows = [row.id for row in project.runs.rows() if row.split_id == split and row.n]
    return [one for one in rows if one == reference or _has_answers(project, one, part)]


def _has_answers(project: Project, run_id: RunId, part: Literal["test", "cv"]) -> bool:
    return len(project.browse.ids(PhotoFilter(run_id=run_id, part=part, state="labelled", limit=1))) > 0


def _text(found: Comparison) -> str:
    rows = [tuple(cells(run)[at] or "-" for at in _SHOWN) for run in found.runs]
    more = f"\nThey do not all agree on {len(found.disagreed):,} of these photos."
    parts = (table(tuple(_SHOWN.values()), rows), facts_text(found), caption(found) + more)
    return "\n\n".join(part for part in parts if part)
