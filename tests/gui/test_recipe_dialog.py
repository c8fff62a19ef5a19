"""Recipes on the Train page: chosen, changed, kept as one's own, compared, saved as files, opened again, deleted."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from engine.base.dirs import recipes_dir
from engine.base.events import AnyEvent, Ended
from engine.jobs.spec import AnySpec, LayersSpec, TrainSpec
from engine.recipe.layer_rows import LayerTable
from engine.recipe.presets import PRESETS
from engine.recipe.toml_text import from_toml, to_toml
from gui.app import Application
from gui.dialogs.confirm import ConfirmDialog
from gui.dialogs.recipe import RecipeDialog
from gui.pages.train import TrainPage
from gui.widgets.recipe_card import RecipeCard
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import model
from tests.gui.helpers import open_dialog, wait_quiet
from tests.gui.test_accessible_names import unnamed

# Asked by `.ci/run`, and by `pytest -m slow`.
pytestmark = pytest.mark.slow


@pytest.fixture
def page(qtbot: QtBot, opened: Application) -> TrainPage:
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    return page


@pytest.fixture
def card(page: TrainPage) -> RecipeCard:
    return page.setup.card


@pytest.fixture
def dialog(qtbot: QtBot, card: RecipeCard) -> RecipeDialog:
    card.edit.click()
    return open_dialog(qtbot, RecipeDialog)


def titles(card: RecipeCard) -> list[str]:
    return [card.box.itemText(at) for at in range(card.box.count())]


def own(card: RecipeCard) -> list[str]:
    return [recipe.title for recipe in card.recipes() if card.is_own(recipe)]


def test_the_list_offers_what_comes_with_fieldmark_quick_first(card: RecipeCard) -> None:
    assert titles(card)[0] == "Quick"
    assert {recipe.title for recipe in PRESETS.values()} <= set(titles(card))
    assert card.recipe() == PRESETS["quick"]


def test_the_chosen_recipe_is_what_is_trained(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage, card: RecipeCard
) -> None:
    runners.scripted.script = model()
    card.choose("svm")
    page.start()
    qtbot.waitUntil(lambda: any(isinstance(spec, TrainSpec) for spec in runners.scripted.specs))
    wait_quiet(qtbot, opened)
    assert runners.scripted.specs[-1].recipe == PRESETS["svm"]


def test_the_shares_of_the_photos_are_those_of_the_recipe(page: TrainPage, card: RecipeCard) -> None:
    card.choose("study3_augmented")
    assert "10\u00a0% help to tune" in page.setup.shares()


def test_a_changed_recipe_is_kept_as_ones_own_and_chosen(
    qtbot: QtBot, opened: Application, card: RecipeCard, dialog: RecipeDialog
) -> None:
    dialog.form.form("input").editor("size").control.setValue(224)
    dialog.title.setText("Small photos")
    dialog.accept()
    qtbot.waitUntil(lambda: card.recipe().title == "Small photos")
    assert card.recipe().input.size == 224
    assert "Your own" in titles(card)
    assert from_toml((recipes_dir() / "small-photos.toml").read_text()) == card.recipe()
    assert PRESETS["quick"].input.size == 288


def test_a_recipe_that_comes_with_fieldmark_is_never_changed_itself(
    qtbot: QtBot, opened: Application, card: RecipeCard, dialog: RecipeDialog
) -> None:
    dialog.form.form("input").editor("size").control.setValue(224)
    dialog.accept()
    qtbot.waitUntil(lambda: card.recipe().title == "Quick 2")
    assert {"Quick", "Quick 2"} <= set(titles(card))


def test_ones_own_recipe_is_changed_in_place(qtbot: QtBot, opened: Application, card: RecipeCard) -> None:
    card.actions_of("duplicate").trigger()
    qtbot.waitUntil(lambda: own(card) == ["Quick 2"])
    card.edit.click()
    dialog = open_dialog(qtbot, RecipeDialog)
    dialog.form.form("input").editor("size").control.setValue(320)
    dialog.accept()
    qtbot.waitUntil(lambda: card.recipe().input.size == 320)
    assert own(card) == ["Quick 2"]


def test_unchanged_it_is_the_same_recipe(
    qtbot: QtBot, opened: Application, card: RecipeCard, dialog: RecipeDialog
) -> None:
    dialog.accept()
    wait_quiet(qtbot, opened)
    assert card.recipe() == PRESETS["quick"]
    assert own(card) == []


def test_differences_are_shown_as_they_are_made(qtbot: QtBot, card: RecipeCard, dialog: RecipeDialog) -> None:
    assert dialog.changes.model.rowCount() == 0
    dialog.form.form("input").editor("size").control.setValue(224)
    (row,) = dialog.changes.model.rows()
    assert (row.place, row.before, row.after) == ("input.size", "288", "224")
    dialog.against.setCurrentIndex(dialog.against.findData("forest"))
    assert "head" in [line.place for line in dialog.changes.model.rows()]
    dialog.reject()


def test_the_text_is_the_recipe_as_toml(qtbot: QtBot, card: RecipeCard, dialog: RecipeDialog) -> None:
    dialog.views.setCurrentIndex(dialog.views.count() - 1)
    assert from_toml(dialog.text.toPlainText()) == PRESETS["quick"]
    dialog.reject()


def test_everything_in_the_dialog_says_what_it_is(qtbot: QtBot, card: RecipeCard) -> None:
    card.choose("study1_improved")
    card.edit.click()
    dialog = open_dialog(qtbot, RecipeDialog)
    for at in range(dialog.views.count()):
        dialog.views.setCurrentIndex(at)
        assert unnamed(dialog) == []
    dialog.reject()


# Layers


def layers_script(spec: AnySpec) -> list[AnyEvent]:
    assert isinstance(spec, LayersSpec)
    if spec.recipe.input.size < 20:
        return [Ended(reason="failed", user_text="The photos are too small.", advice="Choose a larger size.")]
    table = LayerTable(
        title="Own", n_stages=1, rows=(), n_parameters=spec.n_classes, n_trainable=1, n_buffers=0, n_bytes=4_000_000,
        batch=32, training_bytes=9_000_000, largest_batch=128,
    )  # fmt: skip
    Path(os.fsdecode(spec.out)).write_bytes(msgspec.json.encode(table))
    return []


def test_the_layers_are_worked_out_when_they_are_looked_at(
    qtbot: QtBot, opened: Application, runners: TestRunners, card: RecipeCard
) -> None:
    runners.scripted.script = layers_script
    card.choose("study3_basic")
    card.edit.click()
    dialog = open_dialog(qtbot, RecipeDialog)
    assert runners.scripted.specs == []
    dialog.views.setCurrentWidget(dialog.layers)
    qtbot.waitUntil(lambda: dialog.layers.figures.values()[0] == "3")
    dialog.form.form("input").editor("size").control.setValue(16)
    qtbot.waitUntil(lambda: dialog.layers.said() == "The photos are too small. Choose a larger size.")
    dialog.form.form("input").editor("size").control.setValue(64)
    qtbot.waitUntil(lambda: dialog.layers.figures.values()[2] == "4.0 MB" and dialog.layers.figures.isVisible())
    dialog.reject()
    wait_quiet(qtbot, opened)
    assert [notice for notice in opened.session.notices.history if notice.level == "error"] == []


# Files


def test_a_recipe_goes_into_a_file_and_comes_back(
    qtbot: QtBot, opened: Application, page: TrainPage, card: RecipeCard, tmp_path: Path
) -> None:
    card.choose("study2_cnn")
    page.recipes.save(tmp_path / "cnn.toml")
    qtbot.waitUntil((tmp_path / "cnn.toml").exists)
    page.recipes.open_file(tmp_path / "cnn.toml")
    qtbot.waitUntil(lambda: own(card) == ["Study 2: three blocks 2"])
    assert card.recipe().model == PRESETS["study2_cnn"].model
    wait_quiet(qtbot, opened)


def test_a_file_with_a_mistake_is_refused_with_its_place(
    qtbot: QtBot, opened: Application, page: TrainPage, card: RecipeCard, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text(to_toml(PRESETS["quick"]).replace("size = 288", "size = 2"))
    page.recipes.open_file(tmp_path / "mine.toml")
    qtbot.waitUntil(lambda: "input.size is 2" in opened.session.notices.history[-1].text)
    assert own(card) == []


def test_ones_own_recipe_can_be_deleted_and_others_cannot(qtbot: QtBot, opened: Application, card: RecipeCard) -> None:
    assert not card.actions_of("delete").isEnabled()
    card.actions_of("duplicate").trigger()
    qtbot.waitUntil(lambda: own(card) == ["Quick 2"] and card.recipe().title == "Quick 2")
    card.actions_of("delete").trigger()
    open_dialog(qtbot, ConfirmDialog).accept()
    qtbot.waitUntil(lambda: own(card) == [])
    assert card.recipe() == PRESETS["quick"]


def test_a_damaged_file_among_ones_own_is_told_once(
    qtbot: QtBot, opened: Application, page: TrainPage, card: RecipeCard
) -> None:
    recipes_dir().mkdir(parents=True)
    (recipes_dir() / "broken.toml").write_text("size =")
    page.recipes.read()
    page.recipes.read()
    wait_quiet(qtbot, opened)
    told = [notice for notice in opened.session.notices.history if "could not be read" in notice.text]
    assert len(told) == 1
    assert "broken.toml" in told[0].details
