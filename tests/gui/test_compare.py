"""Two models side by side: their answers to the same photos, both matrices, and which model to use."""

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.base.ids import RunId
from engine.data.manifest import ManifestPhoto
from engine.recipe.recipe import Recipe, SplitCfg
from gui.app import Application
from gui.pages.review import ReviewPage
from gui.pages.review_compare import PHOTOS_TAB, ComparePanel
from gui.pages.review_compare_read import usual_pair
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import train
from tests.gui.helpers import asked, wait_quiet

COD, HADDOCK, WHITING = range(3)


def wrong_for(class_no: int):
    def wrong(photo: ManifestPhoto) -> bool:
        return photo.class_no == class_no

    return wrong


@pytest.fixture
def runs(qtbot: QtBot, opened: Application, runners: TestRunners) -> tuple[RunId, RunId]:
    """The old model has cod wrong, the new one whiting; the old one is in use."""
    old = train(qtbot, opened, runners, wrong_for(COD), name="Old")
    return old, train(qtbot, opened, runners, wrong_for(WHITING), name="New", start_from=old)


@pytest.fixture
def panel(qtbot: QtBot, opened: Application, runs: tuple[RunId, RunId]) -> ComparePanel:
    opened.session.show_before_after.emit(*runs)
    page = opened.window.page()
    assert isinstance(page, ReviewPage)
    qtbot.waitUntil(lambda: page.pile.currentWidget() is page.compare)
    wait_quiet(qtbot, opened)
    return page.compare


def in_use(qtbot: QtBot, application: Application) -> RunId:
    future = application.session.store.ask(lambda project: project.runs.current())
    qtbot.waitUntil(future.done)
    return future.result().id


def test_it_says_both_scores_on_the_same_photos_and_whether_that_is_more_than_chance(panel: ComparePanel) -> None:
    words = panel.headline()
    assert "67 %  →  67 %" in words
    assert "same 3 photos" in words
    assert "No difference beyond chance" in words


def test_a_run_that_tests_a_fold_stands_beside_none_of_other_photos(
    qtbot: QtBot, opened: Application, runners: TestRunners, runs: tuple[RunId, RunId]
) -> None:
    fold = Recipe(split=SplitCfg().fold_of(2, 0, 0))
    first = train(qtbot, opened, runners, recipe=fold)
    second = train(qtbot, opened, runners, recipe=msgspec.structs.replace(fold, seed=1))
    assert asked(qtbot, opened, lambda project: usual_pair(project, None)) == runs
    assert asked(qtbot, opened, lambda project: usual_pair(project, first)) == (first, second)


def test_each_class_says_what_it_gained_and_lost(panel: ComparePanel) -> None:
    rows = {row.name: (row.gained, row.lost) for row in panel.table.model.rows()}
    assert rows == {"Cod": (1, 0), "Haddock": (0, 0), "Whiting": (0, 1)}


def test_the_piles_hold_the_photos_that_tell_them_apart(qtbot: QtBot, opened: Application, panel: ComparePanel) -> None:
    photos = panel.photos
    assert [photos.tabs.tabText(at)[-3:] for at in range(4)] == ["(1)", "(1)", "(0)", "(2)"]
    assert [(photo.before, photo.after) for photo in panel.gallery()] == [("Whiting", "Cod")]
    photos.tabs.setCurrentIndex(1)
    assert [(photo.before, photo.after) for photo in panel.gallery()] == [("Haddock", "Cod")]
    qtbot.waitUntil(lambda: photos.detail.sentence() == "Labelled Cod; the first says Haddock, the second Cod.")
    assert photos.detail.bars[0].accessibleDescription().startswith("Haddock 80 %")
    assert photos.detail.bars[1].accessibleDescription().startswith("Cod 90 %")
    photos.tabs.setCurrentIndex(2)
    assert photos.pile.currentWidget() is photos.nothing
    wait_quiet(qtbot, opened)


def test_the_difference_of_the_matrices_opens_the_photos_that_went_into_a_cell(
    qtbot: QtBot, opened: Application, panel: ComparePanel
) -> None:
    before, after = (model.index(COD, HADDOCK).data() for model in panel.matrices.models)
    assert (before, after) == ("1", "")
    model = panel.difference.model
    assert [model.index(COD, at).data() for at in range(3)] == ["+1", "−1", ""]
    panel.difference.view.activated.emit(model.index(COD, HADDOCK))
    qtbot.waitUntil(lambda: [photo.before for photo in panel.gallery()] == ["Haddock"])
    assert panel.views.currentIndex() == PHOTOS_TAB
    panel.matrices.views[1].activated.emit(panel.matrices.models[1].index(HADDOCK, HADDOCK))
    qtbot.waitUntil(lambda: [photo.after for photo in panel.gallery()] == ["Haddock"])
    wait_quiet(qtbot, opened)


