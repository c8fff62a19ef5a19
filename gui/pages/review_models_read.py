"""What the table of all models asks the project; called on the store thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.base.errors import AppError, UserError
from engine.base.ids import RunId
from engine.insight.comparison import Comparison
from engine.insight.ensemble import Combined
from engine.project.joined_runs import InViews
from engine.recipe.recipe import SplitCfg, from_json
from engine.store.rows import PhotoFilter, RunRow
from gui.core.score_text import Part
from gui.models.comparison_model import ComparedModel

if TYPE_CHECKING:
    from engine.project.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOfRuns:
    """A plan by which photos were divided, and how many finished runs there are of it."""

    plan: SplitCfg
    n_runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The runs of one plan that have answers of a part, compared.

    `plans`: those to choose among, newest first. `plan`: the chosen one, None without any finished run. `runs`: those
    in the table, newest first. `found`: None where fewer than two can be compared; then `problem` may say why. `rows`:
    the table, the reference first, then the best first. `made`: what the rows -1, -2 and so on are.
    """

    plans: tuple[PlanOfRuns, ...] = ()
    plan: SplitCfg | None = None
    runs: tuple[RunRow, ...] = ()
    found: Comparison | None = None
    rows: tuple[ComparedModel, ...] = ()
    problem: str = ""
    made: tuple[Combined | InViews, ...] = ()


def compared_models(project: Project, plan: SplitCfg | None, reference: RunId | None, part: Part) -> Models:
    """The runs of `plan`, or else of the plan of the reference, the model in use or the newest run, in that order.

    Runs are tested against `reference`, or else the model in use, or else the oldest of them.
    """
    # Runs that test a fold each are compared in the table of their study: they have no photo in common.
    finished = [run for run in project.runs.rows() if run.state == "finished" and run.fold is None]
    if not finished:
        return Models()
    plan_of = {run.id: from_json(run.recipe).split for run in finished}
    chosen = plan if plan in plan_of.values() else plan_of[_preferred(finished, reference, finished[0]).id]
    runs = tuple(run for run in finished if plan_of[run.id] == chosen and _has_answers(project, run.id, part))
    plans = tuple(PlanOfRuns(plan=one, n_runs=_count(plan_of, one)) for one in dict.fromkeys(plan_of.values()))
    if len(runs) < 2:
        return Models(plans=plans, plan=chosen, runs=runs)
    base = _preferred(runs, reference, runs[-1])
    views = project.comparisons.in_views(run.id for run in runs) if part == "test" else ()
    try:
        found, made = _compared(project, runs, base, part, (*_joins(project, runs), *views))
    except UserError as error:
        return Models(plans=plans, plan=chosen, runs=runs, problem=error.what)
    return Models(plans=plans, plan=chosen, runs=runs, found=found, rows=_rows(runs, found), made=made)


def _compared(
    project: Project, runs: Sequence[RunRow], base: RunRow, part: Part, made: tuple[Combined | InViews, ...]
) -> tuple[Comparison, tuple[Combined | InViews, ...]]:
    """The comparison, and those of `made` that it has a row of: one that cannot be made must not take all with it."""
    ids = [run.id for run in runs]

    def compared(made: Sequence[Combined | InViews]) -> Comparison:
        combined = [one for one in made if isinstance(one, Combined)]
        in_views = [one for one in made if isinstance(one, InViews)]
        return project.comparisons.runs(ids, base.id, part, combined=combined, in_views=in_views)

    def is_possible(one: Combined | InViews) -> bool:
        try:
            compared([one])
        except AppError:
            return False
        return True

    try:
        return compared(made), made
    except AppError:
        possible = tuple(one for one in made if is_possible(one))
        return compared(possible), possible


def _count(plan_of: dict[RunId, SplitCfg], plan: SplitCfg) -> int:
    return sum(one == plan for one in plan_of.values())


def _preferred(runs: Sequence[RunRow], reference: RunId | None, otherwise: RunRow) -> RunRow:
    return next((run for run in runs if run.id == reference), next((r for r in runs if r.is_current), otherwise))


def _has_answers(project: Project, run_id: RunId, part: Part) -> bool:
    query = PhotoFilter(run_id=run_id, part=part, state="labelled", limit=1)
    return len(project.browse.ids(query)) > 0


def _joins(project: Project, runs: Sequence[RunRow]) -> list[Combined]:
    """Those that the user joined and whose models are all in the table."""
    there = {run.id for run in runs}
    return [one for one in project.comparisons.joins() if there.issuperset(one.members)]


def _rows(runs: Sequence[RunRow], found: Comparison) -> tuple[ComparedModel, ...]:
    row_of = {run.id: run for run in runs}
    rows = [ComparedModel(run=row_of.get(one.run_id), found=one) for one in found.runs]
    return tuple(sorted(rows, key=lambda row: (row.found.against is not None, -row.found.accuracy)))
