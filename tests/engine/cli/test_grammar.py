"""What every command promises: help, an exit status that tells failure, one JSON object, and words that help."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from engine.cli.main import COMMANDS
from tests.engine.cli.conftest import Say

ROOT = Path(__file__).resolve().parents[3]
MISSING = {
    "new": ("/proc/nowhere/x",),
    "import": ("gone.fieldmark", "photos"),
    "copies": ("gone.fieldmark",),
    "train": ("gone.fieldmark",),
    "report": ("gone.fieldmark",),
    "runs": ("gone.fieldmark",),
    "use": ("gone.fieldmark", "1"),
    "add-class": ("gone.fieldmark", "Pike", "photos"),
    "classify": ("gone.fieldmark-model", "photos"),
    "export": ("gone.fieldmark", "out"),
    "table": ("gone.fieldmark", "table.csv"),
    "export-photos": ("gone.fieldmark", "out", "--as", "csv"),
}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_explains_itself(say: Say, command: str) -> None:
    said = say(command, "--help")
    assert said.status == 0
    assert said.out.startswith(f"usage: fieldmark {command}")
    assert "--json" in said.out


def test_the_whole_program_lists_its_commands_and_exit_statuses(say: Say) -> None:
    said = say("--help")
    assert all(command in said.out for command in COMMANDS)
    assert "0 done, 1 failed, 2 wrong usage, 130 stopped" in said.out


@pytest.mark.parametrize("words", [("train",), ("dance",), ("report", "p", "--part", "half"), ("new", "a", "--wat")])
def test_wrong_usage_is_two_and_prints_nothing_on_stdout(say: Say, words: tuple[str, ...]) -> None:
    said = say(*words)
    assert said.status == 2
    assert said.out == ""
    assert "usage: fieldmark" in said.err


@pytest.mark.parametrize("command", sorted(MISSING))
def test_a_failure_is_one_and_says_what_happened(
    say: Say, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = say(command, *MISSING[command])
    assert said.status == 1
    assert said.out == ""
    assert said.err.startswith("fieldmark: ")
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", sorted(MISSING))
def test_a_failure_is_one_json_object_too(
    say: Say, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = say(command, *MISSING[command], "--json")
    assert said.status == 1
    assert said.values.keys() == {"error", "safe", "advice", "details"}
    assert said.values["error"]


def test_a_project_without_a_model_says_how_to_get_one(say: Say, tmp_path: Path) -> None:
    say("new", tmp_path / "p")
    for words in (("report", tmp_path / "p.fieldmark"), ("export", tmp_path / "p.fieldmark", tmp_path / "m")):
        said = say(*words)
        assert said.status == 1
        assert "fieldmark train" in said.err


@pytest.mark.slow
def test_ctrl_c_stops_a_job_with_130_and_keeps_what_came_in(tmp_path: Path) -> None:
    project = tmp_path / "p.fieldmark"
    photos = tmp_path / "photos"
    photos.mkdir()
    for n in range(30):
        # Noise is slow to read, so the import is under way for a while.
        Image.effect_noise((1200, 1200), n + 1).save(photos / f"{n}.png", compress_level=1)
    code = "import sys; from engine.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", code]
    subprocess.run([*command, "new", str(project)], check=True, cwd=ROOT, capture_output=True)
    process = subprocess.Popen(
        [*command, "import", str(project), str(photos), "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_for_child(process.pid)
    os.kill(process.pid, signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(out)["error"] == "Stopped."
    again = subprocess.run(
        [*command, "import", str(project), str(photos), "--json"], check=True, cwd=ROOT, capture_output=True
    )
    values = json.loads(again.stdout)
    assert values["added"] + values["already_here"] == 30, "the project is whole and goes on where it was"


def _wait_for_child(pid: int) -> None:
    """The command has started its job's process, so Ctrl-C reaches a job and not the program's imports."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("children of a process are not listed here")
    limit = time.monotonic() + 60
    while not children.read_text().strip():
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_a_recipe_is_shown_changed_and_read_back(say: Say, tmp_path: Path) -> None:
    said = say("recipe", "svm", "--set", "head.strength=0.5")
    assert said.status == 0
    (tmp_path / "mine.toml").write_text(said.out, encoding="utf-8")
    assert say("recipe", tmp_path / "mine.toml", "--json").values["head"]["strength"] == 0.5
    assert say("recipe", "svm", "--json").values["head"]["strength"] != 0.5


def test_a_recipe_that_is_not_there_is_refused(say: Say, tmp_path: Path) -> None:
    said = say("recipe", "magic")
    assert said.status == 1
    assert "quick" in said.err
    assert say("recipe", tmp_path / "gone.toml").status == 1
