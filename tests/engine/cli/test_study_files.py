"""`fieldmark study bundle` and `rerun`: a study without its photos, repeated where they are found again."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from engine.base.dirs import machine_dir
from engine.base.events import Emit, Ended
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.data.manifest import read_manifest
from engine.data.predictions import read_predictions, write_predictions
from engine.host.local import LocalRunner
from engine.jobs.spec import AnySpec, TrainSpec
from engine.project.project import Project
from engine.recipe import presets
from engine.store.rows import PhotoFilter
from tests.engine.cli.conftest import Say
from tests.engine.cli.test_compare import OneInThreeWrong
from tests.engine.cli.test_study_folds import SmallIsWorse
from tests.helpers.learning import TINY, drawing

PLAN = """
name = "Sizes"
[[rows]]
recipe = "quick"
name = "small"
set = ["input.size=64"]
[[rows]]
recipe = "svm"
name = "vectors"
set = ["input.size=64"]
[[rows]]
recipe = "study1_resnet50"
name = "waits"
"""


class Nudged(OneInThreeWrong):
    """As its parent, but the second run is a little less sure of the photo it sees first."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self._by = by

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        ended = super().run(spec, emit, stop)
        if isinstance(spec, TrainSpec) and self.n_runs == 2:
            path = to_path(spec.run_folder) / "predictions.npz"
            found = read_predictions(path)
            top = int(found.probs[0].argmax())
            found.probs[0, top] -= self._by
            found.probs[0, (top + 1) % found.probs.shape[1]] += self._by
            write_predictions(path, found)
        return ended


class StopsOnce(OneInThreeWrong):
    """As its parent, but the second training is stopped the first time."""

    def __init__(self) -> None:
        super().__init__()
        self._stopped = False

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        if isinstance(spec, TrainSpec) and self.n_runs == 1 and not self._stopped:
            self._stopped = True
            return Ended(reason="cancelled")
        return super().run(spec, emit, stop)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "sizes.toml"
    path.write_text(PLAN)
    return path


@pytest.fixture
def elsewhere(class_folders: Path, tmp_path: Path) -> Path:
    """The same photos as `class_folders`, all in one folder, called otherwise and in another order, and one more."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for number, path in enumerate(sorted(class_folders.glob("*/*.png"), reverse=True)):
        shutil.copyfile(path, folder / f"{number:03}.png")
    drawing(0, 99).save(folder / "none of them.png")
    return folder


@pytest.fixture
def bundle(say: Say, class_folders: Path, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study of two runs, one of which is often wrong, on photos two of which are kept together by hand."""
    runner = OneInThreeWrong()
    monkeypatch.setattr(jobs, "ChildRunner", lambda: runner)
    return bundled(say, class_folders, plan, tmp_path)


def bundled(say: Say, photos: Path, plan: Path, folder: Path) -> Path:
    project, out = folder / "Reef.fieldmark", folder / "sizes.zip"
    say("new", project)
    say("import", project, photos)
    opened = Project.open(project)
    opened.columns.set([int(i) for i in opened.browse.ids(PhotoFilter())[3:5]], "group", "pair")
    opened.close()
    say("split", project, "--set", "split.groups.columns=group", "--adopt")
    say("study", "run", project, plan)
    assert say("study", "bundle", project, plan, out).status == 0
    return out


def manifests(project: Path) -> list[tuple[list[str], list[tuple[bytes, int, str, int]]]]:
    """What each run of a project was taught, but for where the photos are."""
    opened = Project.open(project, read_only=True)
    folders = [to_path(row.folder) for row in reversed(opened.runs.rows())]
    opened.close()
    seen = [read_manifest(folder / "manifest.msgpack") for folder in folders]
    return [
        (
            [entry.name for entry in one.classes],
            [(photo.sha256, photo.class_no, photo.part, photo.group) for photo in one.photos],
        )
        for one in seen
    ]


