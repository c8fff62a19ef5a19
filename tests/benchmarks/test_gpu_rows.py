"""What the rows for a GPU measure runs on any device in small; without a GPU the rows say that there is none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from benchmarks import gpu
from tests.helpers.learning import drawing

ROOT = Path(gpu.__file__).parents[1]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def said(tmp_path: Path, *words: str | Path) -> dict[str, object]:
    """The last line that a program of `benchmarks.ours` printed, on a machine without a GPU."""
    home = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "CUDA_VISIBLE_DEVICES": ""}
    name, *rest = words
    argv = [sys.executable, "-m", f"benchmarks.ours.{name}", *map(str, rest)]
    done = subprocess.run(argv, cwd=ROOT, env=home, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Ten classes of twelve drawn photos to learn from, and two to test."""
    path = tmp_path / "cifar.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for part, n in (("train", 12), ("test", 2)):
            for class_no in range(10):
                folder = tmp_path / part / f"class{class_no}"
                folder.mkdir(parents=True)
                for at in range(n):
                    drawing(class_no % 4, 1000 * class_no + at + 100 * (part == "test"), side=32).save(
                        folder / f"{at}.png"
                    )
            tar.add(tmp_path / part, part)
    return path


def test_training_from_scratch_is_scored_and_timed_for_each_seed(tmp_path: Path, archive: Path) -> None:
    found = said(tmp_path, "from_scratch", archive, "--small")
    assert found["n"] == 120
    accuracies, seconds = found["accuracies"], found["seconds"]
    assert isinstance(accuracies, list)
    assert isinstance(seconds, list)
    assert len(accuracies) == len(seconds) == 2
    assert all(0 <= accuracy <= 1 for accuracy in accuracies)
    assert min(seconds) > 0


def test_photos_that_stay_and_tensors_are_both_timed(tmp_path: Path) -> None:
    found = said(tmp_path, "resident", "--small")
    assert found["n"] == 12
    assert float(str(found["ours"])) > 0
    assert float(str(found["synthetic"])) > 0


@pytest.mark.parametrize("words", [("from_scratch", "any.tar.gz"), ("resident",)])
def test_without_a_gpu_nothing_is_measured(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert said(tmp_path, *words) == {"skipped": "there is no GPU here"}
