"""A plan becomes runs: rows, sweeps and repetitions, each with a name of its own and nothing else changed."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from engine.base.errors import UserError
from engine.recipe.presets import preset
from engine.recipe.study_plan import (
    PlanRow,
    StudyPlan,
    Sweep,
    SweepField,
    expand,
    plan_from_toml,
    plan_to_toml,
    reference_row,
)
from engine.recipe.study_templates import TEMPLATES

QUICK = PlanRow(recipe="quick")
SIZES = SweepField(place="input.size", values=(160, 224))
HEADS = SweepField(place="head.folds", values=(3, 4, 5))


def test_a_sweep_has_a_run_for_every_combination_and_changes_nothing_else() -> None:
    plan = StudyPlan(name="S", rows=(QUICK,), sweeps=(Sweep(recipe="quick", fields=(SIZES, HEADS)),))
    first, *swept = expand(plan, preset)
    assert first.recipe == preset("quick")
    assert [run.name for run in swept][:2] == ["Quick, size 160, folds 3", "Quick, size 160, folds 4"]
    assert len({run.name for run in swept}) == 6
    back = [msgspec.structs.replace(run.recipe, input=first.recipe.input, head=first.recipe.head) for run in swept]
    assert all(recipe == first.recipe for recipe in back)


def test_some_of_a_sweep_are_drawn_the_same_each_time() -> None:
    sweep = Sweep(recipe="quick", fields=(SIZES, HEADS), draws=3, seed=1)
    names = [[run.name for run in expand(StudyPlan(name="S", sweeps=(sweep,)), preset)] for _ in range(2)]
    assert names[0] == names[1]
    assert len(names[0]) == 3


def test_a_few_are_drawn_of_more_combinations_than_a_computer_holds() -> None:
    many = tuple(range(100_000))
    fields = (SweepField(place="seed", values=many), SweepField(place="split.seed", values=many), HEADS)
    sweep = Sweep(recipe="quick", fields=fields, draws=5)
    assert len({run.name for run in expand(StudyPlan(name="S", sweeps=(sweep,)), preset)}) == 5
    every = msgspec.structs.replace(sweep, draws=0)
    with pytest.raises(UserError, match="30,000,000,000 combinations"):
        expand(StudyPlan(name="S", sweeps=(every,)), preset)


def test_repetitions_differ_in_their_seed_alone() -> None:
    runs = expand(StudyPlan(name="S", rows=(QUICK,), repeats=3), preset)
    assert [run.recipe.seed for run in runs] == [0, 1, 2]
    assert {run.row for run in runs} == {"Quick"}
    assert len({run.name for run in runs}) == 3


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_can_be_expanded_and_written(name: str) -> None:
    plan = TEMPLATES[name]
    assert plan_from_toml(plan_to_toml(plan)) == plan
    runs = expand(plan, preset)
    assert reference_row(plan, runs) in {run.row for run in runs}


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (StudyPlan(name="S"), "no runs"),
        (StudyPlan(name="S", rows=(QUICK, QUICK)), "two rows are called Quick"),
        (StudyPlan(name="S", rows=(QUICK,), reference="Slow"), "no row is called Slow"),
        (
            StudyPlan(name="S", rows=(QUICK, PlanRow(recipe="quick", name="B", set=("input.size=288",)))),
            "Quick and B are",
        ),
        (
            StudyPlan(name="S", rows=(QUICK, PlanRow(recipe="quick", name="Other split", set=("split.test=0.4",)))),
            "Quick and Other split are",
        ),
        (
            StudyPlan(name="S", rows=(QUICK, PlanRow(recipe="quick", name="B", set=("seed=1",))), repeats=2),
            "Quick and B share a run",
        ),
        (StudyPlan(name="S", sweeps=(Sweep(recipe="quick", fields=()),)), "nothing to sweep"),
        (StudyPlan(name="S", rows=(QUICK,), repeats=2000), "2,000 runs"),
        (StudyPlan(name="S", rows=(QUICK,), max_minutes=-5), "below 0"),
        (StudyPlan(name="S", rows=(PlanRow(recipe="quick", set=("no.such=1",)),)), "no.such"),
        (StudyPlan(name="S", rows=(PlanRow(recipe="slow"),)), "no recipe called 'slow'"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_says_why(plan: StudyPlan, why: str) -> None:
    with pytest.raises(UserError, match=why):
        expand(plan, preset)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name = ", "no valid TOML"),
        ("rows = 3", "rows has to be a list in [ ], not a whole number"),
        ('name = "S"\nwat = 1', "there is no choice called wat"),
        ('name = "S"\nstudy_version = 2', "another version"),
        ('name = "S"\npriority = "high"', "priority has to be a whole number, not a text"),
        ('name = "S"\n[[ensembles]]\nmethod = "average"\nrows = []', "name is missing, at ensembles[1]"),
        ('name = "S"\n[[ensembles]]\nname = "E"\nmethod = "vote"\nrows = []', "ensembles[1].method cannot be 'vote'"),
    ],
)
def test_what_is_no_plan_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(UserError, match="study cannot be read") as refused:
        plan_from_toml(text)
    assert why in refused.value.what


def test_the_plan_in_the_documents_is_one() -> None:
    text = (Path(__file__).parents[3] / "docs" / "studies" / "writing-a-plan.md").read_text()
    [told] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    plan = plan_from_toml(told)
    assert len(expand(plan, preset)) == 12
    assert plan_from_toml(plan_to_toml(plan)) == plan
