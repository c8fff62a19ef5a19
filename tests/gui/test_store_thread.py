"""The project is asked on one thread; answers come back on the GUI thread, in order, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from engine.base.changes import Changes
from engine.base.errors import AppError, UserError
from gui.core.notices import NoticeBoard
from gui.core.store_thread import OpenProject, StoreThread


@pytest.fixture
def notices(qtbot: QtBot) -> NoticeBoard:
    return NoticeBoard()


@pytest.fixture
def store(notices: NoticeBoard) -> Iterator[StoreThread]:
    store = StoreThread(notices)
    yield store
    store.shut_down()


def made(qtbot: QtBot, store: StoreThread, folder: Path) -> OpenProject:
    with qtbot.waitSignal(store.opened) as caught:
        store.open(folder, create=True)
    return caught.args[0]


def test_opening_tells_what_screens_may_know(qtbot: QtBot, store: StoreThread, tmp_path: Path) -> None:
    project = made(qtbot, store, tmp_path / "Birds")
    assert (project.name, project.folder, project.read_only) == ("Birds", tmp_path / "Birds.fieldmark", False)


def test_work_runs_elsewhere_and_its_result_arrives_here(qtbot: QtBot, store: StoreThread, tmp_path: Path) -> None:
    made(qtbot, store, tmp_path / "P")
    seen: list[tuple[QThread, QThread]] = []
    here = QThread.currentThread()
    store.ask(lambda _: QThread.currentThread(), lambda there: seen.append((there, QThread.currentThread())))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] is not here
    assert seen[0][1] is here


def test_answers_keep_the_order_of_the_questions(qtbot: QtBot, store: StoreThread, tmp_path: Path) -> None:
    made(qtbot, store, tmp_path / "P")
    seen: list[int] = []
    for n in range(50):
        store.ask(lambda _, n=n: n, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 50)
    assert seen == list(range(50))


def test_changes_are_told_before_the_answer_is_used(qtbot: QtBot, store: StoreThread, tmp_path: Path) -> None:
    made(qtbot, store, tmp_path / "P")
    seen: list[str] = []
    store.changed.connect(lambda changes: seen.append(changes.title))
    store.ask(lambda project: project.classes.add("Cod"), lambda _: seen.append("then"))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["New class Cod", "then"]


def test_empty_changes_are_not_told(qtbot: QtBot, store: StoreThread, tmp_path: Path) -> None:
    made(qtbot, store, tmp_path / "P")
    with qtbot.assertNotEmitted(store.changed):
        future = store.ask(lambda _: Changes())
        qtbot.waitUntil(future.done)


def test_an_error_becomes_a_notice(qtbot: QtBot, store: StoreThread, notices: NoticeBoard, tmp_path: Path) -> None:
    made(qtbot, store, tmp_path / "P")
    future = store.ask(lambda project: project.classes.add(" "))
    qtbot.waitUntil(future.done)
    assert isinstance(future.exception(), UserError)
    assert [notice.text for notice in notices.history] == ["A class needs a name."]


def test_whoever_wants_the_error_gets_it_instead(
    qtbot: QtBot, store: StoreThread, notices: NoticeBoard, tmp_path: Path
) -> None:
    made(qtbot, store, tmp_path / "P")
    seen: list[AppError] = []
    store.ask(lambda project: project.classes.add(" "), on_error=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert notices.history == []


def test_a_fault_of_ours_is_told_and_the_thread_lives_on(
    qtbot: QtBot, store: StoreThread, notices: NoticeBoard, tmp_path: Path
) -> None:
    made(qtbot, store, tmp_path / "P")
    store.ask(lambda _: 1 // 0)
    answer = store.ask(lambda project: project.name)
    qtbot.waitUntil(answer.done)
    assert answer.result() == "P"
    assert "ZeroDivisionError" in notices.history[0].details


def test_an_answer_for_something_that_is_gone_is_dropped(qtbot: QtBot, store: StoreThread, tmp_path: Path) -> None:
    made(qtbot, store, tmp_path / "P")
    seen: list[str] = []
    context = QObject()
    store.ask(lambda project: project.name, seen.append, context=context)
    shiboken6.delete(context)
    last = store.ask(lambda project: project.name)
    qtbot.waitUntil(last.done)
    assert seen == []


def test_without_a_project_the_question_is_an_error(qtbot: QtBot, store: StoreThread, notices: NoticeBoard) -> None:
    future = store.ask(lambda project: project.name)
    qtbot.waitUntil(future.done)
    assert isinstance(future.exception(), UserError)


def test_an_answer_of_the_former_project_never_reaches_the_next(
    qtbot: QtBot, store: StoreThread, tmp_path: Path
) -> None:
    made(qtbot, store, tmp_path / "One")
    seen: list[str] = []
    with qtbot.waitSignal(store.opened):
        store.open(tmp_path / "Two", create=True)
        late = store.ask(lambda project: project.name, seen.append)
    qtbot.waitUntil(late.done)
    assert seen == []


def test_a_project_that_cannot_be_opened_leaves_the_former_one(
    qtbot: QtBot, store: StoreThread, notices: NoticeBoard, tmp_path: Path
) -> None:
    made(qtbot, store, tmp_path / "One")
    failed = store.open(tmp_path / "nothing.fieldmark")
    qtbot.waitUntil(failed.done)
    answer = store.ask(lambda project: project.name)
    qtbot.waitUntil(answer.done)
    assert answer.result() == "One"
    assert len(notices.history) == 1


def test_everything_asked_before_the_end_is_done(qtbot: QtBot, notices: NoticeBoard, tmp_path: Path) -> None:
    store = StoreThread(notices)
    made(qtbot, store, tmp_path / "P")
    done: list[int] = []
    for n in range(20):
        store.ask(lambda _, n=n: done.append(n))
    store.shut_down()
    assert done == list(range(20))


def test_busy_begins_with_the_first_question_and_ends_with_the_last_answer(
    qtbot: QtBot, store: StoreThread, tmp_path: Path
) -> None:
    made(qtbot, store, tmp_path / "P")
    seen: list[bool] = []
    store.busy.connect(seen.append)
    store.ask(lambda _: None)
    last = store.ask(lambda _: None)
    qtbot.waitUntil(last.done)
    assert seen == [True, False]
