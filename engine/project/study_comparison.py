"""The table of a study: its finished runs, and those joined, tested against its reference."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.base.errors import UserError
from engine.base.ids import RunId
from engine.insight.comparison import Comparison
from engine.insight.ensemble import Combined
from engine.recipe.study_plan import PlanEnsemble, StudyPlan, reference_row
from engine.report.study_contents import RunMissing
from engine.store.rows import RunRow

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.studies import StudyRun


def compared_runs(project: Project, plan: StudyPlan, found: Sequence[StudyRun]) -> Comparison | None:
    """The finished runs, against the first of the reference's row; None while there are fewer than two.

    All of them teach and test the same photos, though their split need not be one and the same: photos that are gone
    for a while and come back make a new one. Of a study in folds a row each whose folds are all done. Runs are called
    as in the plan.
    """
    if plan.folds:
        return _in_folds(project, plan, found)
    done = [one for one in found if one.state == "done" and one.run is not None and one.run.n]
    if not done:
        return None
    reference = reference_row(plan, [one.planned for one in found])
    base = next((one for one in done if one.planned.row == reference), done[0])
    assert base.run is not None
    ids = [one.run.id for one in done if one.run is not None]
    if len(ids) < 2:
        return None
    made, _ = planned_joins(project, plan, found, ids)
    compared = project.comparisons.runs(ids, base.run.id, combined=made)
    # A run may have been trained for another study, under a name of that one.
    names = {one.run.id: one.planned.name for one in done if one.run is not None}
    rows = tuple(replace(row, name=names.get(row.run_id, row.name)) for row in compared.runs)
    return replace(compared, runs=rows)


def done_in_folds(plan: StudyPlan, found: Sequence[StudyRun]) -> dict[str, tuple[tuple[RunRow, ...], ...]]:
    """For each row of a study in folds its repetitions whose folds are all done, each with the runs of its folds."""
    rows: dict[str, dict[int, list[RunRow]]] = {}
    for one in found:
        if one.planned.fold is not None and one.state == "done" and one.run is not None and one.run.n:
            rows.setdefault(one.planned.row, {}).setdefault(one.planned.fold.seed, []).append(one.run)
    whole = {
        name: tuple(tuple(runs) for runs in repetitions.values() if len(runs) == plan.folds)
        for name, repetitions in rows.items()
    }
    return {name: repetitions for name, repetitions in whole.items() if repetitions}


def _in_folds(project: Project, plan: StudyPlan, found: Sequence[StudyRun]) -> Comparison | None:
    rows = done_in_folds(plan, found)
    if len(rows) < 2:
        return None
    ids = {name: [[run.id for run in runs] for runs in repetitions] for name, repetitions in rows.items()}
    reference = reference_row(plan, [one.planned for one in found])
    whole = _all_repeated(plan, rows)
    joins = [one for one in plan.ensembles if whole >= set(one.rows)]
    return project.comparisons.in_folds(ids, reference if reference in ids else next(iter(ids)), joins)


def _all_repeated(plan: StudyPlan, rows: Mapping[str, Sequence[object]]) -> set[str]:
    """The rows of which no repetition is missing: only these are what the plan wants joined."""
    return {name for name, repetitions in rows.items() if len(repetitions) == plan.repeats}


def planned_joins(
    project: Project, plan: StudyPlan, found: Sequence[StudyRun], ids: Collection[RunId]
) -> tuple[tuple[Combined, ...], tuple[RunMissing, ...]]:
    """The ensembles of the plan that can be made of the runs `ids`, and those that cannot, with the reason.

    Of a study in folds, whose rows are joined and not its runs, only the latter.
    """
    if plan.folds:
        there = _all_repeated(plan, done_in_folds(plan, found))
        few = "Not all folds of the rows it joins are done."
        left_out = [one for one in plan.ensembles if not there >= set(one.rows)]
        return (), tuple(RunMissing(name=one.name, state="unjoined", why=few) for one in left_out)
    made, missing = [], []
    for one in plan.ensembles:
        try:
            combined = _combined(one, found, ids)
            project.comparisons.check_join(combined)
            made.append(combined)
        except UserError as error:
            missing.append(RunMissing(name=one.name, state="unjoined", why=error.what))
    return tuple(made), tuple(missing)


def _combined(one: PlanEnsemble, found: Sequence[StudyRun], ids: Collection[RunId]) -> Combined:
    members = [run.run.id if run.run is not None else None for run in found if run.planned.row in one.rows]
    there = tuple(run_id for run_id in members if run_id is not None and run_id in ids)
    if len(there) < len(members):
        raise UserError(f"{len(members) - len(there):,} of the {len(members):,} runs it joins are not in the table.")
    return Combined(name=one.name, method=one.method, members=there)
