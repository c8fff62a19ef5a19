"""Several runs chosen in the list: their curves in one plot, their recipes side by side, their photos compared."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.qtbot import QtBot

from engine.base.ids import RunId
from engine.recipe.recipe import InputCfg, Recipe
from gui.app import Application
from gui.core.training import TrainingRun
from gui.pages.train import TrainPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import history, leave_history, model
from tests.gui.helpers import wait_quiet

# Asked by `.ci/run`, and by `pytest -m slow`.
pytestmark = pytest.mark.slow


@pytest.fixture
def page(qtbot: QtBot, opened: Application) -> TrainPage:
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    return page


def trained(
    qtbot: QtBot, application: Application, runners: TestRunners, name: str, *, n_epochs: int, size: int = 288
) -> RunId:
    """A finished run; without epochs it left no curves."""
    leave = model()

    def script(spec):
        if n_epochs:
            leave_history(spec.run_folder, history(n_epochs))
        return leave(spec)

    runners.scripted.script = script
    run = TrainingRun(application.session, Recipe(input=InputCfg(size=size)), name=name)
    with qtbot.waitSignal(run.ended, timeout=10_000) as caught:
        pass
    run_id: RunId = caught.args[0]
    return run_id


@pytest.fixture
def three(qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage) -> list[RunId]:
    """A network, another one, and a run without curves; listed newest first."""
    ids = [
        trained(qtbot, opened, runners, "First", n_epochs=4),
        trained(qtbot, opened, runners, "Second", n_epochs=6, size=224),
        trained(qtbot, opened, runners, "Quick", n_epochs=0),
    ]
    qtbot.waitUntil(lambda: [run.state for run in page.runs.model.rows()] == ["finished"] * 3, timeout=20_000)
    return ids


def drawn(page: TrainPage) -> list[str]:
    return [name for name, _ in page.curves.compare.plot.tables()]


def test_the_curves_of_the_chosen_runs_are_in_one_plot(
    qtbot: QtBot, opened: Application, page: TrainPage, three: list[RunId]
) -> None:
    page.runs.choose_several(three[:2])
    qtbot.waitUntil(lambda: page.curves.compare.isVisible() and drawn(page) == ["Second", "First"])
    assert not page.result.isVisible()
    assert not page.curves.watch.isVisible()
    plot = page.curves.compare.plot
    qtbot.waitUntil(lambda: plot.canvas is not None, timeout=20_000)
    assert plot.values.text().splitlines()[0].startswith("Second  ·  Epoch 6")
    assert [len(rows) for _, rows in plot.tables()] == [6, 4]


def test_a_run_without_curves_is_named_as_such(
    qtbot: QtBot, opened: Application, page: TrainPage, three: list[RunId]
) -> None:
    page.runs.choose_several(three)
    qtbot.waitUntil(page.curves.compare.isVisible)
    assert drawn(page) == ["Second", "First"]
    assert page.curves.compare.without().endswith(": Quick")


def test_two_recipes_are_told_apart(qtbot: QtBot, opened: Application, page: TrainPage, three: list[RunId]) -> None:
    page.runs.choose_several(three[:2])
    qtbot.waitUntil(page.curves.compare.changes.isVisible)
    (row,) = page.curves.compare.changes.model.rows()
    assert (row.place, row.before, row.after) == ("input.size", "288", "224")


def test_three_recipes_are_not(qtbot: QtBot, opened: Application, page: TrainPage, three: list[RunId]) -> None:
    page.runs.choose_several(three)
    qtbot.waitUntil(page.curves.compare.isVisible)
    assert not page.curves.compare.changes.isVisible()


def test_two_chosen_runs_are_compared_photo_by_photo_from_old_to_new(
    qtbot: QtBot, opened: Application, page: TrainPage, three: list[RunId]
) -> None:
    page.runs.choose_several(three[:2])
    with qtbot.waitSignal(opened.session.show_before_after) as asked:
        page.runs.button_of("compare").click()
    assert asked.args == three[:2]
    wait_quiet(qtbot, opened)


def test_runs_are_chosen_together_by_key(
    qtbot: QtBot, opened: Application, page: TrainPage, three: list[RunId]
) -> None:
    page.runs.choose(three[1])
    page.runs.table.setFocus()
    qtbot.keyClick(page.runs.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert [run.id for run in page.runs.chosen()] == [three[1], three[0]]
    qtbot.waitUntil(page.curves.compare.isVisible)


def test_going_back_to_one_run_shows_its_score(
    qtbot: QtBot, opened: Application, page: TrainPage, three: list[RunId]
) -> None:
    page.runs.choose_several(three[:2])
    qtbot.waitUntil(page.curves.compare.isVisible)
    page.runs.choose(three[0])
    qtbot.waitUntil(lambda: page.result.test.isVisible() and page.curves.watch.isVisible())
    assert not page.curves.compare.isVisible()


def test_the_chosen_runs_stay_chosen_when_the_list_is_read_again(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage, three: list[RunId]
) -> None:
    page.runs.choose_several(three[:2])
    trained(qtbot, opened, runners, "Fourth", n_epochs=0)
    qtbot.waitUntil(lambda: len(page.runs.model.rows()) == 4)
    assert [run.id for run in page.runs.chosen()] == [three[1], three[0]]
    selecting = page.runs.table.selectionModel()
    selecting.select(page.runs.model.index(0, 0), QItemSelectionModel.SelectionFlag.Clear)
    assert page.runs.chosen() == ()
    wait_quiet(qtbot, opened)
