"""What is wrong with a training is said where it ends, in its report and in the list of runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.base.events import Emit, Ended, Epoch, encode
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.cli import jobs
from engine.data.manifest import read_manifest
from engine.data.predictions import PARTS, Predictions, write_predictions
from engine.host.local import LocalRunner
from engine.jobs.spec import AnySpec, TrainSpec
from tests.engine.cli.conftest import Say


class Scripted:
    """Carries out all jobs but trainings; of those it leaves epochs that overfit, and answers with one class alone."""

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        if not isinstance(spec, TrainSpec):
            return LocalRunner().run(spec, emit, stop)
        folder = to_path(spec.run_folder)
        leave_epochs(folder, train=(1.6, 0.9, 0.4, 0.1), val=(1.05, 0.9, 1.4, 1.6))
        leave_answers(folder, spec)
        return Ended(reason="finished")


def leave_epochs(folder: Path, *, train: tuple[float, ...], val: tuple[float, ...]) -> None:
    lines = [
        encode(Epoch(epoch=n, stage=1, part=part, n=9, loss=loss, accuracy=0.4, macro_f1=None, seconds=1.0, lr=0.001))
        for n, pair in enumerate(zip(train, val, strict=True), start=1)
        for part, loss in zip(("train", "val"), pair, strict=True)
    ]
    (folder / "metrics.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))


def leave_answers(folder: Path, spec: TrainSpec) -> None:
    manifest = read_manifest(to_path(spec.manifest))
    probs = np.zeros((len(manifest.photos), len(manifest.classes)), dtype=np.float32)
    probs[:, 1] = 1.0
    write_predictions(
        folder / "predictions.npz",
        Predictions(
            class_ids=np.array([entry.class_id for entry in manifest.classes], np.int64),
            photo_ids=np.array([photo.photo_id for photo in manifest.photos], np.int64),
            parts=np.full(len(manifest.photos), PARTS.index("test"), np.uint8),
            true_columns=np.array([photo.class_no for photo in manifest.photos], np.int32),
            probs=probs,
        ),
    )


@pytest.fixture
def project(say: Say, class_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(jobs, "ChildRunner", Scripted)
    folder = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    assert say("import", folder, class_folders).status == 0
    return folder


def test_a_training_ends_with_what_is_wrong_with_it(say: Say, project: Path) -> None:
    said = say("train", project, "--json")
    assert [row["kind"] for row in said.values["verdicts"]] == ["collapsed", "overfits"]
    for row in said.values["verdicts"]:
        assert f"{row['text']} {row['advice']}" in said.err
    assert "Nearly every photo is called" in said.err
    assert "From epoch 2 on" in said.err


def test_the_report_and_the_list_of_runs_say_it_again(say: Say, project: Path) -> None:
    told = say("train", project, "--json").values["verdicts"]
    assert say("report", project, "--json").values["verdicts"] == told
    assert told[0]["text"] in say("report", project).out
    [run] = say("runs", project, "--json").values["runs"]
    assert run["verdicts"] == told
    assert "few classes answer, overfits" in say("runs", project).out


def test_nothing_is_said_of_a_run_that_is_as_it_should_be(
    say: Say, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def right(folder: Path, spec: TrainSpec) -> None:
        leave_answers(folder, spec)
        found = read_manifest(to_path(spec.manifest))
        path = folder / "predictions.npz"
        columns = [photo.class_no for photo in found.photos]
        data = dict(np.load(path, allow_pickle=False))
        data["probs"] = np.eye(len(found.classes), dtype=np.float32)[columns]
        np.savez(path, **data)

    def well(self: Scripted, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        assert isinstance(spec, TrainSpec)
        leave_epochs(to_path(spec.run_folder), train=(1.0, 0.5), val=(0.9, 0.6))
        right(to_path(spec.run_folder), spec)
        return Ended(reason="finished")

    monkeypatch.setattr(Scripted, "run", well)
    said = say("train", project, "--json")
    assert (said.values["verdicts"], said.err) == ([], "")
