"""Studies kept with a project, several of them at once, and how long what is left will take."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from engine.base.errors import StorageError, UserError
from engine.base.events import Emit, Ended
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.jobs.spec import AnySpec, TrainSpec
from engine.project.project import Project
from engine.project.study_cost import study_cost
from engine.project.study_queue import StudyQueue
from engine.recipe.presets import preset
from engine.recipe.study_plan import PlanRow, StudyPlan, expand, plan_to_toml
from tests.engine.cli.conftest import Say
from tests.engine.cli.test_compare import OneInThreeWrong

SIZES = StudyPlan(
    name="Sizes",
    rows=tuple(PlanRow(recipe="quick", name=str(size), set=(f"input.size={size}",)) for size in (96, 128)),
)
FOLDS = StudyPlan(
    name="Folds",
    rows=tuple(PlanRow(recipe="quick", name=f"{n} folds", set=(f"head.folds={n}",)) for n in (3, 4)),
)


class Sized(OneInThreeWrong):
    """As its parent; remembers the size of the photos and the folds of each training in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[tuple[int, int]] = []
        self.together = threading.Barrier(1)

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        if isinstance(spec, TrainSpec):
            self.order.append((spec.recipe.input.size, getattr(spec.recipe.head, "folds", 0)))
            self.together.wait(timeout=20)
        return super().run(spec, emit, stop)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Sized:
    made = Sized()
    monkeypatch.setattr(jobs, "ChildRunner", lambda environment=None: made)
    return made


@pytest.fixture
def folder(say: Say, runner: Sized, class_folders: Path, tmp_path: Path) -> Path:
    made = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    say("import", made, class_folders)
    return made


def kept(folder: Path, *plans: StudyPlan) -> None:
    project = Project.open(folder)
    for plan in plans:
        project.saved_studies.save(plan)
    project.close()


def test_a_study_is_kept_with_the_project_changed_and_removed_while_its_runs_stay(
    say: Say, folder: Path, tmp_path: Path
) -> None:
    assert "2 runs, is kept with the project." in say("study", "save", folder, _file(tmp_path, SIZES)).out
    assert "in place of the one" in say("study", "save", folder, _file(tmp_path, SIZES)).out
    assert "There is no file" in say("study", "save", folder, tmp_path / "gone.toml").err
    say("study", "save", folder, "fruit-quick")
    assert [plan["name"] for plan in say("study", "saved", folder, "--json").values["studies"]] == [
        "Fruit (quick)",
        "Sizes",
    ]
    assert len(say("study", "run", folder, "sizes", "--json").values["runs"]) == 2
    project = Project.open(folder)
    project.saved_studies.save(StudyPlan(name="Größen", rows=SIZES.rows), instead_of="Sizes")
    with pytest.raises(UserError, match="another study"):
        project.saved_studies.save(StudyPlan(name="größen"), instead_of="Fruit (quick)")
    with pytest.raises(UserError, match="needs a name"):
        project.saved_studies.save(StudyPlan(name=" "))
    assert project.saved_studies.free_name("Größen") == "Größen 2"
    looked_at = Project.open(folder, read_only=True)
    with pytest.raises(StorageError, match="reading only"):
        looked_at.saved_studies.save(SIZES)
    looked_at.close()
    (project.paths.studies / "broken.toml").write_text("rows = 3")
    (project.paths.studies / "picture.toml").write_bytes(b"\xff\xd8\xff")
    found = project.saved_studies.all()
    assert [plan.name for plan in found.plans] == ["Fruit (quick)", "Größen"]
    assert "broken.toml" in found.refused[0]
    assert found.refused[1] == "picture.toml is not a text file."
    project.close()
    found = say("study", "report", folder, "Größen", "--json").values
    assert [run["state"] for run in found["runs"]] == ["done", "done"], "runs are known by their recipes"
    assert [run["name"] for run in found["comparison"]["runs"]] == ["96", "128"], "whatever they were trained for"
    say("study", "remove", folder, "Größen")
    assert "no study called" in say("study", "remove", folder, "Größen").err
    assert len(say("runs", folder, "--json").values["runs"]) == 2


def test_of_several_studies_the_one_with_the_highest_priority_goes_first(say: Say, folder: Path, runner: Sized) -> None:
    kept(folder, SIZES, StudyPlan(name="Folds", rows=FOLDS.rows, priority=5))
    said = say("study", "run", folder, "Sizes", "Folds", "--json").values
    assert [study["study"] for study in said["studies"]] == ["Sizes", "Folds"]
    assert [folds for _, folds in runner.order[:2]] == [3, 4]
    assert [size for size, _ in runner.order[2:]] == [96, 128]


def test_runs_are_trained_at_the_same_time_and_the_project_has_one_writer(
    say: Say, folder: Path, runner: Sized
) -> None:
    kept(folder, SIZES)
    runner.together = threading.Barrier(2)  # neither training ends before the other has begun
    said = say("study", "run", folder, "Sizes", "--at-once", "2", "--json")
    assert [run["state"] for run in said.values["runs"]] == ["done", "done"]
    assert said.values["comparison"]["n"] > 0
    assert "least" in say("study", "run", folder, "Sizes", "--at-once", "0").err


def test_what_is_left_costs_what_the_like_has_cost_and_nothing_is_guessed(say: Say, folder: Path) -> None:
    kept(folder, SIZES, FOLDS)
    project = Project.open(folder)
    sizes, folds = (project.studies.progress(plan.name, expand(plan, preset)) for plan in (SIZES, FOLDS))
    assert study_cost(project, sizes).n_known == 0
    assert study_cost(project, sizes).n_open == 2
    project.close()
    say("study", "run", folder, "Sizes")
    project = Project.open(folder)
    again = StudyPlan(name="Again", rows=SIZES.rows, repeats=3)
    cost = study_cost(project, project.studies.progress("Again", expand(again, preset)))
    assert (cost.n_open, cost.n_known) == (4, 4), "the first repetition is done; other seeds take as long"
    took = {minutes for _, minutes in project.studies.minutes_taken()}
    assert min(took) * 4 <= cost.minutes <= max(took) * 4
    assert study_cost(project, folds).n_known == 0
    project.close()


def test_a_budget_of_minutes_ends_a_study_and_the_next_one_goes_on(folder: Path) -> None:
    now = [0.0]
    queue = StudyQueue(clock=lambda: now[0])
    queue.add(StudyPlan(name="Short", rows=SIZES.rows, max_minutes=1.0), expand(SIZES, preset))
    queue.add(FOLDS, expand(FOLDS, preset))
    project = Project.open(folder)
    first = queue.next(project)
    now[0] = 61.0
    second = queue.next(project)
    assert first is not None
    assert second is not None
    assert (first.study, second.study) == ("Short", "Folds")
    assert queue.studies() == ("Folds",)
    assert queue.cut_short() == {"Short"}
    project.close()


def _file(folder: Path, plan: StudyPlan) -> Path:
    path = folder / "plan.toml"
    path.write_text(plan_to_toml(plan))
    return path
