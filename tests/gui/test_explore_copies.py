"""Copies in the window: looked for, decided by key or button, and every decision taken back by undo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from engine.base.events import Ended
from engine.store.rows import PhotoFilter
from gui.app import Application
from gui.dialogs.confirm import ConfirmDialog
from gui.models.copy_model import SHOWS, CopyModel
from gui.pages.explore_copies import ExploreCopies
from tests.gui.copies import open_with_copies, really
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import asked, draw_photo, open_dialog, texts, wait_quiet
from tests.gui.test_accessible_names import unnamed


@pytest.fixture
def page(qtbot: QtBot, application: Application, runners: TestRunners, tmp_path: Path) -> Iterator[ExploreCopies]:
    """The page on a project with two clear groups and a conflict, before anything was looked for."""
    runners.scripted.script = really
    open_with_copies(qtbot, application, tmp_path)
    made = ExploreCopies(application.session)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    wait_quiet(qtbot, application)


def look(qtbot: QtBot, application: Application, page: ExploreCopies) -> None:
    page.look()
    qtbot.waitUntil(lambda: page.groups.rowCount() > 0, timeout=20_000)
    wait_quiet(qtbot, application)


def decide(qtbot: QtBot, page: ExploreCopies, *keys: Qt.Key, leaves: list[str]) -> None:
    """The keys are pressed; these groups are left in the list."""
    for each in keys:
        qtbot.keyClick(page.list, each)
    qtbot.waitUntil(lambda: listed(page) == leaves)


def undo(qtbot: QtBot, application: Application) -> None:
    application.window.commands.actions["undo"].trigger()
    wait_quiet(qtbot, application)


def n_excluded(qtbot: QtBot, application: Application) -> int:
    return asked(qtbot, application, lambda project: project.browse.counts()).n_excluded


def listed(page: ExploreCopies) -> list[str]:
    return [page.groups.data(page.groups.index(row)) for row in range(page.groups.rowCount())]


def test_copies_are_looked_for_and_told_with_what_was_done(
    qtbot: QtBot, application: Application, page: ExploreCopies, qtmodeltester: ModelTester
) -> None:
    qtbot.mouseClick(page.empty.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.groups.rowCount() == 3, timeout=20_000)
    assert listed(page) == ["carp / pike", "carp", "carp"]
    assert page.summary.text() == "3 pictures here more than once: 3 photos too many; 1 with different labels."
    told = [page.panel.copies.data(page.panel.copies.index(row), CopyModel.LINES)[0] for row in range(2)]
    assert "turned" in told
    assert page.panel.conflict.isVisible()
    assert unnamed(page) == []
    qtmodeltester.check(page.groups)
    qtmodeltester.check(page.panel.copies)


def test_every_group_is_decided_by_keys_and_each_decision_is_one_undo(
    qtbot: QtBot, application: Application, page: ExploreCopies
) -> None:
    look(qtbot, application, page)
    # The labels agree then; which of them stays is still to be said.
    decide(qtbot, page, Qt.Key.Key_L, leaves=["carp", "carp", "pike"])
    decide(qtbot, page, Qt.Key.Key_Right, Qt.Key.Key_K, leaves=["carp", "carp"])
    (left_out,) = asked(qtbot, application, lambda project: project.browse.ids(PhotoFilter(state="excluded")))
    reason = asked(qtbot, application, lambda project: project.browse.rows([left_out]))[0].reason
    assert reason.startswith("copy of ")
    decide(qtbot, page, Qt.Key.Key_A, leaves=["carp"])
    decide(qtbot, page, Qt.Key.Key_N, leaves=[])
    assert page.beside.currentWidget() is page.nothing
    # Those that were set apart are no group any more.
    qtbot.waitUntil(lambda: [page.groups.count(show) for show in SHOWS] == [0, 0, 2, 2])
    assert n_excluded(qtbot, application) == 1
    for n_open, n_conflicts in ((1, 0), (2, 0), (3, 0), (3, 1)):
        undo(qtbot, application)
        wanted = [n_open, n_conflicts]
        qtbot.waitUntil(lambda wanted=wanted: [page.groups.count(show) for show in SHOWS[:2]] == wanted)
    assert n_excluded(qtbot, application) == 0


def test_the_best_of_every_group_is_kept_at_once_but_not_where_labels_differ(
    qtbot: QtBot, application: Application, page: ExploreCopies
) -> None:
    look(qtbot, application, page)
    page.keep_best_of_all.click()
    dialog = open_dialog(qtbot, ConfirmDialog)
    assert dialog.windowTitle() == "Leave out 2 photos?"
    dialog.accept()
    qtbot.waitUntil(lambda: listed(page) == ["carp / pike"])
    assert page.summary.text() == "1 picture here more than once: 1 photo too many; 1 with different labels."
    assert not page.keep_best_of_all.isEnabled()
    kept = [copy.photo for group in page.groups.groups() if group.settled for copy in group.counted]
    assert {photo.shown for photo in kept} >= {"carp/0.png"}, "not the smaller one"
    application.session.notices.history[-1].action()
    qtbot.waitUntil(lambda: len(listed(page)) == 3)


def test_photos_that_came_since_are_told_and_the_chosen_group_stays(
    qtbot: QtBot, application: Application, page: ExploreCopies, tmp_path: Path
) -> None:
    look(qtbot, application, page)
    page.list.setCurrentIndex(page.groups.index(1))
    chosen = page.group()
    draw_photo(tmp_path / "more" / "1.jpg", 1)
    application.window.imports.start((str(tmp_path / "more").encode(),))
    qtbot.waitUntil(lambda: page.news.isVisible(), timeout=20_000)
    assert "New or changed since the last search: 1 photo." in texts(page.news.findChildren(QLabel))
    assert page.group() == chosen


def test_a_search_that_fails_can_be_begun_again(
    qtbot: QtBot, application: Application, runners: TestRunners, page: ExploreCopies
) -> None:
    runners.scripted.script = lambda _: [Ended(reason="failed", user_text="The disk is full.")]
    page.look()
    wait_quiet(qtbot, application)
    assert application.session.notices.history[-1].text == "The disk is full."
    runners.scripted.script = really
    look(qtbot, application, page)
    assert page.groups.rowCount() == 3
