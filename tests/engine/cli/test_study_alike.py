"""Which runs a study counts as its own: those that began, taught and tested as its next run would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from engine.base.events import Emit, Ended
from engine.base.fspath import to_path
from engine.base.ids import RunId
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.jobs.spec import AnySpec, TrainSpec
from engine.project.project import Project
from engine.project.study_bundle import save_bundle
from engine.project.study_comparison import compared_runs
from engine.recipe.presets import preset
from engine.recipe.study_plan import PlanRow, StudyPlan, expand, plan_to_toml
from engine.store.runs import split_parts
from tests.engine.cli.conftest import Say
from tests.engine.cli.test_compare import OneInThreeWrong

TWO = StudyPlan(name="Two", rows=(PlanRow(recipe="quick"), PlanRow(recipe="quick", name="Again", set=("seed=4",))))


@pytest.fixture
def reef(say: Say, class_folders: Path, tmp_path: Path) -> Iterator[Project]:
    folder = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    say("import", folder, class_folders)
    project = Project.open(folder)
    yield project
    project.close()


def train(project: Project, seed: int, *, start_from: RunId | None = None) -> RunId:
    recipe = msgspec.structs.replace(preset("quick"), seed=seed)
    run_id, spec = project.runs.begin(recipe, start_from=start_from)
    project.runs.finish(run_id, OneInThreeWrong().run(spec, lambda event: None, StopToken()))
    return run_id


def test_a_run_that_began_with_what_another_had_learned_is_no_row(reef: Project) -> None:
    train(reef, 4, start_from=train(reef, 0))
    assert [one.state for one in reef.studies.progress("Two", expand(TWO, preset))] == ["done", "open"]


def test_runs_of_the_same_photos_are_compared_though_one_was_missing_in_between(reef: Project, tmp_path: Path) -> None:
    first = reef.runs.row(train(reef, 0))
    photo = next(i for i, part in split_parts(reef._context.db, first.split_id).items() if part == "train")
    mark(reef, photo, "missing")
    train(reef, 9)
    mark(reef, photo, "ok")
    last = reef.runs.row(train(reef, 4))
    assert last.split_id != first.split_id
    found = reef.studies.progress("Two", expand(TWO, preset))
    compared = compared_runs(reef, TWO, found)
    assert compared is not None
    assert [run.run_id for run in compared.runs] == [first.id, last.id]
    bundle = save_bundle(reef, TWO, found, compared, tmp_path / "two.zip")
    assert all(run.answers for run in bundle.runs)


def test_a_run_of_a_study_that_goes_on_by_itself_does_not_become_the_model_in_use(
    say: Say, reef: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder, mine, plan = reef.folder, train(reef, 0), tmp_path / "two.toml"
    reef.close()
    plan.write_text(plan_to_toml(TWO))
    monkeypatch.setattr(jobs, "ChildRunner", CutShort)
    say("study", "run", folder, plan)
    [cut_short] = [row["run"] for row in say("runs", folder, "--json").values["runs"] if row["state"] == "cancelled"]
    monkeypatch.setattr(jobs, "ChildRunner", OneInThreeWrong)
    said = say("train", folder, "--resume", cut_short)
    assert said.status == 0, said.err
    assert [row["run"] for row in say("runs", folder, "--json").values["runs"] if row["in_use"]] == [mine]


class CutShort(OneInThreeWrong):
    """Is stopped when it has saved its state."""

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        assert isinstance(spec, TrainSpec)
        (to_path(spec.run_folder) / "last.json").write_text("{}")
        return Ended(reason="cancelled")


def mark(project: Project, photo: int, status: str) -> None:
    """As when its disk is taken away, and is there again."""
    with project._context.db.transaction():
        project._context.db.write("UPDATE photo SET status = ? WHERE id = ?", (status, photo))
