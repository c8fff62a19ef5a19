"""Finding a learning rate in the recipe's dialog: the search, its curve, and the rate that is put into the recipe."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent, Ended, Phase
from engine.data.manifest import read_manifest
from engine.data.rate_found import RateFound, write_rates
from engine.jobs.spec import AnySpec, FindRateSpec
from engine.recipe.presets import PRESETS
from engine.recipe.recipe import InputCfg, Recipe
from engine.recipe.training_cfg import StageCfg
from gui.app import Application
from gui.core import theme
from gui.dialogs.recipe import RecipeDialog
from gui.pages.train import TrainPage
from gui.widgets.rate_form import RateForm
from gui.widgets.rate_plot import RatePlot, rate_text, rounded
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import open_dialog, texts, wait_quiet
from tests.gui.test_accessible_names import unnamed

# Asked by `.ci/run`, and by `pytest -m slow`.
pytestmark = pytest.mark.slow

RATES = tuple(10.0 ** (-6 + n / 10) for n in range(56))
LOSSES = tuple(2.0 - 1.5 / (1 + (3e-3 / rate) ** 2) if rate < 0.1 else 4.0 for rate in RATES)
FOUND = RateFound(rates=RATES, losses=LOSSES, suggested=3.1e-3)


def script(spec: AnySpec) -> list[AnyEvent]:
    assert isinstance(spec, FindRateSpec)
    write_rates(Path(os.fsdecode(spec.out)), FOUND)
    return [Phase(name="Trying learning rates", done=20, total=60, seconds_left=5.0)]


@pytest.fixture
def dialog(qtbot: QtBot, opened: Application, runners: TestRunners) -> Iterator[RecipeDialog]:
    """The dialog of the recipe that fine-tunes, where it searches for a rate."""
    runners.scripted.script = script
    dialog = opened_for(qtbot, opened, "fine_tune")
    yield dialog
    if (shown := QApplication.activeModalWidget()) is not None:
        shown.reject()
    wait_quiet(qtbot, opened)


def opened_for(qtbot: QtBot, application: Application, recipe: str) -> RecipeDialog:
    application.window.turn_to("train")
    wait_quiet(qtbot, application)
    page = application.window.page()
    assert isinstance(page, TrainPage)
    page.setup.card.choose(recipe)
    page.setup.card.edit.click()
    dialog = open_dialog(qtbot, RecipeDialog)
    dialog.views.setCurrentWidget(dialog.rates)
    return dialog


def search(qtbot: QtBot, dialog: RecipeDialog) -> None:
    qtbot.mouseClick(dialog.rates.find, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.rates.plot.isVisible())


def with_rate(recipe: Recipe, lr: float) -> Recipe:
    """The recipe with another rate of its last stage."""
    assert recipe.training is not None
    *first, last = recipe.training.stages
    stages: tuple[StageCfg, ...] = (*first, msgspec.structs.replace(last, lr=lr))
    return msgspec.structs.replace(recipe, training=msgspec.structs.replace(recipe.training, stages=stages))


# In the dialog


def test_search_is_for_the_recipe_as_edited_and_its_rate_goes_into_the_last_stage(
    qtbot: QtBot, runners: TestRunners, dialog: RecipeDialog
) -> None:
    dialog.form.form("input").editor("size").control.setValue(64)
    before = dialog.form.recipe()
    search(qtbot, dialog)
    (spec,) = runners.scripted.specs
    assert isinstance(spec, FindRateSpec)
    assert (spec.recipe, spec.recipe.input.size) == (before, 64)
    assert len(read_manifest(Path(os.fsdecode(spec.manifest))).photos) == 15
    assert unnamed(dialog) == []
    qtbot.keyClick(dialog.rates.plot, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.form.recipe() == with_rate(before, 3e-3)
    assert "training.stages[2].lr" in [row.place for row in dialog.changes.model.rows()]


def test_search_shows_how_far_it_is_and_ends_when_it_is_stopped_refused_or_its_dialog_closed(
    qtbot: QtBot, opened: Application, runners: TestRunners, dialog: RecipeDialog
) -> None:
    gate = threading.Event()
    runners.scripted.gate = gate
    dialog.rates.find.click()
    qtbot.waitUntil(lambda: "20 of 60" in texts(dialog.rates.findChildren(QLabel)))
    assert not dialog.rates.find.isEnabled()
    next(b for b in dialog.findChildren(QPushButton) if b.accessibleName().startswith("Stop ")).click()
    qtbot.waitUntil(lambda: dialog.rates.said() == "The search was stopped.")
    assert opened.session.jobs.active() == ()
    text = "There are no pretrained weights for resnet50 on this machine."
    runners.scripted.script = lambda _: [Ended(reason="failed", user_text=text, advice="Get the weights.")]
    dialog.rates.find.click()
    qtbot.waitUntil(lambda: dialog.rates.said() == f"{text} Get the weights.")
    assert [notice for notice in opened.session.notices.history if notice.level == "error"] == []
    runners.scripted.script = script
    dialog.rates.find.click()
    qtbot.waitUntil(lambda: len(runners.scripted.specs) == 3)
    dialog.reject()
    qtbot.waitUntil(lambda: opened.session.jobs.active() == ())
    assert not gate.is_set()


# The curve


@pytest.fixture
def form(qtbot: QtBot) -> RateForm:
    """A search has been carried out."""
    form = shown_form(qtbot)
    form.show_found(FOUND)
    return form


def shown_form(qtbot: QtBot) -> RateForm:
    form = RateForm(PRESETS["fine_tune"])
    qtbot.addWidget(form)
    form.resize(420, 480)
    form.show()
    form.show_asking()
    return form


def offer(form: RateForm) -> str:
    return form.use.text().strip() if form.use.isVisible() else ""


def test_suggested_rate_is_marked_and_offered(qtbot: QtBot, form: RateForm) -> None:
    assert form.plot.rate() == FOUND.suggested
    assert form.plot.accessibleDescription() == "Rate 3e-3"
    assert offer(form) == "Use 3e-3"
    assert "It is for the last stage" in form.said()


def test_another_rate_can_be_chosen_by_key_and_by_click(qtbot: QtBot, form: RateForm) -> None:
    plot = form.plot
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert offer(form) == "Use 2e-3"
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(round(plot.x_of(1e-4)), 60))
    with qtbot.waitSignal(form.use_wanted) as used:
        form.use.click()
    assert used.args == [1e-4]
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert offer(form) == "Use 3e-3"
    with qtbot.waitSignal(form.use_wanted) as used:
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert used.args == [3e-3]


def test_curve_is_seen_also_while_it_has_the_focus(qtbot: QtBot, form: RateForm) -> None:
    form.plot.setFocus()
    qtbot.waitUntil(form.plot.hasFocus)
    image = form.plot.grab().toImage()
    at = QPoint(round(form.plot.x_of(1.5e-5)), form.plot.height() // 2)
    assert image.pixelColor(at) == theme.colour("plot_ground")


def test_rate_itself_makes_no_other_recipe_but_any_other_change_does(form: RateForm) -> None:
    form.show_recipe(with_rate(PRESETS["fine_tune"], 3e-3))
    assert "has changed since" not in form.said()
    form.show_recipe(msgspec.structs.replace(PRESETS["fine_tune"], input=InputCfg(size=64)))
    assert "has changed since" in form.said()


def test_search_without_a_fall_offers_no_rate_but_lets_one_be_chosen(qtbot: QtBot) -> None:
    form = shown_form(qtbot)
    form.show_found(RateFound(rates=RATES, losses=tuple(2.0 for _ in RATES), suggested=None))
    assert "No rate made the loss fall" in form.said()
    assert offer(form) == ""
    qtbot.keyClick(form.plot, Qt.Key.Key_Right)
    assert offer(form) != ""


def test_recipe_that_trains_no_network_has_nothing_to_search_for(qtbot: QtBot) -> None:
    form = RateForm(PRESETS["quick"])
    qtbot.addWidget(form)
    assert not form.find.isEnabled()


@pytest.mark.parametrize(("rate", "text"), [(3.1e-3, "3e-3"), (9.6e-4, "1e-3"), (1.0, "1e0"), (2e-6, "2e-6")])
def test_rates_are_written_with_one_figure(rate: float, text: str) -> None:
    assert rate_text(rate) == text
    assert rounded(rate) == float(text)


@pytest.mark.parametrize("losses", [(2.0,), (2.0, 2.0), (1e-9, 1e-9), (2.0, 1e6)])
def test_curve_of_any_shape_can_be_drawn(qtbot: QtBot, losses: tuple[float, ...]) -> None:
    plot = RatePlot()
    qtbot.addWidget(plot)
    plot.show_curve(RATES[: len(losses)], losses, RATES[0])
    plot.resize(300, 200)
    assert not plot.grab().isNull()
