"""Every kind of trouble planted in one project: each is found, none fools the score; a clean project is left alone."""

from __future__ import annotations

import os
import shutil
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.base.dirs import machine_dir
from engine.base.fspath import from_text
from engine.base.ids import PhotoId
from engine.cli import jobs
from engine.host.local import LocalRunner
from engine.project.project import Project
from engine.recipe import presets
from engine.store.rows import PhotoFilter
from tests.engine.cli.conftest import Say
from tests.helpers.learning import TINY
from tests.helpers.planted_project import Truth, plant_project

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def quick_here(monkeypatch: pytest.MonkeyPatch, machine: Path) -> None:
    """Jobs run in this process, on small photos."""
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)
    monkeypatch.setitem(presets.PRESETS, "quick", TINY)
    shutil.copytree(machine, machine_dir(), dirs_exist_ok=True)


def imported(say: Say, folder: Path, truth: Truth) -> Path:
    project = Path(say("new", folder.with_suffix(".fieldmark"), "--json").values["project"])
    values = say("import", project, folder, "--json").values
    assert values["added"] == len(truth.photos)
    assert sorted(values["classes_made"]) == sorted(truth.classes), "what systems leave in folders is no class"
    return project


def pairs(groups: Any) -> set[frozenset[Path]]:
    return {frozenset(pair) for group in groups for pair in combinations(group, 2)}


def test_copies_are_found_and_nothing_else(say: Say, tmp_path: Path) -> None:
    truth = plant_project(tmp_path / "photos", 1, trouble=True)
    found = say("copies", imported(say, tmp_path / "photos", truth), "--json").values
    groups = [[Path(os.fsdecode(from_text(photo["path"]))) for photo in group["photos"]] for group in found["groups"]]
    planted: dict[int, list[Path]] = {}
    for path, origin in truth.origin.items():
        planted.setdefault(origin, []).append(path)
    said, true = pairs(groups), pairs(planted.values())
    assert len(said & true) / len(true) >= 0.95, "recall"
    assert len(said & true) / len(said) >= 0.95, "precision"


def test_junk_is_listed_as_what_it_is(say: Say, tmp_path: Path) -> None:
    truth = plant_project(tmp_path / "photos", 2, trouble=True)
    folder = imported(say, tmp_path / "photos", truth)
    found = say("explore", folder, "--json").values
    place = places(folder)
    for odd in found["odd"]:
        first = [place[photo_id] for photo_id in odd["photo_ids"][:5]]
        assert truth.odd[odd["kind"]] in first, odd["kind"]


def test_as_many_wrong_labels_are_found_as_by_cleanlab_for_the_same_work(say: Say, tmp_path: Path) -> None:
    """One project says little: a photo of junk among the first makes the difference. So three together."""
    found = [found_wrong(say, tmp_path / str(seed), seed) for seed in (21, 22, 23)]
    ours, margin, confidence, n = (sum(counts) for counts in zip(*found, strict=True))
    assert ours >= max(margin, confidence)
    assert ours >= 0.6 * n


def found_wrong(say: Say, folder: Path, seed: int) -> tuple[int, int, int, int]:
    """Wrong labels among as many reviewed photos: by us, by two orders of cleanlab; and how many there are."""
    from cleanlab.filter import find_label_issues

    truth = plant_project(folder / "photos", seed, trouble=True)
    project_folder = imported(say, folder / "photos", truth)
    say("copies", project_folder)
    run = say("train", project_folder, "--json").values["run"]
    project = Project.open(project_folder)
    ids = [int(i) for i in project.browse.ids(PhotoFilter())]
    answers = {row.photo_id: row.probs for row in project.browse.predictions(run, ids) if row is not None}
    columns = {class_id: n for n, class_id in enumerate(project.runs.row(run).class_ids)}
    labels = {row.id: columns[row.class_id] for row in project.browse.rows(list(answers)) if row.class_id is not None}
    ours = [doubt.photo_id for doubt in project.explore.doubtful_labels(run)]
    project.close()
    place = places(project_folder)
    wrong = {photo_id for photo_id in answers if place[photo_id] in truth.wrong}
    judged = list(answers)
    orders = [
        find_label_issues(
            np.array([labels[PhotoId(i)] for i in judged]),
            np.array([answers[i] for i in judged]),
            return_indices_ranked_by=order,
            n_jobs=1,
        )
        for order in ("normalized_margin", "self_confidence")
    ]
    lists = [ours, *([judged[at] for at in order] for order in orders)]
    by_us, by_margin, by_confidence = (len(wrong & set(listed[: len(wrong)])) for listed in lists)
    return by_us, by_margin, by_confidence, len(wrong)


def test_nothing_that_belongs_together_is_parted_and_the_naive_score_is_called_so(say: Say, tmp_path: Path) -> None:
    truth = plant_project(tmp_path / "photos", 4, trouble=True)
    folder = imported(say, tmp_path / "photos", truth)
    say("copies", folder)
    found = say("split", folder, "--naive", "--json").values
    assert {row["kind"]: row["parted"] for row in found["relations"] if row["kind"] in ("copies", "bursts")} == {
        "copies": 0,
        "bursts": 0,
    }
    both = found["honest_and_naive"]
    assert both["naive"] > both["honest"] + 0.1
    assert both["p_value"] < 0.01
    assert "quote the honest score" in both["verdict"]


def test_on_a_clean_project_both_scores_agree(say: Say, tmp_path: Path) -> None:
    truth = plant_project(tmp_path / "photos", 5, trouble=False)
    folder = imported(say, tmp_path / "photos", truth)
    assert say("copies", folder, "--json").values["groups"] == []
    both = say("split", folder, "--naive", "--json").values["honest_and_naive"]
    assert both["p_value"] > 0.05
    assert abs(both["naive"] - both["honest"]) < 0.05


def places(folder: Path) -> dict[int, Path]:
    """Where each photo of the project lies."""
    project = Project.open(folder, read_only=True)
    rows = project.browse.rows([int(i) for i in project.browse.ids(PhotoFilter())])
    project.close()
    return {row.id: Path(os.fsdecode(row.path)) for row in rows}
