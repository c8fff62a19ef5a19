"""`fieldmark study run|resume|report`: plans of runs carried out, gone on with, and compared."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.base.errors import UserError
from engine.base.files import atomic_write
from engine.cli.comparison_text import facts_text
from engine.cli.output import print_result, table
from engine.cli.study_plans import chosen_plan, found_recipe
from engine.cli.study_run import carry_out
from engine.insight.comparison import Comparison
from engine.project.project import Project
from engine.project.studies import StudyRun
from engine.project.study_comparison import compared_runs
from engine.project.study_report import study_contents
from engine.recipe.study_plan import StudyPlan, expand
from engine.report.comparison_table import as_csv, as_latex, as_markdown, caption, cells
from engine.report.study_page import study_page

_ABOUT_WEIGHTS = "The others are trained without them; `fieldmark weights` lists and fetches weights."
_SHOWN = {1: "run", 2: "right %", 3: "95 % interval", 4: "macro F1", 12: "difference", 14: "p", 15: "verdict"}


def run(args: argparse.Namespace) -> None:
    """`fieldmark study run|resume PROJECT PLAN... [--at-once N]`: what is done is passed over."""
    project = Project.open(Path(args.project))
    try:
        plans = [chosen_plan(name, project) for name in args.plan]
        studies = [(plan, expand(plan, found_recipe)) for plan in plans]
        carry_out(project, studies, at_once=args.at_once)
        told = []
        for plan, planned in studies:
            found = project.studies.progress(plan.name, planned)
            told.append((plan, found, compared_runs(project, plan, found)))
    finally:
        project.close()
    values = [_values(*one) for one in told]
    text = "\n\n".join(_text(*one) for one in told)
    print_result(values[0] if len(values) == 1 else {"studies": values}, text, as_json=args.json)
    states = {one.state for _, found, _ in told for one in found}
    if "failed" in states and "done" not in states:
        raise UserError("No run could be trained.", advice="Above stands why; `fieldmark study resume` tries again.")


def report(args: argparse.Namespace) -> None:
    """`fieldmark study report PROJECT PLAN [--html|--pdf|--csv|--markdown|--latex OUT]`: how far, and the table."""
    project = Project.open(Path(args.project))
    try:
        plan = chosen_plan(args.plan, project)
        planned = expand(plan, found_recipe)
        found = project.studies.progress(plan.name, planned)
        compared = compared_runs(project, plan, found)
        if args.html is not None:
            atomic_write(Path(args.html), study_page(study_contents(project, plan, found, compared)).encode())
        if args.pdf is not None:
            # What makes pages is loaded by nothing else.
            from engine.report.study_pdf import study_pdf

            atomic_write(Path(args.pdf), study_pdf(study_contents(project, plan, found, compared)))
    finally:
        project.close()
    for path, write in ((args.csv, as_csv), (args.markdown, as_markdown), (args.latex, as_latex)):
        if path is not None:
            if compared is None:
                raise UserError("Fewer than two runs of this study are done, so there is no table yet.")
            atomic_write(Path(path), write(compared))
    print_result(_values(plan, found, compared), _text(plan, found, compared), as_json=args.json)


def _values(plan: StudyPlan, found: Sequence[StudyRun], compared: Comparison | None) -> dict[str, object]:
    return {
        "study": plan.name,
        "runs": [
            {
                "row": one.planned.row,
                "name": one.planned.name,
                "state": one.state,
                "run": None if one.run is None else int(one.run.id),
                "why": one.why,
                "minutes": one.minutes,
            }
            for one in found
        ],
        "comparison": None if compared is None else msgspec.to_builtins(compared),
    }


def _text(plan: StudyPlan, found: Sequence[StudyRun], compared: Comparison | None) -> str:
    counts = {state: sum(one.state == state for one in found) for state in ("done", "open", "interrupted")}
    lines = [f"{plan.name}: {counts['done']} of {len(found)} runs done"]
    for state, words in (("waits", "wait for pretrained weights"), ("failed", "failed")):
        some = [one for one in found if one.state == state]
        if some:
            lines += ["", f"{len(some)} {words}:", *(f"  {one.planned.name}: {one.why}" for one in some)]
            lines += [_ABOUT_WEIGHTS] if state == "waits" else []
    if compared is not None:
        rows = [tuple(_cell(run_cells[at]) for at in _SHOWN) for run in compared.runs for run_cells in [cells(run)]]
        lines += ["", table(tuple(_SHOWN.values()), rows)]
        lines += ["", facts_text(compared), "", caption(compared)]
    shown = () if compared is None else tuple(row.name for row in compared.runs)
    unjoined = [one.name for one in plan.ensembles if one.name not in shown]
    if unjoined:
        lines += ["", f"Not joined, because runs or their cross-validated answers are missing: {', '.join(unjoined)}"]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text or "-"
