"""From a project full of copies to a split that nothing leaks through, and all the way back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.app import Application
from gui.pages.explore_copies import ExploreCopies
from gui.pages.explore_split import ExploreSplit
from tests.gui.copies import open_with_copies, really
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import asked, wait_quiet


def test_copies_are_found_and_decided_the_photos_are_divided_and_nothing_leaks(
    qtbot: QtBot, application: Application, runners: TestRunners, tmp_path: Path
) -> None:
    runners.scripted.script = really
    open_with_copies(qtbot, application, tmp_path)
    window = application.window
    window.turn_to("explore")
    split = window.page().turn_to("split")
    assert isinstance(split, ExploreSplit)
    qtbot.waitUntil(split.plan.divide.isEnabled)
    split.plan.divide.click()
    qtbot.waitUntil(lambda: split.results.is_divided())
    assert split.results.leaks.rows == (), "nobody has looked for copies"

    copies = window.page().turn_to("copies")
    assert isinstance(copies, ExploreCopies)
    qtbot.waitUntil(copies.empty.isVisible)
    copies.empty.chosen.emit("look")
    qtbot.waitUntil(lambda: copies.groups.rowCount() == 3, timeout=20_000)
    conflict = copies.group()
    assert conflict is not None
    assert conflict.in_conflict

    qtbot.keyClick(copies.list, Qt.Key.Key_K)
    qtbot.keyClick(copies.list, Qt.Key.Key_N)
    qtbot.keyClick(copies.list, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: copies.groups.count("open") == 0 and copies.groups.count("settled") == 2)

    window.page().turn_to("split")
    qtbot.waitUntil(lambda: bool(split.results.leaks.rows))
    assert [row.state for row in split.results.leaks.rows] == ["danger"], "it was divided before they were known"
    split.plan.divide.click()
    qtbot.waitUntil(lambda: not split.plan.divide.isEnabled(), timeout=10_000)
    assert [row.state for row in split.results.leaks.rows] == ["success"]
    assert split.results.leaks.model.rowCount() == 0
    assert sum(map(int, split.results.figures.values())) == 10, "one of eleven is left out"

    for _ in range(3):
        window.commands.actions["undo"].trigger()
        wait_quiet(qtbot, application)
    report = asked(qtbot, application, lambda project: project.copies.report())
    assert report is not None
    assert len(report.conflicts) == 1
    assert not any(group.settled for group in report.groups)