def test_any_two_runs_are_chosen_from_the_lists_and_exchanged(
    qtbot: QtBot, opened: Application, panel: ComparePanel, runs: tuple[RunId, RunId]
) -> None:
    panel.before.setCurrentIndex(panel.before.findData(runs[1]))
    qtbot.waitUntil(lambda: (panel.before.currentData(), panel.after.currentData()) == runs[::-1])
    wait_quiet(qtbot, opened)
    panel.parts.setCurrentIndex(panel.parts.findData("cv"))
    qtbot.waitUntil(lambda: "same 12 photos" in panel.headline())
    wait_quiet(qtbot, opened)


def test_a_label_is_mended_here_and_taken_back(qtbot: QtBot, opened: Application, panel: ComparePanel) -> None:
    panel.photos.grid.setFocus()
    qtbot.keyClick(panel.photos.grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: "same 2 photos" in panel.headline())
    wait_quiet(qtbot, opened)
    opened.session.notices.history[-1].action()
    qtbot.waitUntil(lambda: "same 3 photos" in panel.headline())
    wait_quiet(qtbot, opened)


def test_the_menu_puts_the_model_in_use_beside_another_one(
    qtbot: QtBot, opened: Application, runs: tuple[RunId, RunId]
) -> None:
    opened.window.commands.actions["compare_two"].trigger()
    page = opened.window.page()
    assert isinstance(page, ReviewPage)
    qtbot.waitUntil(lambda: page.pile.currentWidget() is page.compare)
    wait_quiet(qtbot, opened)
    assert (page.compare.before.currentData(), page.compare.after.currentData()) == runs


def test_the_new_model_is_used_only_when_the_user_says_so(
    qtbot: QtBot, opened: Application, panel: ComparePanel, runs: tuple[RunId, RunId]
) -> None:
    assert in_use(qtbot, opened) == runs[0]
    qtbot.mouseClick(panel.use, Qt.MouseButton.LeftButton)
    wait_quiet(qtbot, opened)
    assert in_use(qtbot, opened) == runs[1]
    assert opened.session.notices.history[-1].text == "The new model is in use."
    assert opened.window.page().pile.currentWidget() is opened.window.page().content


def test_the_old_model_can_be_kept(
    qtbot: QtBot, opened: Application, panel: ComparePanel, runs: tuple[RunId, RunId]
) -> None:
    qtbot.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    wait_quiet(qtbot, opened)
    assert in_use(qtbot, opened) == runs[0]
    assert opened.window.page().pile.currentWidget() is opened.window.page().content


def test_a_model_in_use_can_be_taken_back(
    qtbot: QtBot, opened: Application, panel: ComparePanel, runs: tuple[RunId, RunId]
) -> None:
    panel.promote()
    wait_quiet(qtbot, opened)
    opened.session.show_before_after.emit(*runs)
    qtbot.waitUntil(lambda: panel.isVisible() and panel.keep.text() == "Go back to the old model")
    assert not panel.use.isVisible()
    qtbot.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    wait_quiet(qtbot, opened)
    assert in_use(qtbot, opened) == runs[0]


def test_a_label_mended_elsewhere_counts_here(qtbot: QtBot, opened: Application, panel: ComparePanel) -> None:
    photo = panel.gallery()[0]
    opened.session.store.ask(lambda project: project.labels.exclude([photo.photo_id]))
    qtbot.waitUntil(lambda: "same 2 photos" in panel.headline())
    wait_quiet(qtbot, opened)


def test_two_rows_of_all_models_are_put_side_by_side(
    qtbot: QtBot, opened: Application, runs: tuple[RunId, RunId]
) -> None:
    opened.window.commands.actions["compare_models"].trigger()
    page = opened.window.page()
    assert isinstance(page, ReviewPage)
    qtbot.waitUntil(lambda: len(page.models.model.rows()) == 2)
    page.models.table.selectAll()
    page.models.beside.click()
    qtbot.waitUntil(lambda: page.pile.currentWidget() is page.compare)
    wait_quiet(qtbot, opened)
    assert (page.compare.before.currentData(), page.compare.after.currentData()) == runs
