"""The main job from the shell: new, import, train, report, add-class, export, classify, on drawn photos."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from engine.base.dirs import machine_dir
from engine.base.ids import PhotoId
from engine.cli import jobs
from engine.cli.main import main
from engine.host.local import LocalRunner
from engine.project.project import Project
from engine.recipe import presets
from engine.store.rows import PhotoFilter
from tests.engine.cli.conftest import CLASSES, N_EACH, Say, draw, draw_classes
from tests.helpers.learning import SIZE, TINY

REPORT_KEYS = {
    "n",
    "accuracy",
    "accuracy_ci95",
    "top5",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "per_class",
    "confusion",
    "classes",
}


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch, finished: Path) -> None:
    """The jobs of the commands run here: a process of their own, which `finished` had, takes seconds to begin."""
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, machine: Path) -> None:
    """Quick looks at small squares here, in a variant that is known already."""
    monkeypatch.setitem(presets.PRESETS, "quick", TINY)
    shutil.copytree(machine, machine_dir(), dirs_exist_ok=True)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, machine: Path) -> Path:
    """A project that has been through new, import and train; not to be changed."""
    root = tmp_path_factory.mktemp("finished")
    project = root / "Reef.fieldmark"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        patch.setitem(presets.PRESETS, "quick", TINY)
        shutil.copytree(machine, machine_dir(), dirs_exist_ok=True)
        for words in (("new", project), ("import", project, draw_classes(root / "photos")), ("train", project)):
            assert main([str(word) for word in words]) == 0
    return project


@pytest.fixture
def taught(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished project to do with as one likes."""
    return Path(shutil.copytree(finished, tmp_path / finished.name))


def test_an_import_says_what_came_in_and_what_did_not(say: Say, class_folders: Path, tmp_path: Path) -> None:
    project = say("new", tmp_path / "Reef", "--json").values["project"]
    first = say("import", project, class_folders, "--json").values
    assert first["added"] == len(CLASSES) * N_EACH
    assert sorted(first["classes_made"]) == sorted(CLASSES)
    assert [Path(row["path"]).name for row in first["refused"]] == ["broken.jpg"]
    assert first["refused"][0]["reason"]
    again = say("import", project, class_folders, "--json").values
    assert (again["added"], again["already_here"]) == (0, len(CLASSES) * N_EACH)


def test_a_trained_project_reports_itself(say: Say, taught: Path) -> None:
    values = say("report", taught, "--json").values
    assert values.keys() >= REPORT_KEYS
    assert values["classes"] == sorted(CLASSES, key=values["classes"].index)
    assert sum(map(sum, values["confusion"])) == values["n"]
    low, high = values["accuracy_ci95"]
    assert 0 <= low <= values["accuracy"] <= high <= 1
    assert values["accuracy"] > 0.6, "three drawn textures are easy to tell apart"
    cross = say("report", taught, "--part", "cv", "--json").values
    assert cross["n"] + values["n"] == len(CLASSES) * N_EACH
    text = say("report", taught).out
    assert f"right on {values['n']} photos" in text
    assert "95 % interval" in text
    assert all(name in text for name in CLASSES)


def test_a_class_is_added_and_the_change_is_told(say: Say, taught: Path, tmp_path: Path) -> None:
    lattice = draw(tmp_path / "new photos", 3, N_EACH)
    values = say("add-class", taught, "lattice", lattice, "--json").values
    assert values["added"] == N_EACH
    assert values["classes_made"] == ["lattice"]
    assert values["after"].keys() == {*CLASSES, "lattice"}
    assert values["before"].keys() == set(CLASSES)
    assert 0 <= values["p_value"] <= 1
    assert values["verdict"]
    assert say("report", taught, "--json").values["run"] == values["run"], "the new model is in use"


def test_a_class_of_nothing_changes_nothing(say: Say, taught: Path, tmp_path: Path) -> None:
    before = say("report", taught, "--json").values
    (tmp_path / "empty").mkdir()
    said = say("add-class", taught, "ghost", tmp_path / "empty")
    assert said.status == 1
    assert "No photo was found" in said.err
    assert say("report", taught, "--json").values == before