def test_a_bundle_holds_all_but_the_photos(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        assert sorted(archive.namelist()) == [
            "answers/1.npz",
            "answers/2.npz",
            "plan.toml",
            "results.json",
            "study.json",
        ]
        study, results = (json.loads(archive.read(name)) for name in ("study.json", "results.json"))
    assert len(study["photos"]) == 36
    assert {photo["part"] for photo in study["photos"]} == {"train", "val", "test"}
    assert [(run["name"], run["state"]) for run in study["runs"]] == [
        ("small", "done"),
        ("vectors", "done"),
        ("waits", "waits"),
    ]
    assert study["runs"][0]["recipe"]["input"]["size"] == 64
    assert study["machine"]["packages"]["torch"]
    assert [run["name"] for run in results["runs"]] == ["small", "vectors"]


def test_a_rerun_teaches_and_tests_the_same_photos_wherever_they_lie(
    say: Say, bundle: Path, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = OneInThreeWrong()
    monkeypatch.setattr(jobs, "ChildRunner", lambda: runner)
    again = tmp_path / "Again.fieldmark"
    found = say("study", "rerun", bundle, elsewhere, again, "--json").values
    assert found["reproduced"]
    assert [(run["name"], run["outcome"]) for run in found["runs"]] == [
        ("small", "identical"),
        ("vectors", "identical"),
        ("waits", "not repeated"),
    ]
    assert found["runs"][0]["accuracy_now"] == found["runs"][0]["accuracy_before"] < 1
    assert found["other_versions"] == []
    seen = manifests(tmp_path / "Reef.fieldmark")
    assert manifests(again) == seen
    assert len({group for _, _, _, group in seen[0][1]}) == 35, "two of the 36 photos are kept together"


def test_a_study_in_folds_is_repeated_with_the_same_folds(
    say: Say, class_folders: Path, elsewhere: Path, plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = SmallIsWorse()
    monkeypatch.setattr(jobs, "ChildRunner", lambda: runner)
    plan.write_text(plan.read_text().replace('name = "Sizes"', 'name = "Sizes"\nfolds = 3\nrepeats = 2', 1))
    study, again = bundled(say, class_folders, plan, tmp_path), tmp_path / "Again.fieldmark"
    found = say("study", "rerun", study, elsewhere, again, "--json").values
    assert [run["outcome"] for run in found["runs"][:12]] == ["identical"] * 12
    seen = manifests(tmp_path / "Reef.fieldmark")
    assert manifests(again) == seen
    assert len({tuple(photos) for _, photos in seen}) == 6, "three folds, drawn twice"


@pytest.mark.parametrize(
    ("by", "outcome", "words"),
    [(2e-5, "within tolerance", "All that was repeated came out alike."), (0.6, "differs", "Not all of it")],
)
def test_a_run_that_says_something_else_is_told_apart(
    by: float, outcome: str, words: str, say: Say, bundle: Path, elsewhere: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    runner = Nudged(by)
    monkeypatch.setattr(jobs, "ChildRunner", lambda: runner)
    said = say("study", "rerun", bundle, elsewhere, tmp_path / "Again")
    [line] = [line for line in said.out.splitlines() if line.startswith("vectors")]
    assert outcome in line
    assert ("36 of 36" in line) == (outcome != "differs")
    assert words in said.out


def test_a_rerun_that_was_stopped_goes_on_and_leaves_other_projects_alone(
    say: Say, bundle: Path, elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = StopsOnce()
    monkeypatch.setattr(jobs, "ChildRunner", lambda: runner)
    again = tmp_path / "Again.fieldmark"
    stopped = say("study", "rerun", bundle, elsewhere, again)
    assert stopped.status == 130
    assert "the same command goes on" in stopped.err
    assert say("study", "rerun", bundle, elsewhere, again, "--json").values["reproduced"]
    assert runner.n_runs == 2
    said = say("study", "rerun", bundle, elsewhere, tmp_path / "Reef.fieldmark")
    assert "holds other photos than this study, or divides them otherwise" in said.err


def test_photos_that_are_missing_are_said_before_anything_is_made(
    say: Say, bundle: Path, elsewhere: Path, tmp_path: Path
) -> None:
    (elsewhere / "000.png").unlink()
    (elsewhere / "001.png").write_bytes(b"stored anew")
    said = say("study", "rerun", bundle, elsewhere, tmp_path / "Again")
    assert said.status == 1
    assert "2 of the study's 36 photos are not in that folder" in said.err
    assert not (tmp_path / "Again.fieldmark").exists()


def test_a_file_that_is_no_bundle_and_a_study_without_runs_are_refused(say: Say, plan: Path, tmp_path: Path) -> None:
    said = say("study", "rerun", plan, tmp_path, tmp_path / "Again")
    assert said.status == 1
    assert "sizes.toml could not be read as a study" in said.err
    say("new", tmp_path / "Empty")
    said = say("study", "bundle", tmp_path / "Empty.fieldmark", plan, tmp_path / "out.zip")
    assert "No run of this study is done" in said.err
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.slow
def test_what_was_really_trained_on_frozen_features_comes_out_to_the_bit(
    say: Say,
    class_folders: Path,
    elsewhere: Path,
    plan: Path,
    machine: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)
    monkeypatch.setitem(presets.PRESETS, "quick", TINY)
    shutil.copytree(machine, machine_dir(), dirs_exist_ok=True)
    saved = bundled(say, class_folders, plan, tmp_path)
    found = say("study", "rerun", saved, elsewhere, tmp_path / "Again", "--json").values
    small, vectors, _ = found["runs"]
    for run in (small, vectors):
        assert run["outcome"] == "identical"
        assert run["found"]["largest"] == 0.0
        assert run["found"]["n"] == 36, "test photos and cross-validated ones"
    assert found["reproduced"]
