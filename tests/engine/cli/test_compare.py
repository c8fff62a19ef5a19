"""`fieldmark compare`: a table of runs on shared photos, in words that a test stands behind, and as files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from engine.base.events import Emit, Ended
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.data.manifest import read_manifest
from engine.data.predictions import PARTS, Predictions, write_predictions
from engine.host.local import LocalRunner
from engine.jobs.spec import AnySpec, TrainSpec
from engine.project.project import Project
from tests.engine.cli.conftest import Say


class OneInThreeWrong:
    """Of the runs, the first calls every third photo something else; the others have all photos right."""

    def __init__(self) -> None:
        self.n_runs = 0

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        if not isinstance(spec, TrainSpec):
            return LocalRunner().run(spec, emit, stop)
        manifest = read_manifest(to_path(spec.manifest))
        k, photos = len(manifest.classes), manifest.photos
        shift = [int(self.n_runs == 0 and n % 3 == 0) for n in range(len(photos))]
        self.n_runs += 1
        answers = [(photo.class_no + by) % k for photo, by in zip(photos, shift, strict=True)]
        write_predictions(
            to_path(spec.run_folder) / "predictions.npz",
            Predictions(
                class_ids=np.array([entry.class_id for entry in manifest.classes], np.int64),
                photo_ids=np.array([photo.photo_id for photo in photos], np.int64),
                parts=np.full(len(photos), PARTS.index("test"), np.uint8),
                true_columns=np.array([photo.class_no for photo in photos], np.int32),
                probs=(0.1 + 0.7 * np.eye(k, dtype=np.float32)[answers]) / (0.7 + 0.1 * k),
            ),
        )
        return Ended(reason="finished")


@pytest.fixture
def project(say: Say, class_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two finished runs, the second of which is better."""
    runner = OneInThreeWrong()
    monkeypatch.setattr(jobs, "ChildRunner", lambda: runner)
    folder = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    for step in (("import", folder, class_folders), ("train", folder, "--name", "First & worst"), ("train", folder)):
        assert say(*step).status == 0
    return folder


def test_training_again_says_how_to_go_back(say: Say, project: Path) -> None:
    said = say("train", project).out.splitlines()[-1]
    assert said.endswith(f"was in use before: `fieldmark use {project} 2` goes back to it.")


def test_the_better_run_is_called_so_with_its_test(say: Say, project: Path) -> None:
    found = say("compare", project, "--with", "1", "--json").values
    assert found["n"] == 36
    first, second = sorted(found["runs"], key=lambda run: run["run_id"])
    assert first["against"] is None
    assert (second["against"]["gained"], second["against"]["lost"]) == (12, 0)
    assert second["against"]["verdict"] == "better"
    assert second["against"]["p_holm"] < 0.001
    assert len(second["only_right"]) == len(found["disagreed"]) == 12
    said = say("compare", project, "--with", "1").out
    assert "better" in said
    assert "36 photos in" in said


def test_the_table_is_written_as_files(say: Say, project: Path, tmp_path: Path) -> None:
    out = {form: tmp_path / f"table.{form}" for form in ("csv", "markdown", "latex")}
    words = [word for form, path in out.items() for word in (f"--{form}", path)]
    assert say("compare", project, "--with", "1", *words).status == 0
    with out["csv"].open() as lines:
        rows = {row["run"]: row for row in csv.DictReader(lines)}
    assert rows["1"]["verdict"] == "reference"
    assert rows["2"]["difference"] == "+33.3"
    # No curve, no size and no fold was recorded: a spreadsheet has empty cells, people are not shown the columns.
    assert (rows["2"]["recipe"], rows["2"]["n_parameters"], rows["2"]["folds"]) == ("Quick", "", "")
    assert float(rows["2"]["minutes"]) >= 0
    assert "| First & worst |" in out["markdown"].read_text()
    assert "parameters" not in out["markdown"].read_text()
    assert "| – |" in out["markdown"].read_text(), "the reference was not tested against itself"
    assert r"First \& worst" in out["latex"].read_text()


def test_runs_that_share_no_photos_cannot_be_compared(say: Say, project: Path) -> None:
    said = say("compare", project, "--run", "1", "--part", "cv")
    assert said.status == 1
    assert "has no cross-validated answers" in said.err
    assert "only one run" in say("compare", project, "--part", "cv").err, "the others are left out, not stumbled over"
    assert "no run 9" in say("compare", project, "--run", "9").err


def test_what_one_class_instead_of_two_would_score_is_known_without_training(say: Say, project: Path) -> None:
    opened = Project.open(project)
    worst = opened.runs.rows()[-1].id
    names = opened.runs.report(worst).classes
    trial = opened.comparisons.if_one(worst, names[:2])
    assert trial.before.accuracy == pytest.approx(24 / 36)
    confused = int(trial.before.confusion[0, 1] + trial.before.confusion[1, 0])
    assert confused > 0
    assert trial.after.accuracy == pytest.approx((24 + confused) / 36)
    assert trial.after.classes == (f"{names[0]} + {names[1]}", names[2])
    opened.close()
    said = say("report", project, "--run", "1", "--as-one", *names[:2])
    assert f"If {names[0]} and {names[1]} were one class" in said.out
    assert "Nothing was changed" in said.out
    values = say("report", project, "--run", "1", "--json").values
    assert values["as_one"] is None
    # Two thirds are right, and all are said with a confidence of 0.8.
    assert values["calibration"]["ece"] == pytest.approx(0.8 - 2 / 3, abs=1e-3)
    assert "knows no class Whale" in say("report", project, "--run", "1", "--as-one", "Whale", names[0]).err
