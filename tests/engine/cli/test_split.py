"""Dividing from the shell: bursts stay together, a split that parts them says so, and its score is called naive."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from engine.base.dirs import machine_dir
from engine.cli import jobs
from engine.cli.leave_out_lines import leave_out_lines
from engine.host.local import LocalRunner
from engine.insight.leave_one_out import GroupScore, LeaveOneOut
from engine.recipe import presets
from tests.engine.cli.conftest import Say
from tests.helpers.learning import TINY

N_BURSTS, N_SHOTS = 8, 4
APART = ("--set", "split.groups.bursts=false")


def shoot(folder: Path, name: str, burst: int) -> None:
    """Four nearly equal photos of one thing, three seconds apart; classes differ less than things do."""
    rng = np.random.default_rng([len(name), burst])
    thing = rng.uniform(0, 255, (6, 6, 3))
    for shot in range(N_SHOTS):
        pixels = np.asarray(Image.fromarray(thing.astype(np.uint8)).resize((64, 64))) + rng.normal(0, 4, (64, 64, 3))
        exif = Image.Exif()
        exif[ExifTags.Base.Model] = "TG-6"
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"2026:05:06 {burst:02}:00:{3 * shot:02}"
        photo = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
        photo.save(folder / f"{burst}_{shot}.jpg", quality=95, exif=exif)


@pytest.fixture
def project(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three classes that cannot be told apart, in bursts."""
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)
    monkeypatch.setitem(presets.PRESETS, "quick", TINY)
    for name in ("a", "bb", "ccc"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for burst in range(N_BURSTS):
            shoot(tmp_path / "photos" / name, name, burst)
    folder = Path(say("new", tmp_path / "Bursts", "--json").values["project"])
    assert say("import", folder, tmp_path / "photos", "--json").values["added"] == 3 * N_BURSTS * N_SHOTS
    return folder


def bursts(values: dict) -> dict:
    return next(row for row in values["relations"] if row["kind"] == "bursts")


def test_bursts_stand_on_one_side(say: Say, project: Path) -> None:
    values = say("split", project, "--json").values
    assert values["train"] + values["val"] + values["test"] == 3 * N_BURSTS * N_SHOTS
    assert bursts(values) == {
        "kind": "bursts",
        "groups": 3 * N_BURSTS,
        "parted": 0,
        "test_photos_with_relatives_in_training": 0,
    }
    assert values["honest_and_naive"] is None
    assert "each on one side" in say("split", project).out


def test_a_split_that_parts_bursts_says_so(say: Say, project: Path) -> None:
    values = say("split", project, *APART, "--json").values
    assert bursts(values)["parted"] > 0
    assert 0 < bursts(values)["test_photos_with_relatives_in_training"] <= values["test"]
    assert "stand on several sides" in say("split", project, *APART).out
    assert bursts(say("split", project, "--json").values)["parted"] == 0
    say("split", project, *APART, "--adopt")
    assert bursts(say("split", project, "--json").values)["parted"] > 0, "it is the project's plan now"
    say("split", project, "--adopt")
    assert bursts(say("split", project, "--json").values)["parted"] == 0, "as usual again"


def test_the_naive_score_is_shown_to_be_naive(say: Say, project: Path, machine: Path) -> None:
    shutil.copytree(machine, machine_dir(), dirs_exist_ok=True)
    found = say("split", project, "--naive", "--json").values["honest_and_naive"]
    assert found["naive"] > 0.9, "a photo of the same burst is easily remembered"
    assert found["honest"] < 0.6, "the classes cannot be told apart"
    assert found["p_value"] < 0.01
    assert "quote the honest score" in found["verdict"]


def test_leaving_out_class_folders_is_told_to_say_nothing() -> None:
    def left_out(n_untaught: int) -> LeaveOneOut:
        folder = GroupScore(
            name="cod", n=9, n_right=0, accuracy=0, accuracy_ci95=(0, 0.3), n_untaught=n_untaught, n_set_aside=0
        )
        return LeaveOneOut(
            relation="folders", strength=1, n=9, n_right=0, accuracy=0, accuracy_ci95=(0, 0), macro=0,
            n_untaught=n_untaught, n_unknown=0, n_locked=0, groups=(folder,),
        )  # fmt: skip

    assert "says nothing of the model" in "\n".join(leave_out_lines(left_out(9)))
    assert "says nothing of the model" not in "\n".join(leave_out_lines(left_out(8)))


def test_without_photos_there_is_nothing_to_divide(say: Say, tmp_path: Path) -> None:
    folder = say("new", tmp_path / "Empty", "--json").values["project"]
    said = say("split", folder)
    assert said.status == 1
    assert "nothing to divide" in said.err
