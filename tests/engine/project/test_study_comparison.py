"""The table of a study in folds while some of it is still to be done."""

from __future__ import annotations

from engine.project.study_comparison import compared_runs, planned_joins
from engine.recipe.presets import preset
from engine.recipe.study_plan import PlanEnsemble, PlanRow, StudyPlan, expand
from tests.engine.project.conftest import Bench
from tests.engine.project.test_runs import train


def test_rows_are_joined_once_all_their_repetitions_are_done(bench: Bench) -> None:
    bench.add(Cod=30, Hake=30)
    plan = StudyPlan(
        name="S",
        rows=(PlanRow(recipe="quick", name="Large"), PlanRow(recipe="quick", name="Small", set=("input.size=64",))),
        ensembles=(PlanEnsemble(name="Both", method="average", rows=("Large", "Small")),),
        repeats=2,
        folds=2,
    )
    *first, last = planned = expand(plan, preset)

    def rows() -> list[str]:
        found = bench.project.studies.progress("S", planned)
        compared = compared_runs(bench.project, plan, found)
        assert compared is not None
        _, unjoined = planned_joins(bench.project, plan, found, [])
        return [run.name for run in compared.runs] + [f"not {one.name}" for one in unjoined]

    for one in first:
        train(bench, recipe=bench.project.studies.recipe_of(one))
    assert rows() == ["Large", "Small", "not Both"]
    train(bench, recipe=bench.project.studies.recipe_of(last))
    assert rows() == ["Large", "Small", "Both"]
