"""`fieldmark study bundle` and `fieldmark study rerun`: a study as one file, and the same study once more from it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.base.errors import UserError
from engine.base.events import AnyEvent, FoundPhoto, PhotosFound
from engine.base.fspath import to_bytes
from engine.cli.jobs import finish_job
from engine.cli.output import percent, print_result, table
from engine.cli.study_plans import chosen_plan, found_recipe
from engine.cli.study_run import carry_out
from engine.data.machine import MachineFacts, machine_facts
from engine.data.study_bundle import StudyBundle, read_bundle
from engine.jobs.spec import ImportSpec
from engine.project.paths import SUFFIX
from engine.project.project import Project
from engine.project.study_bundle import save_bundle
from engine.project.study_comparison import compared_runs
from engine.project.study_rerun import (
    RepeatedRun,
    is_empty,
    matched,
    outcomes,
    planned_again,
    refuse_another,
    take_in,
)
from engine.recipe.study_plan import expand


def bundle(args: argparse.Namespace) -> None:
    """`fieldmark study bundle PROJECT PLAN OUT`."""
    project = Project.open(Path(args.project))
    try:
        plan = chosen_plan(args.plan, project)
        planned = expand(plan, found_recipe)
        found = project.studies.progress(plan.name, planned)
        saved = save_bundle(project, plan, found, compared_runs(project, plan, found), Path(args.out))
    finally:
        project.close()
    n_done = sum(bool(run.answers) for run in saved.runs)
    values = {"out": args.out, "photos": len(saved.photos), "runs": len(saved.runs), "runs_with_answers": n_done}
    text = f"{args.out} holds {n_done} of {len(saved.runs)} runs with their answers for {len(saved.photos):,} photos"
    print_result(values, text + "; the photos themselves are not in it.", as_json=args.json)


def rerun(args: argparse.Namespace) -> None:
    """`fieldmark study rerun BUNDLE PHOTOS PROJECT [--tolerance P]`; one that was stopped goes on."""
    study, answers = read_bundle(Path(args.bundle))
    files = matched(study, _found(args.photos))
    planned = planned_again(study)
    project = _made_or_opened(Path(args.project))
    try:
        if is_empty(project):
            take_in(project, study, files, to_bytes(args.photos))
        refuse_another(project, study)
        # Whoever repeats a study wants all of it.
        whole = msgspec.structs.replace(study.plan, max_runs=0, max_minutes=0.0)
        carry_out(project, [(whole, planned)])
        found = project.studies.progress(study.plan.name, planned)
        rows = outcomes(project, study, answers, found, args.tolerance)
        other = _other_versions(study.machine, machine_facts(project.folder))
    finally:
        project.close()
    print_result(_values(study, rows, other), _text(study, rows, other), as_json=args.json)


def _made_or_opened(folder: Path) -> Project:
    folder = folder if folder.suffix == SUFFIX else folder.with_name(folder.name + SUFFIX)
    return Project.open(folder) if folder.exists() else Project.create(folder)


def _found(folder: str) -> list[FoundPhoto]:
    """Every photo below the folder."""
    if not Path(folder).is_dir():
        raise UserError(f"There is no folder {folder}.", safe="Nothing was made and nothing was trained.")
    found: list[FoundPhoto] = []

    def take(event: AnyEvent) -> None:
        if isinstance(event, PhotosFound):
            found.extend(event.rows)

    finish_job(ImportSpec(roots=(to_bytes(folder),), read_layout=False), take)
    return found


def _other_versions(then: MachineFacts, now: MachineFacts) -> list[str]:
    """What is not as it was when the study was written down, in words."""
    before = {"Fieldmark": then.fieldmark, "Python": then.python, "processor": then.processor, **then.packages}
    after = {"Fieldmark": now.fieldmark, "Python": now.python, "processor": now.processor, **now.packages}
    return [
        f"{name} {before[name] or 'none'}, now {after.get(name) or 'none'}"
        for name in before
        if before[name] != after.get(name, "")
    ]


def _is_reproduced(study: StudyBundle, rows: Sequence[RepeatedRun]) -> bool:
    """Whether all runs that have answers came out alike."""
    outcome = {row.name: row.outcome for row in rows}
    return all(outcome[run.name] in ("identical", "within tolerance") for run in study.runs if run.answers)


def _values(study: StudyBundle, rows: Sequence[RepeatedRun], other: list[str]) -> dict[str, object]:
    return {
        "study": study.plan.name,
        "photos": len(study.photos),
        "reproduced": _is_reproduced(study, rows),
        "other_versions": other,
        "runs": [msgspec.to_builtins(row) for row in rows],
    }


def _text(study: StudyBundle, rows: Sequence[RepeatedRun], other: list[str]) -> str:
    cells = [
        (
            row.name,
            row.outcome,
            "-" if row.found is None else f"{row.found.n_same:,} of {row.found.n:,}",
            "-" if row.found is None else f"{row.found.largest:.1e}",
            f"{row.tolerance:g}",
            _share(row.accuracy_before),
            _share(row.accuracy_now),
        )
        for row in rows
    ]
    headings = ("run", "outcome", "same answers", "largest difference", "tolerance", "right then", "right now")
    lines = [f"{study.plan.name}, repeated on {len(study.photos):,} photos", "", table(headings, cells)]
    why = [f"{row.name}: {row.why}" for row in rows if row.why]
    lines += ["", *why] if why else []
    lines += ["", "Not as it was: " + "; ".join(other)] if other else []
    alike = "All that was repeated came out alike." if _is_reproduced(study, rows) else "Not all of it came out alike."
    return "\n".join([*lines, "", alike])


def _share(share: float | None) -> str:
    return "-" if share is None else percent(share)
