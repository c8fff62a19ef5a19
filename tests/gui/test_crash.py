"""A fault of ours is written down and told, and the app lives on."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread, qWarning
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from engine import __version__
from gui.app import Application
from gui.core.crash import CrashGuard
from gui.dialogs.crash import CrashDialog
from tests.gui.helpers import open_dialog


@pytest.fixture
def guard(qapp: object, tmp_path: Path) -> Iterator[CrashGuard]:
    hooks = sys.excepthook, threading.excepthook
    made = CrashGuard(tmp_path)
    made.install()
    yield made
    made.remove()
    sys.excepthook, threading.excepthook = hooks


def raise_in_hook(text: str) -> None:
    try:
        raise RuntimeError(text)
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_an_exception_nobody_caught_is_told_with_versions(qtbot: QtBot, guard: CrashGuard) -> None:
    with qtbot.waitSignal(guard.crashed) as caught:
        raise_in_hook("the roof is gone")
    assert "RuntimeError: the roof is gone" in caught.args[0]
    assert __version__ in caught.args[0]


def test_it_is_in_the_log(guard: CrashGuard, tmp_path: Path) -> None:
    raise_in_hook("noted")
    assert "RuntimeError: noted" in (tmp_path / "fieldmark.log").read_text()


class Listener(QObject):
    """Hears in the thread it lives in."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[QThread] = []

    def hear(self, report: str) -> None:
        self.threads.append(QThread.currentThread())


def test_an_exception_on_another_thread_is_told_in_this_one(qtbot: QtBot, guard: CrashGuard) -> None:
    listener = Listener()
    guard.crashed.connect(listener.hear)
    thread = threading.Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(listener.threads))
    assert listener.threads == [QThread.currentThread()]


def test_what_qt_says_goes_to_the_log(guard: CrashGuard, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "fieldmark"):
        qWarning("a plug-in is missing")
    assert "Qt: a plug-in is missing" in (tmp_path / "fieldmark.log").read_text()


def test_the_report_can_be_read_and_the_window_works_on(qtbot: QtBot, application: Application) -> None:
    application.window.show_crash("a long report")
    dialog = open_dialog(qtbot, CrashDialog)
    assert dialog.findChild(QPlainTextEdit).toPlainText() == "a long report"
    dialog.reject()
    assert application.window.isVisible()
