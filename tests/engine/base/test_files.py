"""A file is the old one or the new one, whatever goes wrong between."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.base import files
from engine.base.errors import StorageError
from engine.base.files import atomic_open, atomic_write, sweep_partials


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_holds_what_was_written(tmp_path: Path) -> None:
    atomic_write(tmp_path / "a", b"old")
    atomic_write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert names(tmp_path) == ["a"]


def test_an_error_while_writing_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    atomic_write(tmp_path / "a", b"old")

    def write_half() -> None:
        with atomic_open(tmp_path / "a") as out:
            out.write(b"half of the ne")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_refuses_is_told_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    atomic_write(tmp_path / "a", b"old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, call, refuse)
    with pytest.raises(StorageError) as told:
        atomic_write(tmp_path / "a", b"new")
    assert told.value.safe == "The previous version of the file is unchanged."
    assert "free space" in told.value.advice
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_folder_that_is_gone_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        atomic_write(tmp_path / "gone" / "a", b"x")


def test_names_as_long_as_the_file_system_allows_can_be_written(tmp_path: Path) -> None:
    longest = "n" * 255
    atomic_write(tmp_path / longest, b"x")
    assert names(tmp_path) == [longest]


def test_what_a_killed_writer_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from engine.base.files import atomic_open\n"
        "with atomic_open(Path(sys.argv[1])) as out:\n    out.write(b'half'); out.flush(); os._exit(9)"
    )
    atomic_write(tmp_path / "a", b"old")
    (tmp_path / ".hidden").write_bytes(b"mine")
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], cwd=Path(files.__file__).parents[2])
    assert done.returncode == 9
    assert len(names(tmp_path)) == 3
    assert sweep_partials(tmp_path) == 1
    assert names(tmp_path) == [".hidden", "a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_the_folder_entry_is_on_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def note(fd: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{fd}"))
        real(fd)

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("open files are not listed here")
    monkeypatch.setattr(files.os, "fsync", note)
    atomic_write(tmp_path / "a", b"x")
    assert synced[-1] == str(tmp_path), "a file whose folder entry is lost in a crash was not saved"
    assert len(synced) == 2
