"""Exploring from the shell: the same facts as text, as JSON and as a page."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from engine.cli import jobs
from engine.host.local import LocalRunner
from engine.project.project import Project
from engine.store.rows import PhotoFilter
from tests.engine.cli.conftest import CLASSES, N_EACH, Say


@pytest.fixture
def project(say: Say, class_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the photos of three classes, one of them excluded."""
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)
    folder = Path(say("new", tmp_path / "Reef <&>", "--json").values["project"])
    say("import", folder, class_folders)
    opened = Project.open(folder)
    opened.labels.exclude([int(i) for i in opened.browse.ids(PhotoFilter())[:1]])
    opened.close()
    return folder


def test_it_counts_what_is_there(say: Say, project: Path) -> None:
    values = say("explore", project, "--json").values
    n = len(CLASSES) * N_EACH - 1
    assert (values["n"], values["n_excluded"], values["n_looked"]) == (n, 1, n)
    assert {row["name"] for row in values["classes"]} == set(CLASSES)
    assert sum(row["n"] for row in values["classes"]) == len(CLASSES) * N_EACH - 1
    assert [row["value"] for row in values["formats"]] == ["PNG"]
    assert values["doubtful_labels"] is None, "no model was trained yet"


def test_the_text_says_the_same(say: Say, project: Path) -> None:
    said = say("explore", project)
    assert said.status == 0
    assert f"{len(CLASSES) * N_EACH - 1} photos" in said.out
    assert "train first" in said.out


def test_an_empty_or_misnamed_project_is_told_what_to_do(say: Say, tmp_path: Path) -> None:
    empty = Path(say("new", tmp_path / "Empty", "--json").values["project"])
    assert "no photos yet" in say("explore", empty).out
    assert "no runs yet" in say("curves", empty).err
    assert "Did you mean Empty.fieldmark?" in say("explore", tmp_path / "Empty").err


def test_the_page_stands_alone_and_says_nothing_as_markup(say: Say, project: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert say("explore", project, "--html", page).out.endswith(f"Wrote the page {page}\n")
    text = page.read_text()
    assert "Reef &lt;&amp;&gt;" in text
    assert "Reef <&>" not in text
    assert text.count("data:image/jpeg;base64,") >= len(CLASSES)
    assert not re.search(r'(src|href)="(?!data:)', text), "nothing is loaded from elsewhere"


def test_a_page_that_cannot_be_written_is_an_error(say: Say, project: Path, tmp_path: Path) -> None:
    said = say("explore", project, "--html", tmp_path / "gone" / "page.html")
    assert said.status == 1
    assert said.err


def test_an_old_project_learns_when_its_photos_were_taken(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2020:05:06 07:08:09"
    (tmp_path / "photos" / "a").mkdir(parents=True)
    Image.effect_noise((40, 30), 50).convert("RGB").save(tmp_path / "photos" / "a" / "1.jpg", exif=exif)
    folder = Path(say("new", tmp_path / "Old", "--json").values["project"])
    say("import", folder, tmp_path / "photos")
    raw = sqlite3.connect(folder / "project.sqlite")
    raw.execute("DELETE FROM photo_meta")
    raw.commit()
    raw.close()
    assert say("split", folder, "--json").values["n_dated"] == 0
    say("explore", folder)
    assert say("split", folder, "--json").values["n_dated"] == 1


def test_photos_are_only_read(say: Say, project: Path, class_folders: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in class_folders.rglob("*") if path.is_file()}
    say("explore", project)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before} == before
