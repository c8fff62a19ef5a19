"""Every control that can have the focus says what it is, on every page and in every dialog."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDialog, QMenuBar, QWidget
from pytestqt.qtbot import QtBot

from engine.base.events import RefusedFile
from gui.app import Application
from gui.main_window import PAGES
from tests.gui.helpers import open_dialog, wait_quiet

# Parts of Qt's own that take the focus on behalf of a control that has a name.
INNER = ("qt_spinbox_lineedit", "qt_scrollarea_viewport", "qt_scrollarea_hcontainer", "qt_scrollarea_vcontainer")


def unnamed(window: QWidget) -> list[str]:
    """Focusable controls without an accessible name, as text for the failure."""
    found = []
    for widget in (window, *window.findChildren(QWidget)):
        takes_focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisibleTo(window)
        inner = widget.objectName() in INNER or isinstance(widget, QMenuBar) or widget.focusProxy() is not None
        holder = widget.parentWidget()
        if isinstance(holder, QAbstractScrollArea) and holder.viewport() is widget:
            inner = True
        if not takes_focus or inner or widget is window:
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is not None and not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} in {type(holder).__name__}")
    return found


def test_the_start_page_says_what_everything_is(application: Application) -> None:
    assert unnamed(application.window) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_everything_is(qtbot: QtBot, opened: Application, page: str) -> None:
    opened.window.turn_to(page)
    wait_quiet(qtbot, opened)
    assert unnamed(opened.window) == []


def test_the_large_photo_says_what_everything_is(qtbot: QtBot, opened: Application) -> None:
    opened.window.commands.actions["open_photo"].trigger()
    wait_quiet(qtbot, opened)
    assert unnamed(opened.window) == []


OPENERS: dict[str, Callable[[Application], object]] = {
    "new_project": lambda app: app.window.projects.ask_new(),
    "import": lambda app: app.window.imports.preview((b"/nothing",)),
    "new_class": lambda app: app.window.page().verbs.ask_new(),
    "class": lambda app: app.window.page().verbs.edit(app.window.page().verbs.rows[0].id),
    "together": lambda app: app.window.page().marks.ask_together([app.window.page().photos.id_at(0)]),
    "merge": lambda app: app.window.page().verbs.merge(app.window.page().verbs.rows[0].id),
    "keys": lambda app: app.window.commands.actions["show_keys"].trigger(),
    "machine": lambda app: app.window.commands.actions["show_machine"].trigger(),
    "weights": lambda app: app.window.commands.actions["show_weights"].trigger(),
    "export_photos": lambda app: app.window.commands.actions["export_photos"].trigger(),
    "about": lambda app: app.window.commands.actions["show_about"].trigger(),
    "crash": lambda app: app.window.show_crash("report"),
    "refused": lambda app: app.window.imports.show_refused([RefusedFile(path=b"/a.jpg", kind="empty", text="Empty.")]),
}


@pytest.mark.parametrize("name", OPENERS)
def test_every_dialog_says_what_everything_is(qtbot: QtBot, opened: Application, name: str) -> None:
    OPENERS[name](opened)
    dialog = open_dialog(qtbot, QDialog)
    wait_quiet(qtbot, opened)
    assert unnamed(dialog) == []
    assert dialog.windowTitle()
    dialog.reject()
    assert QApplication.activeModalWidget() is None
