"""Labelling with the keyboard: committed at once, in order, one step back each."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.base.ids import ClassId
from gui.app import Application
from gui.models.class_model import Entry
from gui.models.photo_model import PhotoModel
from gui.pages.photos import PhotosPage
from tests.gui.helpers import draw_photo, wait_quiet


@pytest.fixture
def pile(qtbot: QtBot, opened: Application, tmp_path: Path) -> PhotosPage:
    """The project with eight photos that have no label yet, listed alone."""
    folder = tmp_path / "pile"
    for n in range(8):
        draw_photo(folder / f"{n}.jpg", 500 + n)
    opened.window.imports.start((str(folder).encode(),), use_layout=False)
    page = opened.window.page()
    assert isinstance(page, PhotosPage)
    qtbot.waitUntil(lambda: page.photos.rowCount() == 23, timeout=20_000)
    choose(qtbot, opened, page, "unlabelled")
    qtbot.waitUntil(lambda: page.photos.rowCount() == 8)
    page.grid.setFocus()
    page.grid.go_to_row(0)
    return page


def choose(qtbot: QtBot, application: Application, page: PhotosPage, kind: str) -> Entry:
    row = next(at for at in range(page.classes.rowCount()) if page.classes.entry(at).kind == kind)
    page.side.list.choose_row(row)
    wait_quiet(qtbot, application)
    return page.classes.entry(row)


def stored(application: Application) -> dict[int, tuple[int | None, str]]:
    """Labels as they are on disk, read by somebody else."""
    assert application.session.project is not None
    with sqlite3.connect(f"file:{application.session.project.paths.database}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT photo_id, class_id, state FROM label").fetchall()
    database.close()
    return {photo: (class_id, state) for photo, class_id, state in rows}


def key_of(page: PhotosPage, name: str) -> tuple[str, ClassId]:
    row = next(row for row in page.verbs.rows if row.name == name)
    return row.key, row.id


def test_a_key_labels_commits_and_moves_on(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    key, class_id = key_of(pile, "Haddock")
    first, second = pile.photos.id_at(0), pile.photos.id_at(1)
    qtbot.keyClicks(pile.grid, key)
    qtbot.waitUntil(lambda: pile.grid.current_id() == second)
    assert stored(opened)[first] == (class_id, "labelled")
    assert pile.photos.rowCount() == 7


def test_keys_struck_quickly_label_one_photo_each(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    ids = [pile.photos.id_at(at) for at in range(4)]
    keys = [key_of(pile, name) for name in ("Cod", "Haddock", "Whiting", "Cod")]
    qtbot.keyClicks(pile.grid, "".join(key for key, _ in keys))
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 4, timeout=10_000)
    wait_quiet(qtbot, opened)
    labels = stored(opened)
    assert [labels[photo_id][0] for photo_id in ids] == [class_id for _, class_id in keys]


def test_undo_brings_the_photo_back(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    first = pile.photos.id_at(0)
    qtbot.keyClicks(pile.grid, key_of(pile, "Cod")[0])
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 7)
    wait_quiet(qtbot, opened)
    undo = opened.window.commands.actions["undo"]
    assert undo.text() == "Undo: Label 1 photo Cod"
    undo.trigger()
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 8)
    assert stored(opened)[first][1] == "unlabelled"
    qtbot.waitUntil(lambda: opened.window.commands.actions["redo"].isEnabled())
    opened.window.commands.actions["redo"].trigger()
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 7)


def test_unsure_and_excluded_have_lists_of_their_own(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    first, second = pile.photos.id_at(0), pile.photos.id_at(1)
    qtbot.keyClicks(pile.grid, "u")
    qtbot.waitUntil(lambda: pile.grid.current_id() == second)
    qtbot.keyClicks(pile.grid, "x")
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 6)
    choose(qtbot, opened, pile, "unsure")
    qtbot.waitUntil(lambda: list(pile.photos.ids()) == [first])
    choose(qtbot, opened, pile, "excluded")
    qtbot.waitUntil(lambda: list(pile.photos.ids()) == [second])


def test_the_same_key_takes_an_excluded_photo_back(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    qtbot.keyClicks(pile.grid, "x")
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 7)
    choose(qtbot, opened, pile, "excluded")
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 1)
    qtbot.waitUntil(lambda: pile.photos.index(0).data(PhotoModel.ROW) is not None)
    pile.grid.go_to_row(0)
    qtbot.keyClicks(pile.grid, "x")
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 0)


def test_a_selection_is_labelled_as_one_step(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    ids = [pile.photos.id_at(at) for at in (1, 3, 4)]
    key, class_id = key_of(pile, "Whiting")
    pile.grid.select_ids(ids)
    qtbot.keyClicks(pile.grid, key)
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 5)
    assert {stored(opened)[photo_id][0] for photo_id in ids} == {class_id}
    notice = opened.session.notices.history[-1]
    assert notice.action is not None
    notice.action()
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 8)


def test_in_a_list_that_keeps_the_photo_the_next_one_comes(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    choose(qtbot, opened, pile, "all")
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 23)
    pile.grid.go_to_row(2)
    qtbot.keyClicks(pile.grid, key_of(pile, "Cod")[0])
    qtbot.waitUntil(lambda: pile.grid.current_id() == pile.photos.id_at(3))
    qtbot.keyClick(pile.grid, Qt.Key.Key_Backspace)
    assert pile.grid.current_id() == pile.photos.id_at(2)
    qtbot.keyClick(pile.grid, Qt.Key.Key_Space)
    assert pile.grid.current_id() == pile.photos.id_at(3)


def test_the_large_photo_takes_labels_too(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    first, second = pile.photos.id_at(0), pile.photos.id_at(1)
    key, class_id = key_of(pile, "Cod")
    qtbot.waitUntil(lambda: pile.photos.row_of(first) is not None)
    qtbot.keyClick(pile.grid, Qt.Key.Key_Return)
    assert pile.view.is_large()
    assert pile.viewer.photo_id() == first
    qtbot.keyClicks(pile.viewer.canvas, key)
    qtbot.waitUntil(lambda: pile.viewer.photo_id() == second)
    assert stored(opened)[first][0] == class_id
    qtbot.keyClick(pile.viewer.canvas, Qt.Key.Key_Right)
    assert pile.viewer.photo_id() == pile.photos.id_at(1)
    qtbot.keyClick(pile.viewer.canvas, Qt.Key.Key_Escape)
    assert not pile.view.is_large()


def test_a_letter_typed_into_the_search_labels_nothing(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    before = stored(opened)
    opened.window.commands.actions["find"].trigger()
    qtbot.keyClicks(pile.header._search, "u1x")
    wait_quiet(qtbot, opened)
    assert stored(opened) == before
    assert pile.header._search.text() == "u1x"


def test_a_class_renamed_in_place_keeps_its_photos(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    _, class_id = key_of(pile, "Cod")
    row = pile.classes.row_of_class(class_id)
    pile.classes.setData(pile.classes.index(row), "Atlantic cod")
    qtbot.waitUntil(lambda: pile.verbs.row(class_id).name == "Atlantic cod")
    assert pile.verbs.row(class_id).n_photos == 6


def test_a_removed_class_comes_back_with_undo(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    _, class_id = key_of(pile, "Cod")
    pile.verbs.remove(class_id)
    qtbot.waitUntil(lambda: pile.verbs.row(class_id) is None)
    qtbot.waitUntil(lambda: pile.photos.rowCount() == 14)
    opened.window.commands.actions["undo"].trigger()
    qtbot.waitUntil(lambda: pile.verbs.row(class_id) is not None)
    assert pile.verbs.row(class_id).n_photos == 6


def test_merging_moves_the_photos(qtbot: QtBot, opened: Application, pile: PhotosPage) -> None:
    (_, cod), (_, haddock) = key_of(pile, "Cod"), key_of(pile, "Haddock")
    pile.verbs._merge(cod, haddock)
    qtbot.waitUntil(lambda: pile.verbs.row(cod) is None)
    assert pile.verbs.row(haddock).n_photos == 11
