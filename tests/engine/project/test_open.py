"""Opening a project: one writer, checked, backed up; damage and strangers are told apart."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.base.errors import StorageError, UserError
from engine.project.project import Project
from engine.store.backup import backups
from tests.engine.project.conftest import Bench


def test_a_project_gets_its_ending(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "My.fish")
    assert project.folder.name == "My.fish.fieldmark"
    assert project.name == "My.fish"
    project.close()


def test_making_a_project_twice_is_refused(bench: Bench) -> None:
    folder = bench.project.folder
    bench.project.close()
    with pytest.raises(UserError, match="already a project"):
        Project.create(folder)
    bench.project = Project.open(folder)


def test_second_writer_is_told_who_the_first_is(bench: Bench) -> None:
    with pytest.raises(UserError, match="already open") as caught:
        Project.open(bench.project.folder)
    assert str(os.getpid()) in caught.value.details


def test_reading_is_possible_while_somebody_writes(bench: Bench) -> None:
    bench.add(Cod=2)
    reader = Project.open(bench.project.folder, read_only=True)
    assert reader.browse.counts().n_labelled == 2
    with pytest.raises(StorageError, match="reading only"):
        reader.classes.add("Hake")
    reader.close()
    assert bench.counts() == {"Cod": 2}


def test_lock_of_a_killed_process_is_free(bench: Bench) -> None:
    folder = bench.project.folder
    bench.project.close()
    code = (
        "import sys, time, pathlib; from engine.project.project import Project;"
        f"p = Project.open(pathlib.Path({str(folder)!r})); print('open', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    with pytest.raises(UserError, match="already open"):
        Project.open(folder)
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    bench.project = Project.open(folder)


def test_what_is_no_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Empty.fieldmark").mkdir()
    with pytest.raises(UserError, match="not a Fieldmark project"):
        Project.open(tmp_path / "Empty.fieldmark")


def test_another_program_s_database_is_refused_and_unchanged(bench: Bench) -> None:
    path = bench.project.paths.database
    bench.project.close()
    path.unlink()
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE theirs (x)")
    raw.commit()
    raw.close()
    before = path.read_bytes()
    with pytest.raises(UserError, match="not a Fieldmark project"):
        Project.open(bench.project.folder)
    assert path.read_bytes() == before


def test_a_newer_project_is_refused_and_unchanged(bench: Bench) -> None:
    path = bench.project.paths.database
    bench.project.close()
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA user_version = 999")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(UserError, match="newer Fieldmark"):
        Project.open(bench.project.folder)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["zeros", "cut", "noise"])
def test_a_damaged_project_is_refused_with_advice_and_left_as_it_is(bench: Bench, damage: str) -> None:
    bench.add(Cod=200)
    path = bench.project.paths.database
    bench.project.close()
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    else:
        content[4096:40960] = b"\0" * 36864 if damage == "zeros" else b"\xa5" * 36864
    path.write_bytes(content)
    with pytest.raises(StorageError, match="damaged") as caught:
        Project.open(bench.project.folder)
    assert "backups" in caught.value.advice
    assert path.read_bytes() == content
    with pytest.raises(StorageError):
        Project.open(bench.project.folder)


def test_opening_makes_a_backup_that_holds_the_labels(bench: Bench) -> None:
    bench.add(Cod=3)
    bench.clock.on(days=1)
    os.utime(bench.project.paths.database, (time.time() + 1e9, time.time() + 1e9))
    bench.reopen()
    newest = backups(bench.project.paths.backups)[0][0]
    raw = sqlite3.connect(newest)
    assert raw.execute("SELECT count(*) FROM label WHERE state = 'labelled'").fetchone() == (3,)
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


def test_backups_are_not_made_more_often_than_every_half_hour(bench: Bench) -> None:
    bench.reopen()
    n = len(backups(bench.project.paths.backups))
    bench.clock.on(minutes=5)
    bench.add(Cod=1)
    bench.reopen()
    assert len(backups(bench.project.paths.backups)) == n


def test_left_over_partial_files_are_swept(bench: Bench) -> None:
    part = bench.project.folder / ".abc123.part"
    part.write_bytes(b"half")
    bench.reopen()
    assert not part.exists()
