"""The project's plan: what Train divides by unless the recipe or the run it extends says otherwise."""

from __future__ import annotations

import pytest

from engine.base.errors import UserError
from engine.base.ids import RunId
from engine.recipe.group_cfg import GroupCfg
from engine.recipe.recipe import Recipe, SplitCfg, from_json
from tests.engine.project.conftest import Bench
from tests.engine.project.test_runs import train

BY_GROUP = SplitCfg(test=0.3, groups=GroupCfg(columns="group"))


def split_of(bench: Bench, run_id: RunId) -> SplitCfg:
    return from_json(bench.project.runs.row(run_id).recipe).split


@pytest.fixture
def divided(bench: Bench) -> Bench:
    """Two classes, divided by a plan of the project's own."""
    bench.add(Cod=10, Hake=10)
    bench.project.splits.adopt(BY_GROUP)
    return bench


def test_a_recipe_that_says_nothing_is_carried_out_by_the_plan_of_the_project(divided: Bench) -> None:
    plain, _ = divided.project.runs.begin(Recipe())
    own, _ = divided.project.runs.begin(Recipe(split=SplitCfg(seed=7)))
    assert split_of(divided, plain) == BY_GROUP
    assert split_of(divided, own) == SplitCfg(seed=7)


def test_a_run_that_extends_another_is_divided_as_that_one_was(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    first, _ = bench.project.runs.begin(Recipe())
    bench.project.splits.adopt(BY_GROUP)
    second, _ = bench.project.runs.begin(Recipe(), start_from=first)
    assert split_of(bench, second) == SplitCfg()


def test_the_report_is_of_the_plan_that_was_asked_for(divided: Bench) -> None:
    splits = divided.project.splits
    assert splits.report(SplitCfg()) is None
    splits.divide(SplitCfg())
    report = splits.report(splits.plan())
    assert report is not None
    assert (report.plan, report.split.n_test, report.n_outside, report.n_runs) == (BY_GROUP, 6, 0, 0)
    assert report.keeps("columns")
    assert not report.keeps("sites")
    divided.take([divided.found("later.jpg", folder_class="Cod")])
    later = splits.report(BY_GROUP)
    assert later is not None
    assert (later.n_outside, later.n_gone, later.is_stale) == (1, 0, True)
    divided.project.labels.exclude(divided.ids()[:3])
    splits.adopt(BY_GROUP)
    renewed = splits.report(BY_GROUP)
    assert renewed is not None
    assert (renewed.n_outside, renewed.n_gone, renewed.is_stale) == (0, 0, False)
    divided.project.history.undo()
    divided.project.labels.exclude(divided.ids()[5:7])
    again = splits.report(BY_GROUP)
    assert again is not None
    assert (again.n_outside, again.n_gone, again.is_stale) == (3, 2, True)


def test_photos_said_to_belong_together_follow_when_the_plan_is_brought_up_to_date(divided: Bench) -> None:
    splits = divided.project.splits
    divided.project.columns.set(divided.ids(), "group", "one dive")
    before = splits.report(BY_GROUP)
    assert before is not None
    parted = next(leaks for leaks in before.leaks if leaks.kind == "columns")
    assert len(parted.leaks) == 1
    splits.adopt(BY_GROUP)
    after = splits.report(BY_GROUP)
    assert after is not None
    assert (after.split.n_train, after.split.n_test) == (0, 20)
    assert divided.project.columns.photos("group", "one dive") == tuple(divided.ids())


def test_a_plan_that_cannot_be_carried_out_is_not_adopted(divided: Bench) -> None:
    with pytest.raises(UserError):
        divided.project.splits.adopt(SplitCfg(groups=GroupCfg(names="(")))
    assert divided.project.splits.plan() == BY_GROUP


def test_what_folders_would_have_let_through_is_said(bench: Bench) -> None:
    """Somebody else's train and test folders hold equal files; the split keeps them together and says so."""
    bench.take(
        [
            bench.found(f"{part}/{name}/{n}.jpg", folder_class=name, folder_part=part, content=f"{name} {part} {n}")
            for part, k in (("train", 6), ("test", 3))
            for name in ("Cod", "Hake")
            for n in range(k)
        ],
        [
            bench.found(f"train/{name}/again.jpg", folder_class=name, folder_part="train", content=f"{name} test 0")
            for name in ("Cod", "Hake")
        ],
    )
    splits = bench.project.splits
    splits.adopt(SplitCfg())
    report = splits.report(SplitCfg())
    assert report is not None
    assert report.folders is not None
    assert (report.folders.n, report.folders.n_moved) == (20, 2)
    equal = next(found for found in report.folders.leaks if found.kind == "contents")
    assert (len(equal.leaks), equal.n_test_leaked, equal.n_test) == (2, 2, 6)
    assert not any(found.leaks for found in report.leaks), "in the split itself nothing leaks"
    splits.adopt(SplitCfg(use_given=False))
    own = splits.report(SplitCfg(use_given=False))
    assert own is not None
    assert own.folders is None


def test_photos_are_explored_and_exported_by_the_split_of_the_project_whatever_was_divided_since(bench: Bench) -> None:
    bench.add(Cod=10, Hake=10)
    project = bench.project
    project.splits.adopt(SplitCfg())
    project.splits.adopt(BY_GROUP)
    project.splits.adopt(SplitCfg())
    project.runs.begin(Recipe(split=SplitCfg(test=0.4)))
    report = project.splits.report(SplitCfg())
    assert report is not None
    n = (report.split.n_train, report.split.n_val, report.split.n_test)
    for photos in (project.explore.facts(), project.exchange.catalogue().photos):
        assert tuple(sum(photo.part == part for photo in photos) for part in ("train", "val", "test")) == n


def test_what_the_plan_keeps_together_is_one_question_when_runs_are_compared(bench: Bench) -> None:
    bench.add(Cod=12, Hake=12)
    for first in range(0, 24, 4):
        bench.project.columns.set(bench.ids()[first : first + 4], "group", str(first))
    bench.project.splits.adopt(BY_GROUP)
    found = bench.project.comparisons.runs([train(bench), train(bench, wrong=4)], RunId(1))
    assert (found.n, found.n_groups) == (8, 2)
    worse = found.runs[1].against
    assert worse is not None
    assert (worse.lost, worse.p_value) == (4, 1.0), "that is one group"
