"""Studies in the background, where the user is quicker than the project: started and stopped again in between."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from engine.jobs.spec import TrainSpec
from engine.recipe.study_plan import PlanRow, StudyPlan
from gui.app import Application
from gui.core.study_running import StudyRunning
from gui.core.throttle import Throttle
from gui.pages.studies import StudiesPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import model
from tests.gui.helpers import asked, wait_quiet

ONE = StudyPlan(name="One", rows=(PlanRow(recipe="quick", set=("input.size=64",)),))
OTHER = StudyPlan(name="Other", rows=(PlanRow(recipe="svm", set=("input.size=64",)),))


def test_a_study_that_is_started_while_the_project_is_asked_what_comes_next_is_carried_out_too(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    running, over = StudyRunning(opened.session), list[str]()
    running.over.connect(lambda name, cut_short: over.append(name))
    runners.scripted.script, runners.scripted.gate = model(), threading.Event()
    store, hold, added = opened.session.store, threading.Event(), list[None]()
    running.start(ONE)
    store.ask(lambda _: None, added.append)
    store.ask(lambda _: hold.wait(20))
    qtbot.waitUntil(lambda: bool(added))
    running.start(OTHER)
    hold.set()
    qtbot.waitUntil(lambda: len(runners.scripted.specs) == 1)
    assert running.studies() == ("One", "Other")
    assert over == [], "nothing of either has been trained"
    runners.scripted.gate.set()
    qtbot.waitUntil(lambda: not running.studies(), timeout=20_000)
    wait_quiet(qtbot, opened)
    assert over == ["One", "Other"]
    assert len(runners.scripted.specs) == 2


def test_a_study_that_is_started_again_before_its_run_has_stopped_goes_on(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    running = StudyRunning(opened.session)
    runners.scripted.script, runners.scripted.gate = model(), threading.Event()
    running.start(ONE)
    qtbot.waitUntil(lambda: len(runners.scripted.specs) == 1)
    running.stop("One")
    running.start(ONE)
    qtbot.waitUntil(lambda: len(runners.scripted.specs) == 2, timeout=20_000)
    assert running.studies() == ("One",)
    runners.scripted.gate.set()
    qtbot.waitUntil(lambda: not running.studies(), timeout=20_000)
    wait_quiet(qtbot, opened)


def test_a_run_whose_result_cannot_be_taken_in_has_failed_and_the_next_one_is_trained(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    running, both = StudyRunning(opened.session), StudyPlan(name="Both", rows=(*ONE.rows, *OTHER.rows))
    runners.scripted.script = lambda spec: (
        () if isinstance(spec, TrainSpec) and spec.recipe.name == "quick" else model()(spec)
    )
    running.start(both)
    qtbot.waitUntil(lambda: not running.studies(), timeout=20_000)
    wait_quiet(qtbot, opened)
    states = asked(qtbot, opened, lambda project: [(run.state, run.problem) for run in project.runs.rows()])
    assert states[0] == ("finished", "")
    assert states[1][0] == "failed"
    assert "could not be read" in states[1][1]
    assert [notice.level for notice in opened.session.notices.history if notice.level == "error"] == ["error"]


def test_where_nothing_can_be_written_that_is_said_once_and_not_for_every_run(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    running, both = StudyRunning(opened.session), StudyPlan(name="Both", rows=(*ONE.rows, *OTHER.rows))
    assert opened.session.project is not None
    with qtbot.waitSignal(opened.session.project_opened, timeout=20_000):
        opened.session.store.open(opened.session.project.folder, read_only=True)
    running.start(both)
    qtbot.waitUntil(lambda: not running.studies(), timeout=20_000)
    wait_quiet(qtbot, opened)
    errors = [notice.text for notice in opened.session.notices.history if notice.level == "error"]
    assert errors == ["This project is open for reading only."]
    assert runners.scripted.specs == []


def test_a_study_under_way_is_stopped_by_a_new_name_but_not_by_one_that_is_taken(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    opened.window.turn_to("studies")
    page = opened.window.page()
    assert isinstance(page, StudiesPage)
    runners.scripted.script, runners.scripted.gate = model(), threading.Event()
    for plan in (OTHER, ONE):
        page.verbs.begin(plan)
        qtbot.waitUntil(lambda: page.told() is not None and page.told().plan == plan)  # noqa: B023
    page.start()
    qtbot.waitUntil(lambda: len(runners.scripted.specs) == 1)
    for name in ("Other", "Another"):
        assert page.running.studies() == ("One",)
        page.name.setText(name)
        page.name.editingFinished.emit()
        throttles = page.findChildren(Throttle)
        qtbot.waitUntil(
            lambda: not opened.session.store.is_busy() and not any(one.is_waiting() for one in throttles)  # noqa: B023
        )
    qtbot.waitUntil(lambda: page.running.studies() == ())
    wait_quiet(qtbot, opened)
    assert page.list.model.rows()[0].name == "Another"
