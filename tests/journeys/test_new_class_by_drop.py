"""A folder or a selection dropped on the class list becomes a class, and the model in use learns it at once."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent
from engine.data.manifest import read_manifest
from engine.data.predictions import Predictions, write_predictions
from engine.jobs.spec import AnySpec, TrainSpec
from engine.recipe.recipe import Recipe
from gui.app import Application
from gui.core.training import TrainingRun
from gui.dialogs.new_class import NewClassDialog
from gui.pages.photos import PhotosPage
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import draw_photo, drop, open_dialog, uri_list, wait_quiet


@pytest.fixture
def page(opened: Application) -> PhotosPage:
    page = opened.window.page()
    assert isinstance(page, PhotosPage)
    return page


@pytest.fixture
def saithe(tmp_path: Path) -> Path:
    for n in range(7):
        draw_photo(tmp_path / "Saithe" / f"{n}.jpg", 700 + n, colour="#404040")
    return tmp_path / "Saithe"


def a_model_that_is_right(spec: AnySpec) -> list[AnyEvent]:
    """What a training job leaves behind: predictions for the test photos, all of them right."""
    assert isinstance(spec, TrainSpec)
    manifest = read_manifest(Path(os.fsdecode(spec.manifest)))
    test = [photo for photo in manifest.photos if photo.part == "test"]
    probs = np.full((len(test), len(manifest.classes)), 0.05, np.float32)
    for at, photo in enumerate(test):
        probs[at, photo.class_no] = 1 - 0.05 * (len(manifest.classes) - 1)
    write_predictions(
        Path(os.fsdecode(spec.run_folder)) / "predictions.npz",
        Predictions(
            class_ids=np.array([entry.class_id for entry in manifest.classes], np.int64),
            photo_ids=np.array([photo.photo_id for photo in test], np.int64),
            parts=np.zeros(len(test), np.uint8),
            true_columns=np.array([photo.class_no for photo in test], np.int32),
            probs=probs,
        ),
    )
    return []


def names(page: PhotosPage) -> dict[str, int]:
    return {row.name: row.n_photos for row in page.verbs.rows}


def middle_of(page: PhotosPage, name: str) -> QPoint:
    row = next(row for row in page.verbs.rows if row.name == name)
    index = page.classes.index(page.classes.row_of_class(row.id))
    return page.side.list.visualRect(index).center()


def below_the_list(page: PhotosPage) -> QPoint:
    return page.side.list.viewport().rect().bottomLeft() + QPoint(20, -10)


def taker(part: QWidget) -> QWidget:
    """The widget to which a drop on this one goes."""
    while not part.acceptDrops():
        part = part.parentWidget()
    return part


def enter(widget: QWidget, mime: QMimeData) -> QDragEnterEvent:
    where, action = QPoint(5, 5), Qt.DropAction.CopyAction
    event = QDragEnterEvent(where, action, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)
    return event


def test_a_dropped_folder_becomes_a_class(qtbot: QtBot, opened: Application, page: PhotosPage, saithe: Path) -> None:
    drop(page.side.list.viewport(), uri_list(saithe), below_the_list(page))
    dialog = open_dialog(qtbot, NewClassDialog)
    assert dialog.name.text() == "Saithe"
    qtbot.waitUntil(lambda: dialog.summary.contents is not None)
    assert (dialog.summary.contents.n_photos, dialog.summary.contents.n_here) == (7, 0)
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(page).get("Saithe") == 7, timeout=20_000)
    opened.window.commands.actions["undo"].trigger()
    qtbot.waitUntil(lambda: "Saithe" not in names(page))


def test_the_preview_tells_where_photos_are_already(
    qtbot: QtBot, opened: Application, page: PhotosPage, class_folders: Path
) -> None:
    drop(page.side.list.viewport(), uri_list(class_folders / "Cod"), below_the_list(page))
    dialog = open_dialog(qtbot, NewClassDialog)
    qtbot.waitUntil(lambda: dialog.summary.contents is not None)
    assert dialog.summary.contents.here_by_class == (("Cod", 6),)
    assert dialog.accept_button.text() == "Add to Cod"
    dialog.reject()


def test_a_folder_dropped_on_a_class_extends_it(
    qtbot: QtBot, opened: Application, page: PhotosPage, saithe: Path
) -> None:
    drop(page.side.list.viewport(), uri_list(saithe), middle_of(page, "Whiting"))
    dialog = open_dialog(qtbot, NewClassDialog)
    assert dialog.heading.text() == "Add photos to “Whiting”"
    assert dialog.choice.join.isChecked()
    assert dialog.accept_button.text() == "Add to Whiting"
    dialog.accept()
    qtbot.waitUntil(lambda: names(page)["Whiting"] == 11, timeout=20_000)


def test_a_folder_dropped_on_a_class_can_still_become_its_own(
    qtbot: QtBot, opened: Application, page: PhotosPage, saithe: Path
) -> None:
    drop(page.side.list.viewport(), uri_list(saithe), middle_of(page, "Whiting"))
    dialog = open_dialog(qtbot, NewClassDialog)
    assert dialog.choice.apart.text() == "Make a new class “Saithe” of them"
    dialog.choice.apart.click()
    assert (dialog.heading.text(), dialog.name.text(), dialog.name.isVisible()) == ("New class", "Saithe", True)
    dialog.accept()
    qtbot.waitUntil(lambda: names(page).get("Saithe") == 7, timeout=20_000)
    assert names(page)["Whiting"] == 4


def test_a_folder_called_like_another_class_can_go_there(
    qtbot: QtBot, opened: Application, page: PhotosPage, class_folders: Path
) -> None:
    drop(page.side.list.viewport(), uri_list(class_folders / "Cod"), middle_of(page, "Whiting"))
    dialog = open_dialog(qtbot, NewClassDialog)
    assert dialog.choice.apart.text() == "Add them to “Cod” instead"
    dialog.choice.apart.click()
    assert dialog.heading.text() == "Add photos to “Cod”"
    dialog.reject()


@pytest.mark.parametrize("part", ["hint", "button", "frame"])
def test_the_foot_below_the_list_takes_a_folder_for_a_new_class(
    qtbot: QtBot, opened: Application, page: PhotosPage, saithe: Path, part: str
) -> None:
    foot = page.side.foot
    where = {"hint": page.side.hint, "button": foot.findChild(QPushButton), "frame": foot}[part]
    target = taker(where)
    assert target is not opened.window
    drop(target, uri_list(saithe), where.mapTo(target, where.rect().center()))
    dialog = open_dialog(qtbot, NewClassDialog)
    assert dialog.name.text() == "Saithe"
    dialog.accept()
    qtbot.waitUntil(lambda: names(page).get("Saithe") == 7, timeout=20_000)


def test_the_foot_takes_a_selection_too(qtbot: QtBot, opened: Application, page: PhotosPage) -> None:
    drop(taker(page.side.hint), page.photos.mimeData([page.photos.index(0)]))
    dialog = open_dialog(qtbot, NewClassDialog)
    dialog.name.setText("Small cod")
    dialog.accept()
    qtbot.waitUntil(lambda: names(page).get("Small cod") == 1)


def test_below_a_full_list_there_is_still_a_place_for_a_new_class(
    qtbot: QtBot, opened: Application, page: PhotosPage, saithe: Path
) -> None:
    opened.window.resize(1200, 780)
    for n in range(20):
        opened.session.store.ask(lambda project, n=n: project.classes.add(f"Species {n:02}"))
    qtbot.waitUntil(lambda: len(names(page)) == 23)
    qtbot.waitUntil(lambda: page.side.list.verticalScrollBar().maximum() > 0)
    hint = page.side.hint
    for over in (page.side.list.viewport(), taker(hint)):
        assert enter(over, uri_list(saithe)).isAccepted()
        assert hint.text() == "Drop for a new class"
        assert page.side.foot.property("hot") == "true"
        assert not hint.visibleRegion().isEmpty()
        QApplication.sendEvent(over, QDragLeaveEvent())
        assert page.side.foot.property("hot") == "false"
    drop(taker(hint), uri_list(saithe), hint.mapTo(taker(hint), QPoint(5, 5)))
    dialog = open_dialog(qtbot, NewClassDialog)
    assert dialog.heading.text() == "New class"
    dialog.reject()


def test_a_drag_over_the_window_leaves_the_class_list_to_be_seen(
    opened: Application, page: PhotosPage, saithe: Path
) -> None:
    window = opened.window
    enter(window, uri_list(saithe))
    side = page.side.mapTo(window.overlay.parentWidget(), page.side.rect().topRight()).x()
    assert window.overlay.isVisible()
    assert window.overlay.geometry().left() == side + 1
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.overlay.isVisible()


def test_a_selection_dropped_on_the_list_becomes_a_class(qtbot: QtBot, opened: Application, page: PhotosPage) -> None:
    chosen = [page.photos.id_at(at) for at in (0, 2)]
    mime = page.photos.mimeData([page.photos.index(at) for at in (0, 2)])
    drop(page.side.list.viewport(), mime, below_the_list(page))
    dialog = open_dialog(qtbot, NewClassDialog)
    dialog.name.setText("Small cod")
    dialog.accept()
    qtbot.waitUntil(lambda: names(page).get("Small cod") == len(chosen))
    assert names(page)["Cod"] == 4
    opened.window.commands.actions["undo"].trigger()
    qtbot.waitUntil(lambda: names(page) == {"Cod": 6, "Haddock": 5, "Whiting": 4})


def test_a_selection_dropped_on_a_class_gets_its_label(qtbot: QtBot, opened: Application, page: PhotosPage) -> None:
    mime = page.photos.mimeData([page.photos.index(0)])
    drop(page.side.list.viewport(), mime, middle_of(page, "Haddock"))
    qtbot.waitUntil(lambda: names(page) == {"Cod": 5, "Haddock": 6, "Whiting": 4})


def test_without_a_model_nothing_is_trained(
    qtbot: QtBot, opened: Application, page: PhotosPage, saithe: Path, runners: TestRunners
) -> None:
    drop(page.side.list.viewport(), uri_list(saithe), below_the_list(page))
    open_dialog(qtbot, NewClassDialog).accept()
    qtbot.waitUntil(lambda: names(page).get("Saithe") == 7, timeout=20_000)
    wait_quiet(qtbot, opened)
    assert runners.scripted.specs == []


def test_the_model_in_use_learns_the_class_and_is_compared(
    qtbot: QtBot, opened: Application, page: PhotosPage, saithe: Path, runners: TestRunners
) -> None:
    runners.scripted.script = a_model_that_is_right
    first = TrainingRun(opened.session, Recipe())
    with qtbot.waitSignal(first.ended, timeout=10_000) as caught:
        pass
    old = caught.args[0]
    drop(page.side.list.viewport(), uri_list(saithe), below_the_list(page))
    with qtbot.waitSignal(opened.session.show_before_after, timeout=20_000) as shown:
        open_dialog(qtbot, NewClassDialog).accept()
    assert shown.args[0] == old
    refit = runners.scripted.specs[-1]
    assert isinstance(refit, TrainSpec)
    assert refit.start_from is not None
    learnt = read_manifest(Path(os.fsdecode(refit.manifest)))
    assert [entry.name for entry in learnt.classes] == ["Cod", "Haddock", "Whiting", "Saithe"]
    wait_quiet(qtbot, opened)
    current = opened.session.store.ask(lambda project: project.runs.current())
    qtbot.waitUntil(current.done)
    assert current.result().id == old, "the new model waits to be promoted"
