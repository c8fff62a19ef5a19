"""The key map as text: all declared keys by group, and the few that belong to a view."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.actions import ACTIONS, MENUS

Group = tuple[str, tuple[tuple[str, str], ...]]


def key_groups() -> tuple[Group, ...]:
    """(Heading, ((keys, what they do), ...)) for each menu that has keys, with labelling first."""
    translate = QCoreApplication.translate
    labelling: Group = (
        translate("Keys", "Labelling"),
        (
            (translate("Keys", "1 to 9"), translate("Keys", "Give the class with that key, go to the next photo")),
            *((info.key, _plain(info.text)) for info in ACTIONS if info.key and info.menu == "photo"),
        ),
    )
    viewer: Group = (
        translate("Keys", "Large photo"),
        (
            (translate("Keys", "Left, Right"), translate("Keys", "Previous, next photo")),
            (translate("Keys", "Plus, Minus, Wheel"), translate("Keys", "Zoom")),
            (translate("Keys", "Esc"), translate("Keys", "Back to the grid")),
        ),
    )
    rest = tuple(
        (
            _plain(title),
            tuple((info.shortcut, _plain(info.text)) for info in ACTIONS if info.menu == key and info.shortcut),
        )
        for key, title in MENUS
    )
    return (labelling, viewer, *(group for group in rest if group[1]))


def _plain(text: str) -> str:
    return QCoreApplication.translate("Actions", text).replace("&", "").rstrip("…")
