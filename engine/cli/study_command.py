"""`fieldmark study`: a plan of runs carried out, gone on with, and compared; five reference studies are templates."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.base.errors import AppError, UserError
from engine.base.files import atomic_write
from engine.base.ids import RunId
from engine.cli.jobs import JobFailed
from engine.cli.output import print_result, table
from engine.cli.train_commands import chosen_recipe, resume_run, train_run
from engine.insight.comparison import Comparison
from engine.project.project import Project
from engine.project.studies import StudyRun
from engine.project.study_report import study_contents
from engine.recipe.recipe import Recipe
from engine.recipe.study_plan import PlannedRun, StudyPlan, expand, plan_from_toml, plan_to_toml, reference_row
from engine.recipe.study_templates import TEMPLATES
from engine.recipe.toml_text import SUFFIX
from engine.report.comparison_table import as_csv, as_latex, as_markdown, caption, cells
from engine.report.study_page import study_page

_ABOUT_TEMPLATES = (
    "Those that end in -quick ask the same with small photos and few epochs: minutes, not hours, on two cores.\n"
    "`fieldmark study run PROJECT PLAN` carries one out; `fieldmark study show PLAN` prints it, to keep and to change."
)
_ABOUT_WEIGHTS = "The others are trained without them; `fieldmark weights` lists and fetches weights."
_SHOWN = {1: "run", 2: "right %", 3: "95 % interval", 4: "macro F1", 12: "difference", 14: "p", 15: "verdict"}


def list_templates(args: argparse.Namespace) -> None:
    """`fieldmark study templates`."""
    rows = [(name, str(len(expand(plan, found_recipe))), plan.about) for name, plan in TEMPLATES.items()]
    width = max(len(name) for name, _, _ in rows)
    text = "\n".join([*(f"{name:{width}}  {n:>2} runs  {about}" for name, n, about in rows), "", _ABOUT_TEMPLATES])
    values = {"templates": [{"name": name, "runs": int(n), "about": about} for name, n, about in rows]}
    print_result(values, text, as_json=args.json)


def show(args: argparse.Namespace) -> None:
    """`fieldmark study show PLAN`: the plan as TOML, to keep and to change."""
    plan = chosen_plan(args.plan)
    runs = [run.name for run in expand(plan, found_recipe)]
    print_result({"plan": msgspec.to_builtins(plan), "runs": runs}, plan_to_toml(plan), as_json=args.json)


def run(args: argparse.Namespace) -> None:
    """`fieldmark study run|resume PROJECT PLAN`: what is done is passed over, what was interrupted goes on."""
    plan = chosen_plan(args.plan)
    planned = expand(plan, found_recipe)
    project = Project.open(Path(args.project))
    try:
        carry_out(project, plan, planned)
        found = project.studies.progress(plan.name, planned)
        compared = compared_runs(project, plan, found)
    finally:
        project.close()
    print_result(_values(plan, found, compared), _text(plan, found, compared), as_json=args.json)


def report(args: argparse.Namespace) -> None:
    """`fieldmark study report PROJECT PLAN [--html|--csv|--markdown|--latex OUT]`: how far it is, and the table."""
    plan = chosen_plan(args.plan)
    planned = expand(plan, found_recipe)
    project = Project.open(Path(args.project))
    try:
        found = project.studies.progress(plan.name, planned)
        compared = compared_runs(project, plan, found)
        if args.html is not None:
            atomic_write(Path(args.html), study_page(study_contents(project, plan, found, compared)).encode())
    finally:
        project.close()
    for path, write in ((args.csv, as_csv), (args.markdown, as_markdown), (args.latex, as_latex)):
        if path is not None:
            if compared is None:
                raise UserError("Fewer than two runs of this study are done, so there is no table yet.")
            atomic_write(Path(path), write(compared))
    print_result(_values(plan, found, compared), _text(plan, found, compared), as_json=args.json)


def chosen_plan(name: str) -> StudyPlan:
    """The template of that name, or the plan in that TOML file.

    Raises:
        UserError: there is none, or it cannot be read.
    """
    if name in TEMPLATES:
        return TEMPLATES[name]
    if not name.endswith(SUFFIX):
        raise UserError(
            f"There is no study called {name!r}.",
            advice=f"Give a TOML file, or one of: {', '.join(TEMPLATES)}.",
        )
    try:
        return plan_from_toml(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The study {name} could not be read.", details=repr(error)) from error


def found_recipe(name: str) -> Recipe:
    """The recipe of that name, or in that TOML file."""
    return chosen_recipe(name, ())


def carry_out(project: Project, plan: StudyPlan, planned: Sequence[PlannedRun]) -> None:
    """Every run that can be trained now has been tried, or the plan's budget is used up.

    Raises:
        JobFailed: a run was stopped.
    """
    begin, n_begun = time.monotonic(), 0
    in_use = project.runs.current()
    for one in planned:
        [now] = project.studies.progress(plan.name, [one])
        if now.state in ("done", "waits"):
            continue
        if (plan.max_runs and n_begun >= plan.max_runs) or _is_late(plan, begin):
            print("The study's budget is used up; `fieldmark study resume` goes on.", file=sys.stderr)
            return
        n_begun += 1
        print(f"{one.name} ({planned.index(one) + 1} of {len(planned)})", file=sys.stderr)
        try:
            if now.state == "interrupted" and now.run is not None:
                resume_run(project, now.run.id)
            else:
                train_run(project, project.studies.recipe_of(one), name=project.studies.run_name(plan.name, one))
        except JobFailed as error:
            if error.ended.reason == "cancelled":
                raise
            print(f"  {error.what}", file=sys.stderr)
        except AppError as error:
            # One row that cannot be trained must not take the others with it.
            print(f"  {error.what}", file=sys.stderr)
        finally:
            # A study compares; which model is used is for the user to say.
            if in_use is not None:
                project.runs.promote(in_use.id)


def _is_late(plan: StudyPlan, begin: float) -> bool:
    return bool(plan.max_minutes) and (time.monotonic() - begin) / 60 >= plan.max_minutes


def compared_runs(project: Project, plan: StudyPlan, found: Sequence[StudyRun]) -> Comparison | None:
    """The finished runs of one split, against the first of the reference's row; None while there are fewer than two."""
    done = [one for one in found if one.state == "done" and one.run is not None and one.run.n]
    if not done:
        return None
    reference = reference_row(plan, [one.planned for one in found])
    base = next((one for one in done if one.planned.row == reference), done[0])
    assert base.run is not None
    split = base.run.split_id
    ids = [one.run.id for one in done if one.run is not None and one.run.split_id == split]
    return project.comparisons.runs(ids, base.run.id) if len(ids) > 1 else None


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
        minutes = {RunId(one.run.id): one.minutes for one in found if one.run is not None}
        prefix = f"{plan.name}: "
        rows = [
            (
                *(_cell(run_cells[at].removeprefix(prefix)) for at in _SHOWN),
                _cell("" if minutes.get(run.run_id) is None else f"{minutes[run.run_id]:.1f}"),
            )
            for run in compared.runs
            for run_cells in [cells(run)]
        ]
        lines += ["", table((*_SHOWN.values(), "minutes"), rows), "", caption(compared)]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text or "-"
