"""A project of an earlier version is brought up to date with nothing lost, or left as it is."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from engine.base.errors import StorageError, UserError
from engine.project.project import Project
from engine.store import db
from engine.store.rows import PhotoFilter

FIRST, SECOND = (Path(__file__).with_name(f"schema_{version}.sql") for version in (1, 2))


def schema(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Names and statements of all tables, indexes and triggers."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    return set(rows.fetchall())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A project of version 1 with one class, as that version left it."""
    project = Project.create(tmp_path / "Old")
    project.classes.add("Cod")
    project.close()
    path = project.paths.database
    raw = sqlite3.connect(path, isolation_level=None)
    came = {2: ("TABLE mark_event", "TABLE mark", "INDEX photo_by_name"), 1: ("TABLE photo_meta", "TABLE copy_member")}
    for version, new in came.items():
        for thing in new:
            raw.execute(f"DROP {thing}")
        earlier = sqlite3.connect(":memory:")
        earlier.executescript((FIRST, SECOND)[version - 1].read_text())
        assert schema(raw) == schema(earlier), f"this is what version {version} was"
    raw.execute("PRAGMA user_version = 1")
    raw.close()
    return project.folder


def test_it_is_as_if_it_had_been_made_today(old: Path, tmp_path: Path) -> None:
    opened = Project.open(old)
    assert [row.name for row in opened.browse.classes()] == ["Cod"]
    opened.close()
    new = Project.create(tmp_path / "New")
    new.close()
    schemas = [schema(sqlite3.connect(project.paths.database)) for project in (opened, new)]
    assert schemas[0] == schemas[1]
    [copy] = (old / "backups").glob(f"before-version-{db.SCHEMA_VERSION}-*.sqlite")
    kept = sqlite3.connect(copy)
    assert kept.execute("PRAGMA user_version").fetchone() == (1,)
    assert kept.execute("SELECT name FROM class").fetchall() == [("Cod",)]
    again = Project.open(old)
    assert again.browse.ids(PhotoFilter()).size == 0
    again.close()


def test_without_room_for_a_copy_nothing_is_changed(old: Path) -> None:
    shutil.rmtree(old / "backups")
    (old / "backups").write_text("in the way")
    before = (old / "project.sqlite").read_bytes()
    with pytest.raises(StorageError, match="no copy"):
        Project.open(old)
    assert (old / "project.sqlite").read_bytes() == before


def test_for_reading_only_it_is_left_as_it_is(old: Path) -> None:
    before = (old / "project.sqlite").read_bytes()
    with pytest.raises(UserError, match="older Fieldmark"):
        Project.open(old, read_only=True)
    assert (old / "project.sqlite").read_bytes() == before


def test_a_step_that_fails_changes_nothing(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "to_2.sql").write_text("CREATE TABLE photo_meta (x); CREATE TABLE class (x);")
    with monkeypatch.context() as patch:
        patch.setattr(db, "_MIGRATIONS", tmp_path / "steps")
        with pytest.raises(StorageError, match="up to date"):
            Project.open(old)
    raw = sqlite3.connect(old / "project.sqlite")
    assert raw.execute("PRAGMA user_version").fetchone() == (1,)
    assert "photo_meta" not in {name for name, _ in schema(raw)}
    raw.close()
    opened = Project.open(old)
    assert [row.name for row in opened.browse.classes()] == ["Cod"]
    opened.close()
