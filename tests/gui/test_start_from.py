"""A training that begins with what an earlier run has learned."""

from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from engine.base.ids import OpId, RunId, SplitId
from engine.jobs.spec import TrainSpec
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import Recipe, to_json
from engine.store.rows import RunRow, RunState
from gui.app import Application
from gui.core.score_text import percent
from gui.pages.train import TrainPage
from gui.widgets.start_from import StartFrom
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import model
from tests.gui.helpers import wait_quiet

RIGHT = percent(0.71)
FINE, SCRATCH = PRESETS["fine_tune"], PRESETS["from_scratch"]


def run_row(run_id: int, recipe: Recipe, *, state: RunState = "finished", accuracy: float | None = 0.71) -> RunRow:
    return RunRow(
        id=RunId(run_id), uuid=f"u{run_id}", name=f"Run {run_id}", recipe=to_json(recipe), state=state, seed=0,
        split_id=SplitId(1), as_of_op=OpId(1), parent_id=None, started_at="", ended_at="", problem="", folder=b"/r",
        class_ids=(), n_label_changes=0, is_current=False, n=100, accuracy=accuracy, ci95=None,
    )  # fmt: skip


@pytest.fixture
def choice(qtbot: QtBot) -> StartFrom:
    made = StartFrom()
    qtbot.addWidget(made)
    return made


def offered(choice: StartFrom) -> list[str]:
    return [] if choice.isHidden() else [choice.box.itemText(at) for at in range(choice.box.count())]


def test_only_finished_runs_of_the_same_network_are_offered(choice: StartFrom) -> None:
    other_rate = msgspec.structs.replace(FINE, seed=3)
    choice.show_runs([run_row(4, other_rate), run_row(3, FINE, state="failed"), run_row(2, SCRATCH), run_row(1, FINE)])
    choice.show_recipe(FINE)
    assert offered(choice) == ["Pretrained weights", f"“Run 4”, {RIGHT} right", f"“Run 1”, {RIGHT} right"]
    choice.show_recipe(SCRATCH)
    assert offered(choice) == ["Random weights", f"“Run 2”, {RIGHT} right"]


def test_nothing_is_offered_where_no_network_is_trained(choice: StartFrom) -> None:
    choice.show_runs([run_row(1, FINE), run_row(2, PRESETS["quick"])])
    choice.show_recipe(PRESETS["quick"])
    assert offered(choice) == []
    assert choice.run_id() is None


def test_choice_outlasts_a_new_run_and_ends_with_another_network(choice: StartFrom) -> None:
    choice.show_recipe(FINE)
    choice.show_runs([run_row(1, FINE)])
    assert choice.choose(RunId(1))
    assert "The model in use stays" in choice.said()
    choice.show_runs([run_row(2, FINE), run_row(1, FINE)])
    assert choice.run_id() == RunId(1)
    choice.show_recipe(SCRATCH)
    choice.show_recipe(FINE)
    assert choice.run_id() is None
    assert choice.said() == ""


def test_training_begins_with_the_chosen_run_and_says_so(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    runners.scripted.script = model()
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    page.setup.card.choose("from_scratch")
    page.start()
    qtbot.waitUntil(lambda: not page.setup.first_weights.isHidden(), timeout=20_000)
    first = page.runs.model.row(0)
    assert page.setup.first_weights.choose(first.id)
    wait_quiet(qtbot, opened)
    page.start()
    qtbot.waitUntil(lambda: page.runs.model.rowCount() == 2, timeout=20_000)
    wait_quiet(qtbot, opened)
    spec = runners.scripted.specs[-1]
    assert isinstance(spec, TrainSpec)
    assert spec.start_from == first.folder
    table = page.runs.model
    assert table.data(table.index(0, 4)) == "From scratch, network of 8 layers, from “Small network from scratch”"
    qtbot.waitUntil(lambda: "“Small network from scratch”" in page.result.began.text())
    assert page.result.began.isVisibleTo(page.result)
    assert first.id == next(run.id for run in table.rows() if run.is_current)
    assert page.setup.first_weights.choose(table.row(0).id)
    notice = opened.session.notices.history[-1]
    assert notice.action_text == "Compare"
    with qtbot.waitSignal(opened.session.show_before_after) as shown:
        notice.action()
    assert shown.args == [first.id, table.row(0).id]
