"""Several views of each photo are tried before they are adopted, with n and interval, and can be taken back."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent, Ended
from engine.base.fspath import to_path
from engine.data.predictions import read_predictions, write_predictions
from engine.insight.view_gain import Side, ViewGain, write_gain
from engine.jobs.spec import AnswerInViewsSpec, AnySpec, ScoreViewsSpec, TrainSpec
from engine.recipe.views_cfg import ViewsCfg
from gui.app import Application
from gui.dialogs.views import ViewsDialog
from gui.pages.train import TrainPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import model, train
from tests.gui.helpers import open_dialog, wait_quiet
from tests.gui.test_accessible_names import unnamed

# Asked by `.ci/run`, and by `pytest -m slow`.
pytestmark = pytest.mark.slow

MIRRORED = ViewsCfg(flip_h=True)


def tried(spec: ScoreViewsSpec, *, gained: int = 20, lost: int = 4) -> ViewGain:
    side = Side(accuracy=0.5, accuracy_ci95=(0.43, 0.57), macro_f1=0.48)
    return ViewGain(
        views=spec.views,
        n=200,
        once=side,
        several=Side(accuracy=0.58, accuracy_ci95=(0.51, 0.65), macro_f1=0.56),
        gained=gained,
        lost=lost,
        difference=(gained - lost) / 200,
        difference_ci95=(0.03, 0.13),
        p_value=0.002 if gained > 2 * lost else 0.5,
        cost=2.1,
        how="out_of_fold",
    )


def leave(spec: AnySpec) -> list[AnyEvent]:
    """What a training leaves, and what a try does."""
    if isinstance(spec, ScoreViewsSpec):
        write_gain(to_path(spec.out), tried(spec))
        return []
    if isinstance(spec, AnswerInViewsSpec):
        said = read_predictions(to_path(spec.run_folder) / "predictions.npz")
        write_predictions(to_path(spec.out), said)
        return []
    assert isinstance(spec, TrainSpec)
    (to_path(spec.run_folder) / "model.json").write_text('{"title": "Quick"}')
    return model()(spec)


@pytest.fixture
def page(qtbot: QtBot, opened: Application, runners: TestRunners) -> TrainPage:
    """The page with a finished run."""
    runners.scripted.script = leave
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    page.start()
    qtbot.waitUntil(lambda: page.result.look.isVisible(), timeout=10_000)
    wait_quiet(qtbot, opened)
    return page


@pytest.fixture
def dialog(qtbot: QtBot, page: TrainPage) -> ViewsDialog:
    page.result.look.click()
    return open_dialog(qtbot, ViewsDialog)


def model_file(page: TrainPage) -> dict[str, object]:
    run = page.runs.current()
    assert run is not None
    return json.loads((to_path(run.folder) / "model.json").read_text())


def try_out(qtbot: QtBot, dialog: ViewsDialog) -> None:
    qtbot.mouseClick(dialog.try_out, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.gain.isVisible)


def test_what_was_tried_can_be_adopted_and_is_shown_with_n_interval_and_cost(qtbot: QtBot, dialog: ViewsDialog) -> None:
    assert dialog.views() == MIRRORED
    assert not dialog.accept_button.isEnabled()
    assert unnamed(dialog) == []
    try_out(qtbot, dialog)
    assert dialog.accept_button.isEnabled()
    assert dialog.gain.outcome.text() == "A gain"
    said = dialog.gain.text.text()
    for part in ("on 200 photos", "20 became right and 4 wrong", "95 % interval +3.0 to +13.0", "2.1 times as long"):
        assert part in said
    assert "a model that had not seen it" in dialog.gain.on_what.text()
    dialog.boxes["crops"].click()
    assert "7 times" in dialog.n_views.text()
    assert not dialog.gain.isVisible(), "what was found is of other views"
    assert not dialog.accept_button.isEnabled()


def test_what_was_tried_can_be_a_row_of_all_models_until_it_is_removed(
    qtbot: QtBot, page: TrainPage, dialog: ViewsDialog, opened: Application, runners: TestRunners
) -> None:
    assert not dialog.as_row.isEnabled()
    try_out(qtbot, dialog)
    with qtbot.waitSignal(opened.session.notices.posted):
        qtbot.mouseClick(dialog.as_row, Qt.MouseButton.LeftButton)
    assert "views" not in model_file(page), "the model looks as it did"
    train(qtbot, opened, runners, name="Another")
    opened.window.commands.actions["compare_models"].trigger()
    wait_quiet(qtbot, opened)
    models = opened.window.page().models
    [at] = [at for at, row in enumerate(models.model.rows()) if row.run is None]
    assert models.model.row(at).found.name.endswith(", flip_h")
    assert "looking at each photo several times" in models.shown_caption()
    models.table.selectRow(at)
    qtbot.mouseClick(models.remove, Qt.MouseButton.LeftButton)
    wait_quiet(qtbot, opened)
    assert all(row.run is not None for row in models.model.rows())


def test_what_chance_can_do_is_no_gain_and_leaving_changes_nothing(
    qtbot: QtBot, page: TrainPage, dialog: ViewsDialog, runners: TestRunners
) -> None:
    def by_chance(spec: AnySpec) -> list[AnyEvent]:
        assert isinstance(spec, ScoreViewsSpec)
        write_gain(to_path(spec.out), tried(spec, gained=9, lost=5))
        return []

    runners.scripted.script = by_chance
    try_out(qtbot, dialog)
    assert dialog.gain.outcome.text() == "No difference beyond chance"
    assert dialog.reject_button.text() == "Leave"
    dialog.reject_button.click()
    assert "views" not in model_file(page)


def test_adopting_is_kept_with_the_run_told_and_undone(
    qtbot: QtBot, page: TrainPage, dialog: ViewsDialog, opened: Application
) -> None:
    try_out(qtbot, dialog)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: page.result.looks.isVisible())
    assert "looks at each photo 2 times; these scores are of looking once" in page.result.looks.text()
    assert model_file(page) == {
        "title": "Quick",
        "views": {"flip_h": True, "flip_v": False, "turns": False, "crops": False},
    }
    notice = opened.session.notices.history[-1]
    assert (notice.text, notice.action_text) == ("The model looks at each photo 2 times from now on.", "Undo")
    notice.action()
    qtbot.waitUntil(lambda: not page.result.looks.isVisible())
    assert model_file(page)["views"]["flip_h"] is False


def test_what_was_found_is_still_there_and_looking_once_can_be_chosen_again(
    qtbot: QtBot, page: TrainPage, dialog: ViewsDialog
) -> None:
    try_out(qtbot, dialog)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: page.result.looks.isVisible())
    page.result.look.click()
    again = open_dialog(qtbot, ViewsDialog)
    assert again.gain.isVisible()
    assert not again.accept_button.isEnabled(), "it is adopted already"
    assert "Now it looks at each photo 2 times." in again.n_views.text()
    again.once.click()
    qtbot.waitUntil(lambda: not page.result.looks.isVisible())


def test_a_try_can_be_stopped_fails_with_a_reason_and_ends_with_the_dialog(
    qtbot: QtBot, dialog: ViewsDialog, runners: TestRunners, opened: Application
) -> None:
    runners.scripted.gate = threading.Event()
    runners.scripted.script = lambda spec: []
    dialog.try_out.click()
    assert not dialog.try_out.isEnabled()
    qtbot.waitUntil(lambda: any(job.state == "running" for job in opened.session.jobs.active()))
    dialog.findChild(type(dialog.place.itemAt(0).widget())).stop_wanted.emit()
    qtbot.waitUntil(dialog.try_out.isEnabled)
    assert not dialog.problem.isVisible()
    runners.scripted.script = lambda spec: [
        Ended(reason="failed", user_text="There are no photos.", advice="Add some.")
    ]
    dialog.try_out.click()
    qtbot.waitUntil(dialog.problem.isVisible)
    assert dialog.problem.text() == "There are no photos. Add some."
    runners.scripted.script = lambda spec: []
    dialog.try_out.click()
    qtbot.waitUntil(lambda: any(job.state == "running" for job in opened.session.jobs.active()))
    dialog.reject()
    qtbot.waitUntil(lambda: not opened.session.jobs.active())


def test_a_run_whose_model_is_gone_offers_nothing(
    qtbot: QtBot, page: TrainPage, opened: Application, tmp_path: Path
) -> None:
    run = page.runs.current()
    (to_path(run.folder) / "model.json").unlink()
    page.runs.selected.emit(page.runs.chosen())
    qtbot.waitUntil(lambda: not page.result.look.isVisible())
