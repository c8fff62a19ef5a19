"""From the shell: facts from a table, photos and labels out to other tools, and back into a new project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli import jobs
from engine.host.local import LocalRunner
from engine.project.project import Project
from tests.engine.cli.conftest import Say, draw


@pytest.fixture
def project(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two classes of three photos, and a table of where they were taken."""
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)
    for number, name in enumerate(("cod", "pike")):
        draw(tmp_path / "photos" / name, number, 3, first=10 * number, side=24)
    (tmp_path / "sites.csv").write_text("image;site\n0.png;north\n1.png;north\n12;south\nseal.png;south\n", "utf-8")
    folder = Path(say("new", tmp_path / "Fish", "--json").values["project"])
    say("import", folder, tmp_path / "photos")
    return folder


def test_a_table_is_taken_in_and_says_which_rows_are_not(say: Say, project: Path, tmp_path: Path) -> None:
    values = say("table", project, tmp_path / "sites.csv", "--json").values
    assert (values["key"], values["photos"], values["rows"], values["photos_without_row"]) == ("image", 3, 4, 3)
    assert [one["row"] for one in values["problems"]] == [5]
    (tmp_path / "two.csv").write_text("image,depth,species\n0,12,ling\n", "utf-8")
    some = say(
        "table", project, tmp_path / "two.csv", "--columns", "Depth", "--label", "species", "--replace", "--json"
    )
    assert (some.values["columns"], some.values["classes_made"]) == (["depth"], ["ling"])
    assert say("table", project, tmp_path / "two.csv", "--columns", "wat").status == 1
    said = say("table", project, tmp_path / "sites.csv", "--key", "site")
    assert (said.status, said.err.count("\n")) == (0, 0)
    assert "0 of 4 rows" in said.out


def test_what_goes_out_comes_back_into_a_new_project(say: Say, project: Path, tmp_path: Path) -> None:
    say("table", project, tmp_path / "sites.csv")
    first = say("export-photos", project, tmp_path / "first", "--as", "csv", "--link", "--json").values
    assert (first["photos"], first["classes"], first["left_out"]) == (6, ["cod", "pike"], [])
    again = Path(say("new", tmp_path / "Again", "--json").values["project"])
    values = say("import", again, tmp_path / "first" / "manifest.csv", "--json").values["manifests"][0]
    assert (values["added"], values["photos"], values["problems"]) == (6, 6, [])
    second = say("export-photos", again, tmp_path / "second", "--as", "coco-camera-traps", "--json").values
    assert second["dataset_sha256"] == first["dataset_sha256"]
    say("export-photos", project, tmp_path / "third", "--as", "imagefolder")
    assert "may say what the photos show" not in say("import", again, tmp_path / "third").out
    say("export-photos", project, tmp_path / "fourth", "--as", "huggingface")
    fourth = Path(say("new", tmp_path / "Fourth", "--json").values["project"])
    advised = say("import", fourth, tmp_path / "fourth").out.splitlines()[-1].split()[1:]
    assert say(*advised, "--json").values["manifests"][0]["classes_made"] == ["cod", "pike"]
    third = Path(say("new", tmp_path / "Third", "--json").values["project"])
    assert say("import", third, tmp_path / "third", "--json").values["classes_made"] == ["cod", "pike"]


def test_a_project_that_is_open_in_the_window_can_be_exported(say: Say, project: Path, tmp_path: Path) -> None:
    window = Project.open(project)
    try:
        assert say("export-photos", project, tmp_path / "out", "--as", "fiftyone").status == 0
    finally:
        window.close()


def test_a_table_without_photos_labels_those_that_are_here(say: Say, project: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels"
    assert say("export-photos", project, out, "--as", "coco-camera-traps", "--tables-only").status == 0
    told = json.loads((out / "camera_traps.json").read_bytes())
    assert [one["file_name"] for one in told["images"]][:1] == ["cod/0.png"]
    plain = Path(say("new", tmp_path / "Plain", "--json").values["project"])
    say("import", plain, *sorted((tmp_path / "photos").rglob("*.png")))
    values = say("import", plain, out / "camera_traps.json", "--json").values["manifests"][0]
    assert (values["added"], values["changed"], values["classes_made"]) == (0, 6, ["cod", "pike"])


def test_what_cannot_be_done_is_refused_before_anything_happens(say: Say, project: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    for words in (
        ("export-photos", project, tmp_path / "mine", "--as", "csv"),
        ("export-photos", project, tmp_path / "x", "--as", "fiftyone", "--tables-only"),
        ("import", project, tmp_path / "sites.csv"),
        ("import", project, tmp_path / "sites.csv", tmp_path / "photos"),
        ("table", project, tmp_path / "gone.csv"),
    ):
        said = say(*words)
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith("fieldmark: ")
    assert list((tmp_path / "mine").iterdir()) == []
    assert not (tmp_path / "x").exists()
