"""Every command is declared once, has its own key, its icon, and something that carries it out."""

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from gui.actions import ACTIONS, MENUS
from gui.app import Application
from gui.core.icons import ICON_FOLDER
from gui.dialogs.class_properties import RESERVED_KEYS
from gui.key_map import key_groups


def test_no_key_has_two_meanings() -> None:
    keys = [QKeySequence(info.shortcut).toString() for info in ACTIONS if info.shortcut]
    keys += [info.key for info in ACTIONS if info.key]
    assert [key for key, n in Counter(keys).items() if n > 1] == []


def test_every_shortcut_is_a_key_sequence() -> None:
    assert all(not QKeySequence(info.shortcut).isEmpty() for info in ACTIONS if info.shortcut)


@pytest.mark.parametrize("info", [info for info in ACTIONS if info.icon], ids=lambda info: info.name)
def test_its_icon_ships(info: object) -> None:
    assert (ICON_FOLDER / f"{info.icon}.svg").is_file()  # type: ignore[attr-defined]


def test_names_are_unique_and_menus_exist() -> None:
    assert len({info.name for info in ACTIONS}) == len(ACTIONS)
    assert {info.menu for info in ACTIONS} <= {key for key, _ in MENUS}


def test_every_command_can_be_carried_out_where_it_is_offered(opened: Application) -> None:
    missing = [info.name for info in ACTIONS if opened.window._handler(info.name) is None]
    assert missing == []


def test_without_a_project_only_general_commands_are_on(application: Application) -> None:
    on = {name for name, action in application.window.commands.actions.items() if action.isEnabled()}
    assert on == {info.name for info in ACTIONS if info.context == "always"}


def test_commands_of_the_photos_are_off_on_other_pages(opened: Application) -> None:
    opened.window.turn_to("train")
    on = [
        info.name
        for info in ACTIONS
        if info.context == "photos" and opened.window.commands.actions[info.name].isEnabled()
    ]
    assert on == []


def test_letters_with_a_meaning_cannot_be_class_keys() -> None:
    letters = {info.key.lower() for info in ACTIONS if len(info.key) == 1 and info.key.isalpha()}
    assert letters <= set(RESERVED_KEYS)


def test_the_key_map_lists_every_key() -> None:
    listed = {key for _, entries in key_groups() for key, _ in entries}
    assert {info.shortcut for info in ACTIONS if info.shortcut} <= listed
    assert {info.key for info in ACTIONS if info.key and info.menu == "photo"} <= listed
