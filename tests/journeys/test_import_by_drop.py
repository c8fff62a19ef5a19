"""From a folder in the file manager to photos on the screen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.base.events import RefusedFile
from gui.app import Application
from gui.core.settings import RECENTS
from gui.dialogs.import_preview import ImportPreviewDialog
from gui.dialogs.new_class import NewClassDialog
from gui.dialogs.new_project import NewProjectDialog
from gui.pages.classify import ClassifyPage
from gui.pages.photos import PhotosPage
from gui.pages.start import DropTarget
from tests.gui.helpers import draw_classes, draw_photo, drop, open_dialog, uri_list, wait_quiet


def page_of(application: Application) -> PhotosPage:
    page = application.window.page()
    assert isinstance(page, PhotosPage)
    return page


def class_counts(application: Application) -> dict[str, int]:
    return {row.name: row.n_photos for row in page_of(application).verbs.rows}


def test_a_folder_dropped_on_the_start_page_becomes_a_project(
    qtbot: QtBot, application: Application, class_folders: Path, tmp_path: Path
) -> None:
    drop(application.window.findChild(DropTarget), uri_list(class_folders))
    dialog = open_dialog(qtbot, NewProjectDialog)
    name, place = dialog.findChildren(QLineEdit)
    assert name.text() == "Fish"
    place.setText(str(tmp_path / "projects"))
    qtbot.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(application.session.notices.history), timeout=20_000)
    wait_quiet(qtbot, application)
    assert class_counts(application) == {"Cod": 6, "Haddock": 5, "Whiting": 4}
    assert page_of(application).photos.rowCount() == 15
    assert application.session.settings.get(RECENTS) == [str(tmp_path / "projects" / "Fish.fieldmark")]


def test_a_second_folder_is_looked_at_first(qtbot: QtBot, opened: Application, tmp_path: Path) -> None:
    more = draw_classes(tmp_path / "more", {"Cod": 2, "Saithe": 3}, start=100)
    drop(opened.window, uri_list(more))
    dialog = open_dialog(qtbot, ImportPreviewDialog)
    qtbot.waitUntil(lambda: dialog.summary.contents is not None)
    contents = dialog.summary.contents
    assert (contents.n_photos, contents.n_new, contents.n_here) == (5, 5, 0)
    assert dict(contents.by_class) == {"Cod": 2, "Saithe": 3}
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: class_counts(opened).get("Saithe") == 3, timeout=20_000)
    assert class_counts(opened)["Cod"] == 8


def test_what_is_here_already_is_said_and_not_added_twice(
    qtbot: QtBot, opened: Application, class_folders: Path
) -> None:
    drop(opened.window, uri_list(class_folders))
    dialog = open_dialog(qtbot, ImportPreviewDialog)
    qtbot.waitUntil(lambda: dialog.summary.contents is not None)
    assert dialog.summary.contents.n_here == 15
    assert dict(dialog.summary.contents.here_by_class) == {"Cod": 6, "Haddock": 5, "Whiting": 4}
    dialog.accept()
    qtbot.waitUntil(lambda: len(opened.session.notices.history) == 2, timeout=20_000)
    wait_quiet(qtbot, opened)
    assert page_of(opened).photos.rowCount() == 15


def test_import_need_not_wait_for_the_look(qtbot: QtBot, opened: Application, tmp_path: Path) -> None:
    more = draw_classes(tmp_path / "more", {"Saithe": 3}, start=100)
    drop(opened.window, uri_list(more))
    open_dialog(qtbot, ImportPreviewDialog).accept()
    qtbot.waitUntil(lambda: class_counts(opened).get("Saithe") == 3, timeout=20_000)


def test_folder_names_are_used_only_if_wanted(qtbot: QtBot, opened: Application, tmp_path: Path) -> None:
    more = draw_classes(tmp_path / "more", {"Saithe": 3, "Ling": 2}, start=100)
    opened.window.imports.start((os.fsencode(more),), use_layout=False)
    qtbot.waitUntil(lambda: page_of(opened).photos.rowCount() == 20, timeout=20_000)
    wait_quiet(qtbot, opened)
    assert set(class_counts(opened)) == {"Cod", "Haddock", "Whiting"}


@pytest.mark.parametrize("name", [b"Cod\xff\xfe", "Kabeljau Größe".encode(), b"100% #1", "鳕鱼".encode()])
def test_a_folder_of_any_name_can_be_dropped(qtbot: QtBot, opened: Application, tmp_path: Path, name: bytes) -> None:
    folder = os.path.join(os.fsencode(tmp_path), name)
    os.mkdir(folder)
    draw_photo(tmp_path / "one.jpg", 77)
    os.rename(tmp_path / "one.jpg", os.path.join(folder, b"a\xfe.jpg"))
    drop(opened.window, uri_list(folder))
    open_dialog(qtbot, ImportPreviewDialog).accept()
    qtbot.waitUntil(lambda: page_of(opened).photos.rowCount() == 16, timeout=20_000)


def test_damaged_files_are_listed_and_the_rest_comes_in(qtbot: QtBot, opened: Application, tmp_path: Path) -> None:
    more = draw_classes(tmp_path / "more", {"Saithe": 3}, start=100)
    (more / "Saithe" / "empty.jpg").write_bytes(b"")
    (more / "Saithe" / "half.jpg").write_bytes((more / "Saithe" / "0100.jpg").read_bytes()[:300])
    shown: list[tuple[RefusedFile, ...]] = []
    opened.window.imports.show_refused = shown.append  # type: ignore[method-assign]
    opened.window.imports.start((os.fsencode(more),))
    qtbot.waitUntil(lambda: len(opened.session.notices.history) == 2, timeout=20_000)
    notice = opened.session.notices.history[-1]
    assert "3 photos added, 2 files cannot be used" in notice.text
    assert notice.action is not None
    notice.action()
    assert {file.kind for file in shown[0]} == {"empty", "truncated"}


def test_an_import_is_one_step_back(qtbot: QtBot, opened: Application) -> None:
    opened.window.commands.actions["undo"].trigger()
    qtbot.waitUntil(lambda: class_counts(opened) == {}, timeout=10_000)
    opened.window.commands.actions["redo"].trigger()
    qtbot.waitUntil(lambda: class_counts(opened) == {"Cod": 6, "Haddock": 5, "Whiting": 4}, timeout=10_000)


def dialogs() -> list[QDialog]:
    kinds = (ImportPreviewDialog, NewProjectDialog, NewClassDialog)
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kinds) and w.isVisible()]


def other_project(qtbot: QtBot, opened: Application) -> Path:
    """A second project, which is the open one now; returns the folder of the first."""
    session = opened.session
    assert session.project is not None
    first = session.project.folder
    opened.window.projects.create(first.parent / "Other.fieldmark")
    qtbot.waitUntil(lambda: session.project is not None and session.project.name == "Other", timeout=10_000)
    wait_quiet(qtbot, opened)
    return first


def places(window: QWidget, page: PhotosPage) -> dict[str, QWidget]:
    return {"window": window, "class list": page.side.list.viewport(), "foot": page.side}


def test_a_project_dropped_on_the_start_page_is_opened(qtbot: QtBot, opened: Application) -> None:
    session = opened.session
    assert session.project is not None
    folder = session.project.folder
    opened.window.projects.close()
    qtbot.waitUntil(lambda: session.project is None, timeout=10_000)
    drop(opened.window.findChild(DropTarget), uri_list(folder))
    qtbot.waitUntil(lambda: session.project is not None, timeout=10_000)
    assert session.project.folder == folder
    assert dialogs() == []


@pytest.mark.parametrize("place", ["window", "class list", "foot"])
def test_a_project_dropped_on_the_window_is_opened(qtbot: QtBot, opened: Application, place: str) -> None:
    folder = other_project(qtbot, opened)
    drop(places(opened.window, page_of(opened))[place], uri_list(folder))
    qtbot.waitUntil(lambda: opened.session.project.folder == folder, timeout=10_000)
    assert dialogs() == []


def test_a_project_dropped_on_the_classify_page_is_opened(qtbot: QtBot, opened: Application) -> None:
    folder = other_project(qtbot, opened)
    opened.window.turn_to("classify")
    drop(opened.window.page(), uri_list(folder))
    qtbot.waitUntil(lambda: opened.session.project.folder == folder, timeout=10_000)


def test_the_open_project_dropped_on_its_window_stays_open(qtbot: QtBot, opened: Application) -> None:
    project = opened.session.project
    assert project is not None
    drop(opened.window, uri_list(project.folder))
    assert opened.session.notices.history[-1].text == "“Survey” is the project that is open."
    assert opened.session.project is project
    assert dialogs() == []


def test_a_drop_of_a_project_and_photos_says_that_the_photos_were_left(
    qtbot: QtBot, opened: Application, class_folders: Path
) -> None:
    folder = other_project(qtbot, opened)
    drop(opened.window, uri_list(class_folders, folder))
    assert opened.session.notices.history[-1].text == "Only “Survey.fieldmark” was taken from the drop."
    qtbot.waitUntil(lambda: opened.session.project.folder == folder, timeout=10_000)


def test_a_model_dropped_on_the_start_page_says_what_it_is(application: Application, tmp_path: Path) -> None:
    model = tmp_path / "north-sea.fieldmark-model"
    model.write_bytes(b"PK")
    drop(application.window.findChild(DropTarget), uri_list(model))
    notice = application.session.notices.history[-1]
    assert notice.text == "“north-sea.fieldmark-model” is a saved model, not photos."
    assert notice.advice == "Open a project first, then Classify > Open a model file."
    assert dialogs() == []


@pytest.mark.parametrize("place", ["window", "class list", "foot"])
def test_a_model_dropped_on_the_window_is_ready_to_classify(opened: Application, tmp_path: Path, place: str) -> None:
    model = tmp_path / "north-sea.fieldmark-model"
    model.write_bytes(b"PK")
    drop(places(opened.window, page_of(opened))[place], uri_list(model))
    page = opened.window.page()
    assert isinstance(page, ClassifyPage)
    assert page.model_title() == "Model file: north-sea.fieldmark-model"
    assert dialogs() == []
