"""A narrowed list says what its photos have in common, lends its words to leaving them out, and is widened again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.store.rows import PhotoFilter
from gui.app import Application
from gui.dialogs.exclude_photos import ExcludeDialog
from gui.dialogs.tag_photos import TagDialog
from gui.pages.photos import PhotosPage
from gui.pages.photos_narrowing import MOST_NAMED, NarrowButton
from tests.gui.helpers import open_dialog, texts, wait_quiet


@pytest.fixture
def page(opened: Application) -> PhotosPage:
    page = opened.window.page()
    assert isinstance(page, PhotosPage)
    return page


def listed(page: PhotosPage) -> list[int]:
    return [int(photo_id) for photo_id in page.photos.ids()]


def choose(qtbot: QtBot, page: PhotosPage, name: str) -> None:
    """The entry of the menu of tags and reasons that begins so, once it is there."""
    menu = page.header.narrow.choices
    qtbot.waitUntil(lambda: any(action.text().startswith(name) for action in menu.actions()))
    next(action for action in menu.actions() if action.text().startswith(name)).trigger()


def test_photos_are_left_out_for_what_they_have_in_common(qtbot: QtBot, opened: Application, page: PhotosPage) -> None:
    everything = listed(page)
    odd = tuple(everything[2:5])
    opened.session.show_photos.emit(PhotoFilter(among=odd, among_title="blurred"))
    qtbot.waitUntil(lambda: listed(page) == list(odd))
    wait_quiet(qtbot, opened)
    assert page.view.chip.chip.text().strip() == "Showing: blurred, 3 photos"
    page.grid.selectAll()
    opened.window.commands.actions["exclude_because"].trigger()
    dialog = open_dialog(qtbot, ExcludeDialog)
    assert dialog.reason.currentText() == "blurred"
    dialog.accept()
    qtbot.waitUntil(lambda: not listed(page))
    page.view.chip.chip.click()
    qtbot.waitUntil(lambda: len(listed(page)) == len(everything) - 3)
    assert page.view.chip.isHidden()
    wait_quiet(qtbot, opened)
    choose(qtbot, page, "blurred")
    qtbot.waitUntil(lambda: listed(page) == list(odd))
    assert page.view.chip.chip.text().strip() == "Showing: excluded, blurred, 3 photos"
    assert page.side.list.current_entry().kind == "excluded"
    opened.window.commands.actions["undo"].trigger()
    qtbot.waitUntil(lambda: not listed(page))
    wait_quiet(qtbot, opened)


def test_a_tag_is_given_listed_and_taken_away(qtbot: QtBot, opened: Application, page: PhotosPage) -> None:
    everything = listed(page)
    page.grid.select_ids(everything[:2])
    opened.window.commands.actions["tag_photos"].trigger()
    dialog = open_dialog(qtbot, TagDialog)
    qtbot.keyClicks(dialog.tag, "night")
    qtbot.keyClick(dialog.tag, Qt.Key.Key_Return)
    wait_quiet(qtbot, opened)
    choose(qtbot, page, "night")
    qtbot.waitUntil(lambda: listed(page) == everything[:2])
    wait_quiet(qtbot, opened)
    page.grid.select_ids(everything[:1])
    opened.window.commands.actions["open_photo"].trigger()
    qtbot.waitUntil(lambda: "night" in texts(page.viewer.findChildren(QLabel)))
    opened.window.commands.actions["tag_photos"].trigger()
    dialog = open_dialog(qtbot, TagDialog)
    dialog.findChild(type(dialog.accept_button), "night").click()
    qtbot.waitUntil(lambda: listed(page) == everything[1:2])
    wait_quiet(qtbot, opened)


def test_a_page_just_made_lists_what_it_was_made_for(qtbot: QtBot, opened: Application, page: PhotosPage) -> None:
    wanted = PhotoFilter(among=(listed(page)[0],), among_title="tiny")
    fresh = PhotosPage(opened.session, opened.window.imports)
    qtbot.addWidget(fresh)
    fresh.show_filter(wanted)
    qtbot.waitUntil(lambda: listed(fresh) == list(wanted.among))
    wait_quiet(qtbot, opened)


def test_a_menu_of_very_many_reasons_shows_the_first_of_them(qtbot: QtBot) -> None:
    narrow = NarrowButton()
    qtbot.addWidget(narrow)
    narrow.show_names((), [("blurred", 9), *((f"copy of {n}.jpg", 1) for n in range(MOST_NAMED))])
    texts = [action.text() for action in narrow.choices.actions()]
    assert texts[1] == "blurred\t9"
    assert texts[-1] == "and 1 more"
    assert len(texts) == MOST_NAMED + 2
