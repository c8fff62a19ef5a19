"""`fieldmark study`: runs what is not done, goes on after a failure, says what waits, and ends in a comparison."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.base.events import Emit, Ended
from engine.base.ids import PhotoId
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.jobs.spec import AnySpec, TrainSpec
from engine.project.project import Project
from engine.store.relations import set_copy_groups
from engine.store.runs import split_parts
from tests.engine.cli.conftest import Say
from tests.engine.cli.test_compare import OneInThreeWrong

PLAN = """
name = "Sizes"
reference = "small"
[[rows]]
recipe = "quick"
name = "small"
set = ["input.size=160"]
[[rows]]
recipe = "quick"
name = "breaks"
set = ["input.size=192"]
[[rows]]
recipe = "study1_resnet50"
name = "waits"
[[sweeps]]
recipe = "quick"
name = "folds"
fields = [{place = "head.folds", values = [3, 4]}]
"""


class OneBreaks(OneInThreeWrong):
    """As its parent, but for one size the job fails until it is mended."""

    def __init__(self) -> None:
        super().__init__()
        self.mended = False
        self.sizes: list[int] = []

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        if isinstance(spec, TrainSpec):
            self.sizes.append(spec.recipe.input.size)
            if spec.recipe.input.size == 192 and not self.mended:
                return Ended(reason="failed", user_text="The disk is full.")
        return super().run(spec, emit, stop)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> OneBreaks:
    made = OneBreaks()
    monkeypatch.setattr(jobs, "ChildRunner", lambda: made)
    return made


@pytest.fixture
def project(say: Say, runner: OneBreaks, class_folders: Path, tmp_path: Path) -> Path:
    folder = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    say("import", folder, class_folders)
    (tmp_path / "sizes.toml").write_text(PLAN)
    return folder


def states(values: dict) -> dict[str, str]:
    return {run["name"]: run["state"] for run in values["runs"]}


def test_a_study_is_carried_out_gone_on_with_and_compared(
    say: Say, project: Path, runner: OneBreaks, tmp_path: Path
) -> None:
    plan = tmp_path / "sizes.toml"
    found = say("study", "run", project, plan, "--json").values
    assert states(found) == {
        "small": "done",
        "breaks": "failed",
        "waits": "waits",
        "folds, folds 3": "done",
        "folds, folds 4": "done",
    }
    small, *others = found["comparison"]["runs"]
    assert small["against"] is None
    assert [run["against"]["verdict"] for run in others] == ["better", "better"]
    assert "disk is full" in next(run["why"] for run in found["runs"] if run["name"] == "breaks")
    runner.mended, n_before = True, len(runner.sizes)
    again = say("study", "resume", project, plan, "--json").values
    assert runner.sizes[n_before:] == [192], "what was done is passed over"
    assert states(again)["breaks"] == "done"
    said = say("study", "report", project, plan, "--markdown", tmp_path / "table.md")
    assert "4 of 5 runs done" in said.out
    assert "1 wait for pretrained weights" in said.out
    assert (tmp_path / "table.md").read_text().count("better") == 3


def test_the_model_in_use_stays_in_use(say: Say, project: Path, runner: OneBreaks, tmp_path: Path) -> None:
    mine = say("train", project, "--json").values["run"]
    say("study", "run", project, tmp_path / "sizes.toml")
    assert [row["run"] for row in say("runs", project, "--json").values["runs"] if row["in_use"]] == [mine]


def left_out(project: Project) -> None:
    project.labels.exclude(photos_of(project, "test")[:1])


def taught_otherwise(project: Project) -> None:
    """Another label of a photo that no run is asked about."""
    photo = photos_of(project, "train")[0]
    [now] = project.browse.rows([photo])
    project.labels.set([photo], next(row.id for row in project.browse.classes() if row.id != now.class_id))


def found_to_be_copies(project: Project) -> None:
    """Of a photo that teaches and one that tests."""
    with project._context.db.transaction():
        set_copy_groups(project._context.db, [(photos_of(project, "train")[0], photos_of(project, "test")[0])])


def photos_of(project: Project, part: str) -> list[PhotoId]:
    split = project.splits.current()
    assert split is not None
    parts = split_parts(project._context.db, split.id)
    return [PhotoId(i) for i, one in parts.items() if one == part]


@pytest.mark.parametrize("change", [left_out, taught_otherwise, found_to_be_copies])
def test_runs_are_open_again_when_another_would_not_be_trained_and_tested_alike(
    say: Say, project: Path, runner: OneBreaks, tmp_path: Path, change: Callable[[Project], None]
) -> None:
    plan = tmp_path / "sizes.toml"
    assert states(say("study", "run", project, plan, "--json").values)["small"] == "done"
    opened = Project.open(project)
    change(opened)
    opened.close()
    assert states(say("study", "report", project, plan, "--json").values)["small"] == "open"


def test_a_budget_ends_it_and_it_can_go_on(say: Say, project: Path, runner: OneBreaks, tmp_path: Path) -> None:
    plan = tmp_path / "few.toml"
    plan.write_text(PLAN.replace('name = "Sizes"', 'name = "Few"\nmax_runs = 1'))
    said = say("study", "run", project, plan)
    assert "budget is used up" in said.err
    assert len(runner.sizes) == 1
    assert "Few: 1 of 5 runs done" in said.out


def test_templates_are_listed_and_shown_as_files_that_can_be_read(say: Say, tmp_path: Path) -> None:
    names = [row["name"] for row in say("study", "templates", "--json").values["templates"]]
    assert {"fish-workshop", "animals-quick", "cifar", "fruit-quick", "imagenette"} <= set(names)
    mine = tmp_path / "mine.toml"
    mine.write_text(say("study", "show", "fruit-quick").out)
    assert say("study", "show", mine, "--json").values == say("study", "show", "fruit-quick", "--json").values
    assert "no study called 'vegetables'" in say("study", "show", "vegetables").err
