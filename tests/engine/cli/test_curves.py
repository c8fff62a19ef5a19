"""`fieldmark curves`: epochs of runs as text, JSON, a table, and event files that TensorBoard can read."""

from __future__ import annotations

import csv
import re
import struct
import sys
from pathlib import Path

import pytest

from engine import __version__
from engine.cli import jobs
from engine.report.mlflow_folder import MlflowRun, write_mlflow
from tests.engine.cli.conftest import Say
from tests.engine.cli.test_verdicts import Scripted


@pytest.fixture
def trained(say: Say, class_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one run of four epochs."""
    monkeypatch.setattr(jobs, "ChildRunner", Scripted)
    folder = Path(say("new", tmp_path / "Reef", "--json").values["project"])
    for step in (("import", folder, class_folders), ("train", folder)):
        assert say(*step).status == 0
    return folder


def records(path: Path) -> list[bytes]:
    """The records of an event file: length, its check, content, its check."""
    data, found = path.read_bytes(), []
    while data:
        (n,) = struct.unpack("<Q", data[:8])
        found.append(data[12 : 12 + n])
        data = data[16 + n :]
    return found


def test_epochs_are_shown_and_written_as_a_table(say: Say, trained: Path, tmp_path: Path) -> None:
    [run] = say("curves", trained, "--json").values["runs"]
    assert [row["val_loss"] for row in run["epochs"]] == [1.05, 0.9, 1.4, 1.6]
    assert run["epochs"][0]["val_macro_f1"] is None
    said = say("curves", trained, "--run", run["run"], "--csv", tmp_path / "epochs.csv")
    assert "1.05" in said.out
    with (tmp_path / "epochs.csv").open() as lines:
        assert [row["train_loss"] for row in csv.DictReader(lines)] == ["1.6", "0.9", "0.4", "0.1"]


def test_tensorboard_reads_what_is_written_for_it(say: Say, trained: Path, tmp_path: Path) -> None:
    from tensorboardX.proto.event_pb2 import Event

    assert say("curves", trained, "--tensorboard", tmp_path / "board").status == 0
    [path] = (tmp_path / "board" / "run-1").iterdir()
    read = [Event.FromString(record) for record in records(path)]
    losses = [
        (event.step, round(value.simple_value, 4))
        for event in read
        for value in event.summary.value
        if value.tag == "val/loss"
    ]
    assert losses == [(1, 1.05), (2, 0.9), (3, 1.4), (4, 1.6)]


def test_mlflow_finds_choices_epochs_and_what_a_run_stands_on(say: Say, trained: Path, tmp_path: Path) -> None:
    out = tmp_path / "mlflow"
    for _ in range(2):
        assert say("curves", trained, "--mlflow", out).status == 0
    [experiment] = out.iterdir()
    assert 'name: "Reef"' in (experiment / "meta.yaml").read_text().splitlines()
    [run] = (path for path in experiment.iterdir() if path.is_dir())
    facts = (run / "meta.yaml").read_text().splitlines()
    assert {f'run_id: "{run.name}"', f'experiment_id: "{experiment.name}"', "status: 3"} <= set(facts)
    losses = [line.split() for line in (run / "metrics" / "val" / "loss").read_text().splitlines()]
    assert [(float(value), int(epoch)) for _, value, epoch in losses] == [(1.05, 1), (0.9, 2), (1.4, 3), (1.6, 4)]
    assert [int(at) for at, *_ in losses] == sorted(int(at) for at, *_ in losses)
    assert (run / "params" / "input.size").read_text() == "288"
    assert re.fullmatch("[0-9a-f]{64}", (run / "tags" / "fieldmark.data_digest").read_text())
    assert (run / "tags" / "fieldmark.version.fieldmark").read_text() == __version__


def test_names_that_mlflow_refuses_are_written_otherwise(tmp_path: Path) -> None:
    run = MlflowRun(
        key="0" * 32,
        name='a "b"\n: c',
        state="crashed",
        began=1,
        ended=2,
        choices={"training.stages[1].lr": "0.1\n", "site*": ""},
        tags={},
        measures=(),
    )
    write_mlflow(tmp_path, "河豚", [run])
    [folder] = tmp_path.glob(f"*/{run.key}")
    assert {path.name: path.read_text() for path in (folder / "params").iterdir()} == {
        "training.stages.1.lr": "0.1",
        "site_": "",
    }
    assert 'run_name: "a \\"b\\"\\n: c"' in (folder / "meta.yaml").read_text()


def test_without_the_package_it_says_how_to_get_it(
    say: Say, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    said = say("curves", trained, "--tensorboard", tmp_path / "board")
    assert said.status == 1
    assert "--extra tensorboard" in said.err
    assert not (tmp_path / "board").exists()


def test_a_run_that_is_not_there_is_said_so(say: Say, trained: Path) -> None:
    said = say("curves", trained, "--run", 99)
    assert said.status == 1
    assert "There is no run 99" in said.err
