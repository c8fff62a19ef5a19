"""Work on a pool thread: its answer arrives in the GUI thread, and not at all where nobody waits for it any more."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread, QThreadPool
from pytestqt.qtbot import QtBot

from engine.base.errors import AppError, EngineBug, UserError
from gui.core.file_saving import FileSaver
from gui.core.pool_work import on_pool


@pytest.fixture
def owner(qtbot: QtBot) -> QObject:
    return QObject()


def test_the_answer_comes_in_the_gui_thread_and_the_work_is_done_elsewhere(qtbot: QtBot, owner: QObject) -> None:
    told: list[tuple[bool, bool]] = []
    gui = QThread.currentThread()
    on_pool(
        lambda: threading.current_thread() is threading.main_thread(),
        lambda there: told.append((there, QThread.currentThread() is gui)),
        context=owner,
    )
    qtbot.waitUntil(lambda: told == [(False, True)])


def test_an_error_is_told_as_such(qtbot: QtBot, owner: QObject) -> None:
    told: list[AppError] = []

    def refuse() -> None:
        raise UserError("No.")

    def break_down() -> None:
        raise ZeroDivisionError

    for work in (refuse, break_down):
        on_pool(work, pytest.fail, context=owner, on_error=told.append)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert {type(error) for error in told} == {UserError, EngineBug}
    assert any("ZeroDivisionError" in error.details for error in told)


def test_nobody_is_told_who_has_died(qtbot: QtBot) -> None:
    asked, other = QObject(), QObject()
    may_go_on = threading.Event()
    told: list[object] = []
    on_pool(may_go_on.wait, pytest.fail, context=asked)
    shiboken6.delete(asked)
    may_go_on.set()
    on_pool(lambda: 1, told.append, context=other)
    QThreadPool.globalInstance().waitForDone()
    qtbot.waitUntil(lambda: told == [1])


def test_a_file_is_written_or_it_is_said_why_not(qtbot: QtBot, tmp_path: Path) -> None:
    saver = FileSaver()
    with qtbot.waitSignal(saver.saved) as saved:
        saver.save(tmp_path / "a.txt", lambda: b"text")
    assert saved.args == [tmp_path / "a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"text"
    with qtbot.waitSignal(saver.failed) as failed:
        saver.save(tmp_path / "nowhere" / "a.txt", lambda: b"text")
    assert isinstance(failed.args[0], AppError)
