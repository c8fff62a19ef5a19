"""A training of a network as one watches it: curves, numbers, log; held and stopped; looked at afterwards."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent, Notice, Paused
from engine.jobs.spec import AnySpec, TrainSpec
from gui.app import Application
from gui.pages.train import TrainPage
from gui.verbs.save_plot import SavePlotVerb
from gui.widgets.run_watch import RunWatch
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import epoch, history, leave_history, model, network_ready, step
from tests.gui.helpers import texts, wait_quiet


@pytest.fixture
def page(qtbot: QtBot, opened: Application) -> TrainPage:
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    return page


@pytest.fixture
def gate(runners: TestRunners) -> threading.Event:
    """The training goes on until this is set."""
    runners.scripted.gate = threading.Event()
    return runners.scripted.gate


@pytest.fixture
def watch(qtbot: QtBot, page: TrainPage, runners: TestRunners, gate: threading.Event) -> RunWatch:
    """A network is training, and is being watched."""
    runners.scripted.script = model()
    page.start()
    say(runners, network_ready())
    qtbot.waitUntil(lambda: page.curves.watch.isVisible() and page.curves.watch.plot.canvas is not None, timeout=20_000)
    return page.curves.watch


def say(runners: TestRunners, *events: AnyEvent) -> None:
    for event in events:
        runners.scripted.feed.put(event)


def figures(watch: RunWatch) -> dict[str, str]:
    names = ("epoch", "left", "rate", "memory", "best", "right")
    return dict(zip(names, watch.figures.values(), strict=True))


def drawn(watch: RunWatch) -> list[int]:
    """Points of the lines of steps, and of accuracy on training and validation photos."""
    (lines,) = watch.plot.canvas.lines
    shown = (lines.steps.xData, lines.train_right.xData, lines.val_right.xData)
    return [0 if data is None else len(data) for data in shown]


def log(watch: RunWatch) -> list[str]:
    return [row.text for row in watch.log.rows()]


def test_the_network_is_named_before_it_has_learned_anything(qtbot: QtBot, watch: RunWatch, page: TrainPage) -> None:
    assert "Small network: 184,004 parameters, on the processor (float32)" in log(watch)
    assert page.result.isHidden()
    assert not page.curves.compare.isVisible()


def test_steps_and_epochs_are_drawn_and_said_in_numbers(
    qtbot: QtBot, watch: RunWatch, runners: TestRunners, gate: threading.Event, opened: Application
) -> None:
    say(runners, step(5), step(10), *epoch(1, loss=1.2, accuracy=0.55), step(15))
    qtbot.waitUntil(lambda: figures(watch)["epoch"] == "1.5 of 10")
    assert figures(watch) == {
        "epoch": "1.5 of 10",
        "left": "2 min",
        "rate": "142",
        "memory": "1.2 GB",
        "best": "1",
        "right": "55.0 %",
    }
    qtbot.waitUntil(lambda: drawn(watch) == [3, 1, 1])
    assert "Epoch 1.5" in watch.plot.values.text()
    assert "validation 55 % right, loss 1.2" in watch.plot.values.text()
    assert watch.plot.accessibleDescription() == watch.plot.values.text()


def test_the_log_tells_what_happened_and_nothing_twice(
    qtbot: QtBot, watch: RunWatch, runners: TestRunners, gate: threading.Event
) -> None:
    warning = Notice(level="warning", text="The loss is not a number.", advice="Lower the learning rate.")
    say(runners, *history(n_epochs=2, best=1)[1:], *epoch(3, loss=1.4, accuracy=0.6, stage=2), warning)
    qtbot.waitUntil(lambda: "The loss is not a number. Lower the learning rate." in log(watch))
    assert log(watch)[1:] == [
        "Epoch 1: validation loss 1, 55 % right",
        "Epoch 1 is the best so far; its weights are kept",
        "Epoch 2: validation loss 1.1, 60 % right",
        "Stage 2",
        "Epoch 3: validation loss 1.4, 60 % right",
        "The loss is not a number. Lower the learning rate.",
    ]
    assert watch.log.rows()[-1].level == "warning"


def test_it_can_be_held_and_let_go_on(
    qtbot: QtBot, watch: RunWatch, runners: TestRunners, gate: threading.Event
) -> None:
    say(runners, step(1))
    qtbot.waitUntil(lambda: watch.pause.isEnabled())
    qtbot.mouseClick(watch.pause, Qt.MouseButton.LeftButton)
    assert not watch.pause.isEnabled()
    qtbot.waitUntil(watch.go_on.isVisible)
    assert not watch.pause.isVisible()
    qtbot.mouseClick(watch.go_on, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(watch.pause.isEnabled)
    assert log(watch)[-2:] == ["Paused", "Went on"]


def test_a_training_that_is_held_can_be_stopped(
    qtbot: QtBot, watch: RunWatch, page: TrainPage, runners: TestRunners, opened: Application
) -> None:
    say(runners, step(1))
    qtbot.waitUntil(lambda: watch.pause.isEnabled())
    watch.pause.click()
    qtbot.waitUntil(watch.go_on.isVisible)
    watch.stop.click()
    assert not watch.stop.isEnabled()
    qtbot.waitUntil(lambda: [run.state for run in page.runs.model.rows()] == ["cancelled"])
    wait_quiet(qtbot, opened)
    assert page.setup.can_start()


def test_when_it_has_ended_its_score_and_its_curves_are_there(
    qtbot: QtBot, watch: RunWatch, page: TrainPage, runners: TestRunners, gate: threading.Event, opened: Application
) -> None:
    (spec,) = runners.scripted.specs
    assert isinstance(spec, TrainSpec)
    leave_history(spec.run_folder, history())
    gate.set()
    qtbot.waitUntil(lambda: page.result.isVisible() and page.result.test.isVisible(), timeout=10_000)
    qtbot.waitUntil(lambda: watch.isVisible() and figures(watch)["epoch"] == "4 of 4")
    assert figures(watch)["best"] == "3"
    assert not watch.stop.isVisible()
    assert not watch.pause.isVisible()
    assert not watch.go_on.isVisible()


def test_without_a_network_there_are_no_curves(
    qtbot: QtBot, page: TrainPage, runners: TestRunners, opened: Application
) -> None:
    runners.scripted.script = model()
    page.start()
    qtbot.waitUntil(page.result.test.isVisible)
    wait_quiet(qtbot, opened)
    assert not page.curves.watch.isVisible()


def test_curves_are_read_from_a_run_of_the_past(
    qtbot: QtBot, page: TrainPage, runners: TestRunners, opened: Application
) -> None:
    runners.scripted.script = with_history(history(n_epochs=6, best=2))
    page.start()
    qtbot.waitUntil(lambda: page.curves.watch.isVisible(), timeout=10_000)
    watch = page.curves.watch
    qtbot.waitUntil(lambda: figures(watch)["epoch"] == "6 of 6")
    assert figures(watch)["best"] == "2"
    assert watch.log.rows()[-1].seconds == 6 * 24.0


def with_history(events: list[AnyEvent]):
    leave = model()

    def script(spec: AnySpec) -> list[AnyEvent]:
        assert isinstance(spec, TrainSpec)
        leave_history(spec.run_folder, events)
        return leave(spec)

    return script


@pytest.mark.parametrize("kind", ["png", "svg", "csv"])
def test_curves_are_saved(
    qtbot: QtBot, watch: RunWatch, runners: TestRunners, opened: Application, tmp_path: Path, kind: str
) -> None:
    say(runners, *history()[1:])
    qtbot.waitUntil(lambda: drawn(watch)[1:] == [4, 4])
    path = tmp_path / f"curves.{kind}"
    saving = SavePlotVerb(opened.session, opened.window)
    saving.save(kind, watch.plot, path)
    qtbot.waitUntil(lambda: f"The curves were saved as curves.{kind}." in texts_of(opened))
    if kind == "png":
        image = QImage(str(path))
        assert image.width() > 1000
        assert len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}) > 2
    elif kind == "svg":
        assert b"<svg" in path.read_bytes()
        assert path.read_bytes().count(b"<path") > 3
    else:
        lines = path.read_text().splitlines()
        assert len(lines) == 5
        assert lines[3].startswith("Quick,3,1.1,0.65,1,0.65")


def test_a_folder_that_cannot_be_written_is_said(
    qtbot: QtBot, watch: RunWatch, opened: Application, tmp_path: Path
) -> None:
    SavePlotVerb(opened.session, opened.window).save("csv", watch.plot, tmp_path / "nowhere" / "curves.csv")
    qtbot.waitUntil(lambda: "curves.csv could not be saved." in texts_of(opened))


def texts_of(application: Application) -> list[str]:
    return [notice.text for notice in application.session.notices.history]


def test_pausing_is_told_by_the_training_not_by_the_button(qtbot: QtBot, watch: RunWatch, runners: TestRunners) -> None:
    say(runners, step(1), Paused(on=True))
    qtbot.waitUntil(watch.go_on.isVisible)


def test_progress_is_told_beside_the_button_and_in_the_strip(
    qtbot: QtBot, watch: RunWatch, page: TrainPage, runners: TestRunners, opened: Application
) -> None:
    say(runners, step(25))
    qtbot.waitUntil(lambda: "25 of 100" in texts(page.progress().findChildren(QLabel)))
    assert "25 of 100" in texts(opened.window.strip.findChildren(QLabel))
