"""The lesson of study 1: photos expanded by turns and flips look solved to a careless split, and only to it."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from engine.base.dirs import machine_dir
from engine.cli import jobs
from engine.host.local import LocalRunner
from engine.recipe import presets
from engine.recipe.head_cfg import LogisticCfg
from tests.engine.cli.conftest import Say
from tests.helpers.learning import TINY
from tests.helpers.planted import landscape

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CLASSES = ("North shore", "South shore")
N_EACH = 16
# How much redder one shore is, of 255: a model at work on 16 photos of each finds little to go by.
WARMTH = 50
FIVE_FOLD = msgspec.structs.replace(TINY, head=LogisticCfg(strengths=(1.0, 10.0), folds=5))


def expanded(photo: Image.Image) -> list[Image.Image]:
    """The photo and all that turning and flipping makes of it: eight files, as studies save them."""
    turned = [photo.rotate(90 * turns, expand=True) for turns in range(4)]
    return turned + [one.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for one in turned]


def draw_expanded(folder: Path) -> int:
    """Landscapes of two shores that differ in a touch of warmth; returns how many files they have become."""
    rng = np.random.default_rng(8)
    n = 0
    for class_no, name in enumerate(CLASSES):
        (folder / name).mkdir(parents=True)
        for number in range(N_EACH):
            red, green, blue = landscape(rng).split()
            warmer = Image.merge("RGB", (red.point(lambda v: min(255, v + WARMTH * class_no)), green, blue))  # noqa: B023
            for way, image in enumerate(expanded(warmer)):
                image.save(folder / name / f"{number:02} {way}.png")
                n += 1
    return n


@pytest.fixture(autouse=True)
def quick_here(monkeypatch: pytest.MonkeyPatch, machine: Path) -> None:
    """Jobs run in this process, on small photos."""
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)
    monkeypatch.setitem(presets.PRESETS, "quick", FIVE_FOLD)
    shutil.copytree(machine, machine_dir(), dirs_exist_ok=True)


def test_a_naive_five_fold_reads_near_one_and_the_app_says_why_it_is_not(say: Say, tmp_path: Path) -> None:
    n = draw_expanded(tmp_path / "shores")
    folder = say("new", tmp_path / "Shores", "--json").values["project"]
    assert say("import", folder, tmp_path / "shores", "--json").values["added"] == n
    groups = say("copies", folder, "--json").values["groups"]
    assert len(groups) == 2 * N_EACH, "each photo is found to be one with all that was made of it"
    both = say("split", folder, "--naive", "--json").values["honest_and_naive"]
    assert both["naive"] >= 0.97
    assert both["honest"] <= both["naive"] - 0.15
    said = say("split", folder, "--naive").out
    assert f"{both['n']:,} of {both['n']:,} photos have relatives among the others" in said
    assert "tested by a model that learned from a relative and only has to remember it" in said
    assert "quote the honest score" in said
