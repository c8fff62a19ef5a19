"""The window itself: opening, closing while something runs, coming back as it was."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.base.events import Ended
from engine.base.events import Notice as JobNotice
from engine.jobs.spec import DoctorSpec
from engine.project.project import Project
from gui.app import Application
from gui.core import theme
from gui.core.settings import GEOMETRY, RECENTS, SCHEME
from gui.dialogs.confirm import ConfirmDialog
from gui.pages.start import RecentRow
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import open_dialog, wait_quiet

SPEC = DoctorSpec(out=b"/o", machine=b"/m")


def test_closing_a_quiet_window_closes_it(qtbot: QtBot, application: Application) -> None:
    with qtbot.waitSignal(application.window.closed):
        application.window.close()
    assert application.session.settings.get(GEOMETRY)


def test_closing_while_a_job_runs_asks_first(qtbot: QtBot, opened: Application, runners: TestRunners) -> None:
    runners.scripted.gate = threading.Event()
    opened.session.jobs.start(SPEC, title="Training", role="train")
    opened.window.close()
    dialog = open_dialog(qtbot, ConfirmDialog)
    dialog.reject()
    assert opened.window.isVisible()
    assert len(opened.session.jobs.active()) == 1
    opened.window.close()
    with qtbot.waitSignal(opened.window.closed, timeout=10_000):
        open_dialog(qtbot, ConfirmDialog).accept()
    assert opened.session.jobs.active() == ()


def test_a_quiet_job_does_not_hold_the_window_up(qtbot: QtBot, opened: Application, runners: TestRunners) -> None:
    runners.scripted.gate = threading.Event()
    opened.session.jobs.start(SPEC, title="Warming up", quiet=True)
    with qtbot.waitSignal(opened.window.closed, timeout=10_000):
        opened.window.close()


def test_a_running_job_can_be_stopped_from_the_strip(qtbot: QtBot, opened: Application, runners: TestRunners) -> None:
    runners.scripted.gate = threading.Event()
    job = opened.session.jobs.start(SPEC, title="Training", role="train")
    ends: list[Ended] = []
    job.ended.connect(ends.append)
    stop = next(b for b in opened.window.strip.findChildren(QPushButton) if b.accessibleName() == "Stop Training")
    stop.click()
    qtbot.waitUntil(lambda: bool(ends))
    assert ends[0].reason == "cancelled"
    qtbot.waitUntil(lambda: not opened.window.strip.findChildren(QPushButton))


def test_the_scheme_is_remembered(application: Application) -> None:
    before = theme.scheme()
    application.window.commands.actions["toggle_theme"].trigger()
    assert theme.scheme() != before
    assert application.session.settings.get(SCHEME) == theme.scheme()


def test_a_closed_project_leads_back_to_the_start(qtbot: QtBot, opened: Application) -> None:
    with qtbot.waitSignal(opened.session.project_closed):
        opened.window.commands.actions["close_project"].trigger()
    wait_quiet(qtbot, opened)
    assert opened.window.page_key() == ""
    rows = opened.window.page().findChildren(RecentRow)
    qtbot.waitUntil(lambda: bool(opened.window.page().findChildren(RecentRow)))
    assert rows is not None


def test_a_recent_project_that_is_gone_can_be_removed(qtbot: QtBot, application: Application, tmp_path: Path) -> None:
    application.session.settings.add_recent(tmp_path / "Gone.fieldmark")
    application.window.page().reload()
    qtbot.waitUntil(lambda: bool(application.window.page().findChildren(RecentRow)))
    [row] = application.window.page().findChildren(RecentRow)
    named = {button.accessibleName(): button for button in row.findChildren(QPushButton)}
    assert list(named) == ["Locate Gone"]
    with qtbot.waitSignal(row.remove_wanted):
        row._remove()
    assert application.session.settings.get(RECENTS) == []


def test_a_project_that_cannot_be_opened_leaves_the_open_one(qtbot: QtBot, opened: Application, tmp_path: Path) -> None:
    opened.window.projects.open(tmp_path / "nothing.fieldmark")
    qtbot.waitUntil(lambda: opened.session.notices.history[-1].level == "error")
    assert opened.window.page_key() == "photos"
    assert opened.session.project is not None


def test_another_project_waits_for_the_running_job(
    qtbot: QtBot, opened: Application, runners: TestRunners, tmp_path: Path
) -> None:
    runners.scripted.gate = threading.Event()
    opened.session.jobs.start(SPEC, title="Training", role="train")
    opened.window.projects.create(tmp_path / "Other")
    assert opened.session.project.name == "Survey"
    with qtbot.waitSignal(opened.session.project_opened, timeout=10_000):
        open_dialog(qtbot, ConfirmDialog).accept()
    assert opened.session.project.name == "Other"


def test_a_project_in_use_elsewhere_can_be_read(qtbot: QtBot, application: Application, tmp_path: Path) -> None:
    other = Project.create(tmp_path / "Busy")
    other.classes.add("Cod")
    try:
        application.window.projects.open(other.folder)
        qtbot.waitUntil(lambda: bool(application.session.notices.history))
        notice = application.session.notices.history[0]
        assert notice.action_text == "Open read-only"
        with qtbot.waitSignal(application.session.project_opened):
            notice.action()
        assert application.session.project.read_only
        wait_quiet(qtbot, application)
    finally:
        other.close()


def test_what_a_job_wants_to_say_is_shown(qtbot: QtBot, opened: Application, runners: TestRunners) -> None:
    runners.scripted.script = lambda _: [JobNotice(level="warning", text="Two photos have moved.", advice="Look.")]
    with qtbot.waitSignal(opened.session.jobs.idle):
        opened.session.jobs.start(SPEC, title="Training")
    notice = opened.session.notices.history[-1]
    assert (notice.level, notice.text, notice.advice) == ("warning", "Two photos have moved.", "Look.")
    assert opened.window.toasts.toasts()[-1].notice == notice