def test_a_saved_model_works_without_its_project(say: Say, taught: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "reef.fieldmark-model"
    assert say("export", taught, bundle, "--json").values["bytes"] == bundle.stat().st_size
    fresh = draw(tmp_path / "fresh", 1, 4, first=100)
    of_project = say("classify", taught, fresh, "--json").values
    shutil.rmtree(taught)
    table = tmp_path / "answers.csv"
    values = say("classify", bundle, fresh, "--csv", table, "--json").values
    assert values["results"] == of_project["results"]
    assert [row["class"] for row in values["results"]].count("dots") >= 3
    with table.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["class"] for row in rows] == [row["class"] for row in values["results"]]
    for row in rows:
        assert sum(float(row[name]) for name in CLASSES) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("what", ["notes", "gone"])
def test_classifying_nothing_is_a_failure(say: Say, taught: Path, tmp_path: Path, what: str) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("no photo")
    said = say("classify", taught, tmp_path / what, "--json")
    assert said.status == 1
    assert said.values["error"]


def test_importing_nothing_is_a_failure(say: Say, taught: Path, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.jpg").write_bytes(b"no photo at all")
    said = say("import", taught, tmp_path / "bad")
    assert said.status == 1
    assert "a.jpg" in said.err


def test_class_folders_named_one_by_one_are_classes(say: Say, class_folders: Path, tmp_path: Path) -> None:
    say("new", tmp_path / "Reef")
    folders = [path for path in sorted(class_folders.iterdir()) if path.is_dir()]
    values = say("import", tmp_path / "Reef.fieldmark", *folders, "--json").values
    assert sorted(values["classes_made"]) == sorted(CLASSES)


def test_labels_that_were_missed_come_with_the_next_import(say: Say, class_folders: Path, tmp_path: Path) -> None:
    say("new", tmp_path / "Reef")
    project = tmp_path / "Reef.fieldmark"
    assert say("import", project, class_folders / "dots", "--json").values["classes_made"] == []
    values = say("import", project, class_folders, "--json").values
    assert (values["added"], values["already_here"], values["labelled"]) == (2 * N_EACH, N_EACH, N_EACH)
    assert sorted(values["classes_made"]) == sorted(CLASSES)


def test_runs_are_listed_and_one_can_be_used_again(say: Say, taught: Path, tmp_path: Path) -> None:
    lattice = draw(tmp_path / "new photos", 3, N_EACH)
    assert "fieldmark use" in say("add-class", taught, "lattice", lattice).out
    listed = say("runs", taught, "--json").values["runs"]
    assert [(row["run"], row["in_use"]) for row in listed] == [(2, True), (1, False)]
    assert say("use", taught, 1).status == 0
    assert say("report", taught, "--json").values["run"] == 1
    again = say("add-class", taught, "lattice", lattice)
    assert again.status == 1
    assert "here already" in again.err
    assert len(say("runs", taught, "--json").values["runs"]) == 2, "no run without anything new"
    assert say("use", taught, 9).status == 1


def test_another_recipe_is_another_run_and_has_its_own_report(say: Say, taught: Path, tmp_path: Path) -> None:
    choices = ("--set", f"input.size={SIZE}", "--set", "head.folds=3")
    values = say("train", taught, "--recipe", "svm", *choices, "--json").values
    assert values["state"] == "finished"
    assert values["cv"]["accuracy"] > 0.6
    bundle = tmp_path / "svm.fieldmark-model"
    assert say("export", taught, bundle).status == 0
    fresh = draw(tmp_path / "fresh", 0, 3, first=70)
    assert len(say("classify", bundle, fresh, "--json").values["results"]) == 3


def test_a_run_that_ended_cannot_be_resumed(say: Say, taught: Path) -> None:
    said = say("train", taught, "--resume", "1")
    assert said.status == 1
    assert "cannot go on" in said.err
    assert say("train", taught, "--resume", "77").status == 1


@pytest.mark.slow
def test_a_learning_rate_is_looked_for_and_nothing_is_trained(say: Say, taught: Path) -> None:
    small = ("--set", "input.size=32", "--set", "training.batch=8")
    values = say("train", taught, "--recipe", "from_scratch", *small, "--find-rate", "--json").values
    assert values["rates"] == sorted(values["rates"])
    assert values["suggested"] is None or 1e-6 < values["suggested"] < 1
    assert say("report", taught, "--json").values["run"] == 1
    fits = say("train", taught, "--recipe", "from_scratch", *small, "--find-batch", "--json").values
    assert fits["batch"] == 8
    assert fits["largest_batch"] >= 2
    said = say("train", taught, "--find-rate")
    assert said.status == 1
    assert "no learning rate" in said.err


@pytest.mark.slow
def test_several_views_are_tried_adopted_and_taken_back(say: Say, taught: Path, tmp_path: Path) -> None:
    # A class it does not know, so that it is not sure of its answers.
    fresh = draw(tmp_path / "fresh", 3, 2, first=100)
    once = say("classify", taught, fresh, "--json").values["results"]
    values = say("views", taught, "--views", "flip_h", "--most", "4", "--adopt", "--json").values
    assert (values["in_use"], values["n_views"]) == (["flip_h"], 2)
    found = values["tried"]
    assert (found["how"], found["n"]) == ("out_of_fold", 4)
    low, high = found["difference_ci95"]
    assert low <= found["difference"] <= high
    assert say("classify", taught, fresh, "--json").values["results"] != once
    assert say("report", taught, "--json").values["views"] == ["flip_h"]
    assert "looks at each photo 2 times; this is of looking once" in say("report", taught).out
    back = say("views", taught, "--views", "none", "--adopt")
    assert "looks at each photo once" in back.out
    assert say("classify", taught, fresh, "--json").values["results"] == once


def test_views_that_cannot_be_had_are_refused(say: Say, taught: Path) -> None:
    said = say("views", taught, "--views", "flip_h,mirrored")
    assert said.status == 1
    assert "no views called mirrored" in said.err
    assert "flip_h, flip_v, turns, crops" in said.err


def test_photos_are_compared_by_what_the_network_sees(say: Say, taught: Path, tmp_path: Path) -> None:
    before = say("explore", taught, "--json").values
    assert before["class_pairs"] is before["outliers"] is None
    assert "--alike" in say("explore", taught).out
    page = tmp_path / "page.html"
    values = say("explore", taught, "--alike", "--html", page, "--json").values
    assert values["compared"] == {"n_photos": len(CLASSES) * N_EACH, "n_new": 0}
    overlaps = [pair["overlap"] for pair in values["class_pairs"]]
    assert overlaps == sorted(overlaps, reverse=True)
    assert len(overlaps) == len(CLASSES) * (len(CLASSES) - 1) // 2
    assert all(len(doubt["looks_like"]) == 6 for doubt in values["doubtful_labels"])
    hardest = values["class_pairs"][0]
    assert f"{hardest['first']} and {hardest['second']}: overlap" in page.read_text()
    assert "hardest first" in say("explore", taught).out, "what was found stays"


def test_each_site_is_answered_by_what_the_others_teach(say: Say, taught: Path) -> None:
    project = Project.open(taught)
    ids = {
        row.name: [PhotoId(int(i)) for i in project.browse.ids(PhotoFilter(class_id=row.id))]
        for row in project.browse.classes()
    }
    project.columns.set(ids["plain"], "Site", "Cove")
    for name in ("stripes", "dots"):
        project.columns.set(ids[name][1::2], "Site", "Bay")
        project.columns.set(ids[name][2::2], "Site", "Reef")
    project.close()
    values = say("split", taught, "--leave-out", "site", "--json").values
    found = values["leave_one_out"]
    groups = {row["name"]: row for row in found["groups"]}
    assert set(groups) == {"Bay", "Cove", "Reef"}
    assert (groups["Cove"]["n_right"], groups["Cove"]["n_untaught"]) == (0, groups["Cove"]["n"])
    assert groups["Bay"]["n_right"] + groups["Reef"]["n_right"] > 0.8 * (groups["Bay"]["n"] + groups["Reef"]["n"])
    assert found["n"] + found["n_unknown"] + found["n_locked"] == len(CLASSES) * N_EACH
    assert found["n_locked"] == values["test"]
    said = say("split", taught, "--leave-out", "Site").out
    assert "show a class that no other group shows" in said
    refused = say("split", taught, "--leave-out", "depth")
    assert refused.status == 1
    assert "Site" in refused.err
