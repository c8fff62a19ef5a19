"""A training that was interrupted can go on: offered when the project is opened, on the page, and in the list."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent, Ended
from engine.jobs.spec import AnySpec, TrainSpec
from gui.app import Application
from gui.core.notices import Notice
from gui.pages.train import TrainPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import epoch, history, leave_history, model, network_ready, step
from tests.gui.helpers import wait_quiet


def crashing(reason: str, *, checkpoint: bool = True):
    """A script for a training of a network that ends after two epochs."""

    def script(spec: AnySpec) -> list[AnyEvent]:
        assert isinstance(spec, TrainSpec)
        events = history(2, best=2)
        leave_history(spec.run_folder, events)
        if checkpoint:
            (Path(os.fsdecode(spec.run_folder)) / "last.json").write_text("{}")
        return [*events, Ended(reason=reason, user_text="The process was killed.")]

    return script


@pytest.fixture
def page(qtbot: QtBot, opened: Application) -> TrainPage:
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    return page


def interrupt(qtbot: QtBot, application: Application, runners: TestRunners, page: TrainPage, **script: object) -> None:
    """A run that ended before its time stands in the list."""
    runners.scripted.script = crashing(**{"reason": "crashed", **script})  # type: ignore[arg-type]
    page.start()
    qtbot.waitUntil(lambda: [run.state for run in page.runs.model.rows()] in (["crashed"], ["cancelled"], ["failed"]))
    wait_quiet(qtbot, application)
    runners.scripted.script = model()


def go_on_to_the_end(qtbot: QtBot, runners: TestRunners, page: TrainPage) -> TrainSpec:
    qtbot.waitUntil(lambda: [run.state for run in page.runs.model.rows()] == ["finished"], timeout=10_000)
    spec = runners.scripted.specs[-1]
    assert isinstance(spec, TrainSpec)
    assert spec.variant == network_ready().variant, "in the way of computing in which it was begun"
    return spec


def test_the_page_offers_to_go_on(qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage) -> None:
    interrupt(qtbot, opened, runners, page)
    assert page.banner.isVisible()
    page.banner.pressed.emit()
    spec = go_on_to_the_end(qtbot, runners, page)
    assert spec.resume
    assert spec.run_folder == runners.scripted.specs[0].run_folder
    qtbot.waitUntil(lambda: not page.banner.isVisible())
    wait_quiet(qtbot, opened)


def test_the_list_offers_it_for_the_chosen_run(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    interrupt(qtbot, opened, runners, page, reason="cancelled")
    assert not page.banner.isVisible()
    assert page.runs.button_of("resume").isVisible()
    page.runs.button_of("resume").click()
    assert go_on_to_the_end(qtbot, runners, page).resume
    wait_quiet(qtbot, opened)
    assert not page.runs.button_of("resume").isVisible()


def test_without_a_saved_state_it_is_not_offered(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    interrupt(qtbot, opened, runners, page, checkpoint=False)
    assert not page.banner.isVisible()
    assert not page.runs.button_of("resume").isVisible()


def test_curves_go_on_where_they_ended(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    interrupt(qtbot, opened, runners, page)
    runners.scripted.gate = threading.Event()
    page.banner.pressed.emit()
    for event in (network_ready(), step(16), *epoch(2, loss=0.9, accuracy=0.7), step(21)):
        runners.scripted.feed.put(event)
    qtbot.waitUntil(lambda: page.curves.live() is not None and page.curves.shows_live())
    curves = page.curves.live().curves
    qtbot.waitUntil(lambda: float(curves.step_epochs()[-1]) == 2.1)
    assert len(curves.step_epochs()) == 15 + 2
    assert curves.losses("val").tolist() == [1.1, 0.9]
    runners.scripted.gate.set()
    qtbot.waitUntil(lambda: page.progress() is None)
    wait_quiet(qtbot, opened)


def test_while_another_training_runs_it_is_not_begun(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    interrupt(qtbot, opened, runners, page)
    (crashed,) = page.runs.model.rows()
    runners.scripted.gate = threading.Event()
    page.start()
    qtbot.waitUntil(lambda: page.progress() is not None)
    page.resume(crashed.id)
    assert "Another training is under way" in opened.session.notices.history[-1].text
    runners.scripted.gate.set()
    wait_quiet(qtbot, opened)
    assert len(runners.scripted.specs) == 2


def reopened(qtbot: QtBot, application: Application) -> list[Notice]:
    """The project is closed and opened again; the notices of that."""
    folder = application.session.project.folder
    application.window.projects.close()
    qtbot.waitUntil(lambda: application.session.project is None)
    before = len(application.session.notices.history)
    application.window.projects.open(folder)
    qtbot.waitUntil(lambda: application.session.project is not None)
    wait_quiet(qtbot, application)
    return application.session.notices.history[before:]


def test_it_is_offered_when_the_project_is_opened_again(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    interrupt(qtbot, opened, runners, page)
    opened.window.turn_to("photos")
    (notice,) = reopened(qtbot, opened)
    assert notice.text == "The training “Quick” was interrupted when Fieldmark was last open."
    notice.action()
    assert opened.window.page_key() == "train"
    assert go_on_to_the_end(qtbot, runners, page).resume
    wait_quiet(qtbot, opened)


def test_a_training_the_user_stopped_is_no_reason_to_ask(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    interrupt(qtbot, opened, runners, page, reason="cancelled")
    assert reopened(qtbot, opened) == []


def test_the_offer_works_before_the_page_was_ever_shown(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    runners.scripted.script = crashing("crashed")
    from engine.recipe.recipe import Recipe
    from gui.core.training import TrainingRun

    run = TrainingRun(opened.session, Recipe())
    with qtbot.waitSignal(run.ended) as caught:
        pass
    wait_quiet(qtbot, opened)
    runners.scripted.script = model()
    opened.session.resume_run.emit(caught.args[0])
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    assert go_on_to_the_end(qtbot, runners, page).resume
    wait_quiet(qtbot, opened)
