"""`fieldmark copies`: groups with what was done, conflicts first, and splits that keep copies together."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from engine.cli import jobs
from engine.host.local import LocalRunner
from engine.project.project import Project
from engine.store.db import open_database
from engine.store.relations import relation_rows
from tests.engine.cli.conftest import Say
from tests.helpers.planted import drawn


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs run in this process: starting others takes longer than what they do."""
    monkeypatch.setattr(jobs, "ChildRunner", LocalRunner)


def project_with_copies(say: Say, tmp_path: Path) -> Path:
    """Two classes; a mirrored copy of a photo of the first is in the second, a smaller one beside it."""
    photos = drawn(4, seed=5)
    for name, images in {
        "carp": [photos[0], photos[1], photos[0].resize((150, 110))],
        "pike": [photos[2], photos[0].transpose(Image.Transpose.FLIP_LEFT_RIGHT)],
    }.items():
        (tmp_path / "photos" / name).mkdir(parents=True)
        for n, image in enumerate(images):
            image.save(tmp_path / "photos" / name / f"{n}.png")
    project = tmp_path / "lake.fieldmark"
    say("new", project)
    say("import", project, tmp_path / "photos")
    return project


def test_the_same_photo_under_different_labels_is_a_conflict(say: Say, tmp_path: Path) -> None:
    project = project_with_copies(say, tmp_path)
    said = say("copies", project, "--json")
    assert said.status == 0
    (group,) = said.values["groups"]
    assert group["conflict"]
    assert group["classes"] == ["carp", "pike"]
    names = {Path(photo["path"]).relative_to(tmp_path / "photos").as_posix() for photo in group["photos"]}
    assert names == {"carp/0.png", "carp/2.png", "pike/1.png"}
    assert {kind for photo in group["photos"] for kind in photo["kinds"]} >= {"mirrored"}
    assert (said.values["surplus"], said.values["conflicts"]) == (2, 1)


def test_the_text_tells_what_was_done_and_which_labels_differ(say: Say, tmp_path: Path) -> None:
    said = say("copies", project_with_copies(say, tmp_path))
    assert "different labels: carp, pike" in said.out
    assert "mirrored" in said.out
    assert "2 photos too many of 5" in said.out


def test_what_was_found_is_known_to_the_project_and_follows_its_labels(say: Say, tmp_path: Path) -> None:
    folder = project_with_copies(say, tmp_path)
    say("copies", folder)
    project = Project.open(folder)
    try:
        report = project.copies.report()
        assert report is not None
        (group,) = report.groups
        carp = next(row.id for row in project.browse.classes() if row.name == "carp")
        project.labels.set([copy.photo.id for copy in group.copies], carp)
        after = project.copies.report()
        assert after is not None
        assert after.conflicts == ()
        assert (after.n_new, after.n_surplus) == (0, 2)
        project.labels.exclude([copy.photo.id for copy in group.copies[1:]])
    finally:
        project.close()
    said = say("copies", folder).out
    assert said.startswith("0 pictures are here more than once")
    assert said.count("left out") == 2


def test_a_project_without_copies_says_so(say: Say, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for n, image in enumerate(drawn(2, seed=6)):
        image.save(tmp_path / "photos" / f"{n}.png")
    say("new", tmp_path / "p.fieldmark")
    say("import", tmp_path / "p.fieldmark", tmp_path / "photos")
    assert say("copies", tmp_path / "p.fieldmark").out.startswith("No copies among 2 photos")


def test_splits_know_the_copies_that_were_found(say: Say, tmp_path: Path) -> None:
    folder = project_with_copies(say, tmp_path)
    say("copies", folder)
    db = open_database(folder / "project.sqlite", read_only=True)
    try:
        together = [row.rel_path for row in relation_rows(db) if row.copies is not None]
    finally:
        db.close()
    assert sorted(together) == [b"carp/0.png", b"carp/2.png", b"pike/1.png"]
