"""Another project is another world: nothing of the one before is shown in it, or labelled through it."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.app import Application
from gui.core.asked_job import AskedJob
from gui.pages.photos import PhotosPage
from gui.pages.review import ReviewPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import train
from tests.gui.helpers import asked, draw_classes, wait_quiet


def make_other(qtbot: QtBot, application: Application, tmp_path: Path) -> None:
    """A second project, made and opened while the first is open; its photos have ids that the first uses too."""
    birds = draw_classes(tmp_path / "photos" / "Birds", {"Knot": 5, "Ruff": 4})
    n_notices = len(application.session.notices.history)
    application.window.projects.create(tmp_path / "Marsh", (str(birds).encode(),))
    qtbot.waitUntil(lambda: len(application.session.notices.history) > n_notices, timeout=20_000)
    wait_quiet(qtbot, application)


def test_its_photos_are_its_own_and_keys_label_what_is_on_the_screen(
    qtbot: QtBot, opened: Application, tmp_path: Path
) -> None:
    page = opened.window.page()
    assert isinstance(page, PhotosPage)
    qtbot.waitUntil(lambda: page.photos.row_of(page.photos.id_at(0)) is not None)
    page.side.list.choose_row(page.side.list.model().rowCount() - 1)
    wait_quiet(qtbot, opened)
    make_other(qtbot, opened, tmp_path)
    qtbot.waitUntil(lambda: page.photos.rowCount() == 9)
    first = page.photos.id_at(0)
    qtbot.waitUntil(lambda: page.photos.row_of(first) is not None)
    shown = page.photos.row_of(first)
    assert shown is not None
    assert b"/Birds/" in shown.path
    page.grid.setFocus()
    page.grid.go_to_row(0)
    ruff = next(row for row in page.verbs.rows if row.name == "Ruff")
    qtbot.keyClick(page.grid, ruff.key)
    wait_quiet(qtbot, opened)
    future = opened.session.store.ask(lambda project: project.browse.rows([first]))
    qtbot.waitUntil(future.done)
    [stored] = future.result()
    assert stored.path == shown.path
    assert stored.class_id == ruff.id


def test_photos_that_were_on_their_way_into_the_other_do_not_come_in(
    qtbot: QtBot, opened: Application, tmp_path: Path
) -> None:
    birds = draw_classes(tmp_path / "photos" / "Birds", {"Knot": 3})
    window, gate = opened.window, Event()
    # The first project is long at work: the import begins only when the other one is about to be opened.
    opened.session.store.ask(lambda project: gate.wait(10))
    window.imports.start((str(birds).encode(),))
    comparing = AskedJob(opened.session, "Looking for copies", window)
    comparing.ask(lambda project: project.copies.search_spec(), lambda project: project.copies.take_in())
    window.projects.create(tmp_path / "Marsh")
    gate.set()
    qtbot.waitUntil(lambda: opened.session.project is not None and opened.session.project.name == "Marsh")
    wait_quiet(qtbot, opened)
    assert asked(qtbot, opened, lambda project: (project.name, project.browse.counts().n_photos)) == ("Marsh", 0)
    assert not comparing.is_busy(), "it can be asked of the project that is open now"


def test_its_review_is_empty_until_it_is_trained(
    qtbot: QtBot, opened: Application, runners: TestRunners, tmp_path: Path
) -> None:
    train(qtbot, opened, runners)
    opened.window.turn_to("review")
    page = opened.window.page()
    assert isinstance(page, ReviewPage)
    qtbot.waitUntil(lambda: page.runs.count() == 1)
    wait_quiet(qtbot, opened)
    make_other(qtbot, opened, tmp_path)
    opened.window.turn_to("review")
    wait_quiet(qtbot, opened)
    qtbot.waitUntil(lambda: page.pile.currentWidget() is page.empty)
    assert page.photos.photos.rowCount() == 0


def test_a_model_that_was_taken_is_the_one_reviewed(qtbot: QtBot, opened: Application, runners: TestRunners) -> None:
    old = train(qtbot, opened, runners, name="First")
    opened.window.turn_to("review")
    page = opened.window.page()
    assert isinstance(page, ReviewPage)
    qtbot.waitUntil(lambda: page.runs.currentData() == old)
    new = train(qtbot, opened, runners, name="Second", start_from=old)
    opened.session.show_before_after.emit(old, new)
    qtbot.waitUntil(lambda: page.pile.currentWidget() is page.compare)
    qtbot.mouseClick(page.compare.use, Qt.MouseButton.LeftButton)
    wait_quiet(qtbot, opened)
    qtbot.waitUntil(lambda: page.runs.currentData() == new)
    wait_quiet(qtbot, opened)
    assert page.runs.currentData() == new
