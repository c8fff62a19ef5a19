"""A study whose processes are killed in the middle of a training goes on, and comes to the same to the bit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from engine.data.predictions import read_predictions
from engine.project.project import Project
from tests.engine.cli.conftest import Say

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PLAN = """
name = "Killed"
[[rows]]
recipe = "from_scratch"
name = "network"
set = ["input.size=32", "training.stages[1].epochs=40", "training.batch=8", "training.stopping.patience=0"]
[[rows]]
recipe = "quick"
set = ["input.size=64"]
"""


def command(project: Path, plan: Path) -> list[str]:
    return [sys.executable, "-m", "engine", "study", "run", str(project), str(plan)]


def children_of(pid: int) -> list[int]:
    """Each thread's: a training is begun by a thread of its own."""
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]


def killed_in_training(project: Path, plan: Path) -> None:
    """The study is under way, its first training has saved its state, and then the current fails."""
    shell = subprocess.Popen(command(project, plan), start_new_session=True, stderr=subprocess.DEVNULL)
    begun = time.monotonic()
    while not list((project / "runs").glob("*/last.json")):
        assert shell.poll() is None, "it ended before it could be killed"
        assert time.monotonic() - begun < 300
        time.sleep(0.02)
    jobs = children_of(shell.pid)
    assert jobs
    for pid in (shell.pid, *jobs):
        os.kill(pid, signal.SIGKILL)
    shell.wait()


def answers(project: Path, name: str) -> np.ndarray:
    opened = Project.open(project, read_only=True)
    try:
        [run] = [run for run in opened.runs.rows() if run.name.endswith(name) and run.state == "finished"]
        return read_predictions(Path(os.fsdecode(run.folder)) / "predictions.npz").probs
    finally:
        opened.close()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks up processes in /proc")
def test_a_killed_study_goes_on_to_the_same_answers(say: Say, class_folders: Path, tmp_path: Path) -> None:
    plan = tmp_path / "killed.toml"
    plan.write_text(PLAN)
    made = []
    for name in ("Whole", "Killed"):
        folder = Path(say("new", tmp_path / name, "--json").values["project"])
        say("import", folder, class_folders)
        made.append(folder)
    whole, killed = made
    subprocess.run(command(whole, plan), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    killed_in_training(killed, plan)
    states = {run["name"]: run["state"] for run in say("study", "report", killed, plan, "--json").values["runs"]}
    assert states["network"] == "interrupted"
    subprocess.run(command(killed, plan), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = say("study", "report", killed, plan, "--json").values
    assert [run["state"] for run in found["runs"]] == ["done", "done"]
    for name in ("network", "Quick"):
        assert answers(killed, name).tobytes() == answers(whole, name).tobytes()
