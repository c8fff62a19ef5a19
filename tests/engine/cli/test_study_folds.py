"""A study in folds: each photo answered by a model that had not seen it, the project's test photos never touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.base.events import Emit, Ended
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.data.manifest import Manifest, read_manifest
from engine.data.predictions import Predictions, write_predictions
from engine.host.local import LocalRunner
from engine.jobs.spec import AnySpec, TrainSpec
from engine.project.project import Project
from engine.store.runs import split_parts
from tests.engine.cli.conftest import Say

PLAN = """
name = "In folds"
folds = 3
repeats = 2
[[rows]]
recipe = "quick"
name = "large"
[[rows]]
recipe = "quick"
name = "small"
set = ["input.size=160"]
[[ensembles]]
name = "both"
method = "stacked"
rows = ["large", "small"]
"""


class SmallIsWorse:
    """Photos of small size are taken for another class, two in five; `seen` are the photos of each training."""

    def __init__(self) -> None:
        self.seen: list[Manifest] = []

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        if not isinstance(spec, TrainSpec):
            return LocalRunner().run(spec, emit, stop)
        manifest = read_manifest(to_path(spec.manifest))
        self.seen.append(manifest)
        tested = [photo for photo in manifest.photos if photo.part == "test"]
        is_small = spec.recipe.input.size == 160
        k = len(manifest.classes)
        answers = [(photo.class_no + (is_small and photo.photo_id % 5 < 2)) % k for photo in tested]
        write_predictions(
            to_path(spec.run_folder) / "predictions.npz",
            Predictions(
                class_ids=np.array([entry.class_id for entry in manifest.classes], np.int64),
                photo_ids=np.array([photo.photo_id for photo in tested], np.int64),
                parts=np.zeros(len(tested), np.uint8),
                true_columns=np.array([photo.class_no for photo in tested], np.int32),
                probs=(0.1 + 0.7 * np.eye(k, dtype=np.float32)[answers]) / (0.7 + 0.1 * k),
            ),
        )
        return Ended(reason="finished")


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> SmallIsWorse:
    made = SmallIsWorse()
    monkeypatch.setattr(jobs, "ChildRunner", lambda: made)
    return made


def test_rows_are_pooled_over_folds_and_locked_photos_stay_locked(
    say: Say, runner: SmallIsWorse, class_folders: Path, tmp_path: Path
) -> None:
    folder = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    say("import", folder, class_folders)
    (tmp_path / "folds.toml").write_text(PLAN)
    found = say("study", "run", folder, tmp_path / "folds.toml", "--json").values
    assert [run["state"] for run in found["runs"]] == ["done"] * 12
    assert found["runs"][1]["name"] == "large, seed 0, fold 2 of 3"

    project = Project.open(folder)
    try:
        report = project.splits.report(project.splits.plan())
        assert report is not None
        assert report.n_runs == 0, "no model was scored on the locked test photos"
        assert project.splits.current() == report.split
        assert project.runs.current() is None, "a model that tests a fold has not learned from all there is"
        parts = split_parts(project._context.db, report.split.id)
        locked = {photo_id for photo_id, part in parts.items() if part == "test"}
    finally:
        project.close()
    assert len(locked) == report.split.n_test > 0
    assert not any(photo.photo_id in locked for manifest in runner.seen for photo in manifest.photos)

    compared = found["comparison"]
    assert compared["in_folds"]
    assert compared["n"] == 36 - len(locked)
    large, small, both = compared["runs"]
    assert (large["name"], large["accuracy"], small["name"]) == ("large", 1.0, "small")
    assert [score["fold"] for score in small["folds"]["scores"]] == [0, 1, 2, 3, 4, 5], "of both repetitions"
    assert sum(score["n"] for score in small["folds"]["scores"]) == 2 * compared["n"]
    assert small["against"]["verdict"] == "worse"
    assert small["folds"]["p_value"] < 0.05

    assert (both["run_id"], both["name"], len(both["members"])) == (-1, "both", 4), "of both repetitions"
    assert both["accuracy"] == 1.0, "it believes the one that is right"
    assert sum(score["n"] for score in both["folds"]["scores"]) == compared["n"]

    n_before = len(runner.seen)
    page = tmp_path / "report.html"
    say("study", "resume", folder, tmp_path / "folds.toml")
    assert len(runner.seen) == n_before, "what was done is passed over"
    said = say("study", "report", folder, tmp_path / "folds.toml", "--html", page)
    assert "12 of 12 runs done" in said.out
    assert "of its first repetition" in said.out
    assert "divided into 3 folds" in page.read_text("utf-8")
    listed = say("runs", folder).out
    assert "fold 2 of 3" in listed


def test_a_plan_that_cannot_be_folded_says_why(say: Say, tmp_path: Path) -> None:
    plan = tmp_path / "folds.toml"
    plan.write_text(PLAN.replace("folds = 3", "folds = 1"))
    assert "cannot be divided into 1 folds" in say("study", "show", plan).err
