"""Recipes on the features of other networks, from the shell: train by a file, report, export, classify, add a class."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.base.dirs import weights_dir
from engine.cli import jobs
from engine.host.local import LocalRunner
from engine.predict import gather
from engine.predict.torch_variants import build_torch
from tests.engine.cli.conftest import CLASSES, N_EACH, Say, draw
from tests.helpers.taps import keep_drawn

SVM_ON_A_STAGE = """
name = "svm_stage"
title = "SVM on a stage"
[input]
size = 64
[model]
kind = "backbone"
backbone = "timm/test_resnet"
cut = 3
[head]
kind = "classic"
method = "svm"
folds = 3
"""
QUICK_ON_A_STAGE = (
    SVM_ON_A_STAGE.partition("[head]")[0] + '[head]\nkind = "logistic"\nstrengths = [0.03, 0.3]\nfolds = 3\n'
)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs run here, as if it were known of every network that this variant of torch is the fastest."""
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)
    monkeypatch.setattr(gather, "fastest", lambda source, *_, **__: build_torch(source.load(), "channels_last"))


@pytest.fixture
def project(say: Say, tmp_path: Path) -> Path:
    """A project with photos of three classes."""
    for class_no, name in enumerate(CLASSES):
        draw(tmp_path / "photos" / name, class_no, N_EACH)
    folder = tmp_path / "Reef.fieldmark"
    assert say("new", folder).status == 0
    assert say("import", folder, tmp_path / "photos").status == 0
    return folder


def recipe_file(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text)
    return path


def test_svm_on_a_stage_goes_the_whole_way(say: Say, project: Path, tmp_path: Path) -> None:
    keep_drawn(weights_dir())
    recipe = recipe_file(tmp_path, SVM_ON_A_STAGE)
    trained = say("train", project, "--recipe", recipe, "--json")
    assert trained.status == 0, trained.err
    assert trained.values["state"] == "finished"
    assert say("report", project, "--json").values["n"] > 0
    bundle = tmp_path / "reef.fieldmark-model"
    assert say("export", project, bundle).status == 0
    fresh = draw(tmp_path / "fresh", 1, 4, first=100)
    here = say("classify", project, fresh, "--json").values["results"]
    shutil.rmtree(project)
    shutil.rmtree(weights_dir())
    there = say("classify", bundle, fresh, "--json").values["results"]
    assert [row["class"] for row in there] == [row["class"] for row in here]
    assert [row["confidence"] for row in there] == pytest.approx([row["confidence"] for row in here], abs=1e-4)


def test_class_is_added_to_a_model_on_a_stage(say: Say, project: Path, tmp_path: Path) -> None:
    keep_drawn(weights_dir())
    assert say("train", project, "--recipe", recipe_file(tmp_path, QUICK_ON_A_STAGE)).status == 0
    lattice = draw(tmp_path / "new photos", 3, N_EACH)
    values = say("add-class", project, "lattice", lattice, "--json").values
    assert values["after"].keys() == {*CLASSES, "lattice"}
    assert values["before"].keys() == set(CLASSES)


def test_random_features_need_no_weights(say: Say, project: Path, tmp_path: Path) -> None:
    recipe = recipe_file(tmp_path, SVM_ON_A_STAGE)
    assert say("train", project, "--recipe", recipe, "--set", "model.weights=none").status == 0


def test_missing_weights_are_told_and_no_run_is_begun(say: Say, project: Path, tmp_path: Path) -> None:
    said = say("train", project, "--recipe", recipe_file(tmp_path, SVM_ON_A_STAGE))
    assert said.status == 1
    assert "no pretrained weights for test_resnet" in said.err
    assert "Get the weights" in said.err
    assert say("runs", project, "--json").values["runs"] == []


def test_weights_that_went_away_are_told_when_the_model_is_used(say: Say, project: Path, tmp_path: Path) -> None:
    keep_drawn(weights_dir())
    assert say("train", project, "--recipe", recipe_file(tmp_path, SVM_ON_A_STAGE)).status == 0
    shutil.rmtree(weights_dir())
    said = say("classify", project, draw(tmp_path / "fresh", 1, 1))
    assert said.status == 1
    assert "are not on this machine" in said.err
    assert say("report", project, "--json").values["n"] > 0, "what was found is still told"
