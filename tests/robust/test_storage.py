"""A program that dies, a disk that is full, a disk that lies: no label that was called saved is ever lost.

The system calls a commit consists of are made to fail one by one, by strace's fault injection, at every n-th call of
their kind; afterwards the project opens, is whole, and has every label that was called saved. Where strace is absent or
may not trace, the tests are skipped.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.base.events import FoundPhoto, PhotosFound
from engine.base.fspath import to_bytes
from engine.project.project import Project
from engine.store.rows import PhotoFilter

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).parent / "label_script.py"
N_PHOTOS, N_LABELS = 6, 10
# Of the places where a fault can strike, so many are tried, from the first to the last.
N_FAULTS = 4
SYNC, WRITE = "fdatasync,fsync", "pwrite64,write"


@pytest.fixture(scope="module")
def strace() -> str:
    """The tracer, if there is one that may trace."""
    found = shutil.which("strace")
    if found is None or subprocess.run([found, "-o", os.devnull, "true"], capture_output=True).returncode:
        pytest.skip("strace is not here, or may not trace")
    return found


@pytest.fixture(scope="module")
def unhurt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed project of six labelled photos; not to be changed."""
    root = tmp_path_factory.mktemp("unhurt")
    project = Project.create(root / "p.fieldmark")
    session = project.photos.begin_import([to_bytes(root)])
    photos = [
        FoundPhoto(
            path=to_bytes(root / f"{n}.jpg"),
            sha256=hashlib.sha256(bytes([n])).digest(),
            n_bytes=10,
            mtime_ns=1,
            width=4,
            height=3,
            format="JPEG",
            folder_class=f"class {n % 3}",
        )
        for n in range(N_PHOTOS)
    ]
    project.photos.ingest(PhotosFound(rows=tuple(photos)), session)
    project.photos.finish_import(session)
    project.close()
    return project.folder


@dataclass(slots=True)
class Left:
    """What a labelling process left behind.

    `may_be`: for each photo the labels it may have: the last one called saved, and those tried since and not called so.
    """

    may_be: dict[int, list[int]] = field(default_factory=dict)
    n_saved: int = 0
    n_refused: int = 0
    status: int = 0

    def read(self, line: str) -> None:
        """Take in a line the process printed."""
        word, *rest = line.split()
        match word:
            case "trying":
                self._trying = int(rest[0])
                self.may_be.setdefault(self._trying, []).append(int(rest[1]))
            case "saved":
                self.n_saved += 1
                del self.may_be[self._trying][:-1]
            case "refused":
                self.n_refused += 1

    _trying: int = 0


def label_under(strace: str, unhurt: Path, project: Path, fault: str) -> Left:
    """Label a copy of `unhurt` while system calls fail as `fault` (strace's `inject` expression) says."""
    shutil.copytree(unhurt, project)
    command = [strace, "-f", "-o", os.devnull, "-e", f"inject={fault}"]
    done = subprocess.run(
        [*command, sys.executable, SCRIPT, project, str(N_LABELS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    left = Left(status=done.returncode)
    for photo, label in labels_of(unhurt).items():
        left.may_be[photo] = [label]
    for line in done.stdout.splitlines():
        left.read(line)
    return left


def labels_of(folder: Path) -> dict[int, int]:
    """The label of each photo of a project that opens and is whole."""
    project = Project.open(folder, read_only=True)
    try:
        ids = [int(i) for i in project.browse.ids(PhotoFilter())]
        return {int(row.id): int(row.class_id or 0) for row in project.browse.rows(ids)}
    finally:
        project.close()


def check_nothing_is_lost(folder: Path, left: Left) -> None:
    """The project can be written to and each photo has its last label called saved, or one tried after that."""
    Project.open(folder).close()
    found = labels_of(folder)
    assert len(found) == N_PHOTOS
    assert {photo: label for photo, label in found.items() if label not in left.may_be[photo]} == {}


def n_calls(strace: str, unhurt: Path, calls: str, scratch: Path) -> int:
    """How many such calls an undisturbed session makes."""
    folder = Path(shutil.copytree(unhurt, scratch / "counted.fieldmark"))
    log = scratch / "calls"
    subprocess.run(
        [strace, "-f", "-o", log, "-e", f"trace={calls}", sys.executable, SCRIPT, folder, str(N_LABELS)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return sum("(" in line for line in log.read_text().splitlines())


def samples(n: int, n_samples: int) -> list[int]:
    """Numbers from 1 to n, evenly spread."""
    return sorted({1 + at * (n - 1) // (n_samples - 1) for at in range(n_samples)})


@pytest.mark.parametrize(
    "calls",
    [pytest.param(SYNC, marks=pytest.mark.slow), pytest.param(WRITE, marks=pytest.mark.slow)],
    ids=["at syncs", "at writes"],
)
def test_a_killed_program_loses_no_label_it_called_saved(strace: str, unhurt: Path, tmp_path: Path, calls: str) -> None:
    n = n_calls(strace, unhurt, calls, tmp_path)
    n_killed = 0
    for when in samples(n, N_FAULTS):
        folder = tmp_path / f"{when}.fieldmark"
        left = label_under(strace, unhurt, folder, f"{calls}:signal=SIGKILL:when={when}")
        n_killed += left.status != 0
        check_nothing_is_lost(folder, left)
    assert n_killed >= N_FAULTS - 2, "the faults came while it was labelling"


@pytest.mark.parametrize(
    ("calls", "error"),
    [("fdatasync", "EIO"), pytest.param("pwrite64", "ENOSPC", marks=pytest.mark.slow)],
    ids=["disk that fails", "disk that is full"],
)
def test_a_label_the_disk_refused_is_not_called_saved_and_the_next_one_is(
    strace: str, unhurt: Path, tmp_path: Path, calls: str, error: str
) -> None:
    n = n_calls(strace, unhurt, calls, tmp_path)
    n_refused = 0
    for when in samples(n, N_FAULTS):
        folder = tmp_path / f"{when}.fieldmark"
        left = label_under(strace, unhurt, folder, f"{calls}:error={error}:when={when}")
        check_nothing_is_lost(folder, left)
        if left.n_refused:
            assert left.status == 0
            assert left.n_saved == N_LABELS - left.n_refused, "labelling went on once the disk did"
        n_refused += left.n_refused
    assert n_refused, "the faults reached the project"
