"""What is wrong with a training is said while it is under way, beside its score, and where it is reviewed."""

from __future__ import annotations

import math
import threading

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from engine.base.events import Answered, AnyEvent, Diverged, Ended
from engine.jobs.spec import AnySpec, TrainSpec
from gui.app import Application
from gui.pages.review import ReviewPage
from gui.pages.train import TrainPage
from gui.widgets.verdict_list import VerdictList
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import epoch, leave_history, model, network_ready
from tests.gui.helpers import wait_quiet

GUESSING = math.log(3)


@pytest.fixture
def page(qtbot: QtBot, opened: Application) -> TrainPage:
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    return page


@pytest.fixture
def live(qtbot: QtBot, page: TrainPage, runners: TestRunners) -> VerdictList:
    """A network is training, and is being watched."""
    runners.scripted.gate = threading.Event()
    runners.scripted.script = model()
    page.start()
    say(runners, network_ready())
    qtbot.waitUntil(page.curves.watch.isVisible, timeout=20_000)
    return page.curves.watch.verdicts


def say(runners: TestRunners, *events: AnyEvent) -> None:
    for event in events:
        runners.scripted.feed.put(event)


def answered(number: int, *counts: int) -> Answered:
    return Answered(epoch=number, answered=counts, shown=(10, 10, 10))


def test_nothing_is_said_of_a_training_that_goes_well(
    qtbot: QtBot, page: TrainPage, live: VerdictList, runners: TestRunners
) -> None:
    say(runners, *epoch(1, loss=0.9, accuracy=0.5), *epoch(2, loss=0.8, accuracy=0.6), answered(2, 10, 11, 9))
    qtbot.waitUntil(lambda: page.curves.watch.figures.values()[0].startswith("2"))
    assert live.isHidden()


def test_it_is_said_as_soon_as_it_is_true_and_replaced_by_what_is_true_then(
    qtbot: QtBot, live: VerdictList, runners: TestRunners
) -> None:
    say(runners, *epoch(1, loss=0.9, accuracy=0.3), answered(1, 28, 2, 0))
    say(runners, *epoch(2, loss=0.9, accuracy=0.3), answered(2, 28, 2, 0))
    qtbot.waitUntil(live.isVisible)
    [text] = live.texts()
    assert "Nearly every photo is called Cod: 93%" in text
    say(runners, *epoch(3, loss=0.9, accuracy=0.3), answered(3, 0, 30, 0))
    qtbot.waitUntil(lambda: "called Haddock" in live.texts()[0])
    assert len(live.texts()) == 1
    say(runners, *epoch(4, loss=0.7, accuracy=0.6), answered(4, 10, 11, 9))
    qtbot.waitUntil(live.isHidden)
    assert live.texts() == []


def test_the_worst_comes_first_with_what_to_do(qtbot: QtBot, live: VerdictList, runners: TestRunners) -> None:
    for number in range(1, 4):
        say(runners, *epoch(number, loss=GUESSING, accuracy=0.3))
    qtbot.waitUntil(lambda: len(live.texts()) == 1)
    assert "has learned nothing" in live.texts()[0]
    say(runners, Diverged(epoch=4, rate=0.3))
    qtbot.waitUntil(lambda: len(live.texts()) == 2)
    assert "not a number once in epoch 4" in live.texts()[0]


def overfitting() -> list[AnyEvent]:
    """The training loss falls to the end, that of validation photos rises from epoch 2 on."""
    events: list[AnyEvent] = [network_ready(n_epochs=4)]
    for number, loss in enumerate((0.9, 0.5, 0.8, 0.9), start=1):
        train, val = epoch(number, loss=loss, accuracy=0.6)
        events += [msgspec.structs.replace(train, loss=1 / number), val]
    return events


def test_what_was_wrong_stands_beside_the_score_when_it_has_ended(
    qtbot: QtBot, page: TrainPage, live: VerdictList, runners: TestRunners
) -> None:
    (spec,) = runners.scripted.specs
    assert isinstance(spec, TrainSpec)
    leave_history(spec.run_folder, overfitting())
    runners.scripted.gate.set()
    qtbot.waitUntil(lambda: page.result.isVisible() and page.result.verdicts.isVisible(), timeout=10_000)
    assert "From epoch 2 on it learned the training photos by heart" in page.result.verdicts.texts()[0]
    assert live.isHidden(), "once, not twice on one page"


def test_a_training_that_failed_says_what_its_epochs_tell(qtbot: QtBot, page: TrainPage, runners: TestRunners) -> None:
    def fail(spec: AnySpec) -> list[AnyEvent]:
        assert isinstance(spec, TrainSpec)
        leave_history(spec.run_folder, [network_ready(), Diverged(epoch=1, rate=0.3), Diverged(epoch=1, rate=0.0)])
        return [Ended(reason="failed", user_text="The training diverged.")]

    runners.scripted.script = fail
    page.start()
    qtbot.waitUntil(lambda: page.result.verdicts.isVisible(), timeout=10_000)
    assert page.result.problem.isVisible()
    assert "2 times, first in epoch 1. The training ended" in page.result.verdicts.texts()[0]


def test_review_says_it_of_the_run_that_is_reviewed(
    qtbot: QtBot, opened: Application, page: TrainPage, runners: TestRunners
) -> None:
    leave = model()

    def overfit(spec: AnySpec) -> list[AnyEvent]:
        assert isinstance(spec, TrainSpec)
        leave_history(spec.run_folder, overfitting())
        return leave(spec)

    runners.scripted.script = overfit
    page.start()
    qtbot.waitUntil(lambda: page.result.verdicts.isVisible(), timeout=10_000)
    opened.window.turn_to("review")
    review = opened.window.page()
    assert isinstance(review, ReviewPage)
    qtbot.waitUntil(lambda: review.verdicts.isVisible())
    assert review.verdicts.texts() == page.result.verdicts.texts()
