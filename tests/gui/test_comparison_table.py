"""Many models in one table, whether confidences can be believed, and what merged classes would score."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from engine.base.ids import RunId
from engine.data.manifest import ManifestPhoto
from engine.recipe.recipe import Recipe, SplitCfg
from engine.store.rows import PhotoFilter
from gui.app import Application
from gui.core.settings import MODEL_COLUMNS
from gui.dialogs.confirm import ConfirmDialog
from gui.dialogs.merge_trial import MergeTrialDialog
from gui.models.comparison_model import RIGHT_ALONE, WRONG_ALONE, verdict_word
from gui.pages.review import ReviewPage
from gui.pages.review_models import ModelsPanel
from gui.pages.train import TrainPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import train
from tests.gui.helpers import asked, open_dialog, wait_quiet
from tests.gui.test_accessible_names import unnamed

COD, HADDOCK = 0, 1


def cod_is_taken_for_haddock(photo: ManifestPhoto) -> bool:
    return photo.class_no == COD


def all_wrong(photo: ManifestPhoto) -> bool:
    return True


def review(qtbot: QtBot, application: Application) -> ReviewPage:
    """The Review page on the twelve cross-validated photos."""
    application.window.turn_to("review")
    page = application.window.page()
    assert isinstance(page, ReviewPage)
    page.parts.setCurrentIndex(page.parts.findData("cv"))
    qtbot.waitUntil(lambda: "12 photos" in page.score.text())
    wait_quiet(qtbot, application)
    return page


def compare_all(qtbot: QtBot, application: Application) -> ModelsPanel:
    """All models, on the twelve cross-validated photos."""
    application.window.commands.actions["compare_models"].trigger()
    page = application.window.page()
    assert isinstance(page, ReviewPage)
    page.models.parts.setCurrentIndex(page.models.parts.findData("cv"))
    wait_quiet(qtbot, application)
    return page.models


def cell(panel: ModelsPanel, name: str, column: int) -> str:
    at = [row.run.name for row in panel.model.rows()].index(name)
    return str(panel.model.index(at, column).data())


def verdicts(panel: ModelsPanel) -> dict[str, str]:
    return {row.run.name: verdict_word(row) for row in panel.model.rows()}


def test_models_are_compared_sorted_chosen_and_saved(
    qtbot: QtBot, opened: Application, runners: TestRunners, tmp_path: Path
) -> None:
    train(qtbot, opened, runners, cod_is_taken_for_haddock, name="Cod blind")
    panel = compare_all(qtbot, opened)
    assert panel.pile.currentWidget() is panel.empty, "one model is nothing to compare"
    assert not panel.save.isEnabled()

    worst = train(qtbot, opened, runners, all_wrong, name="Blind")
    best = train(qtbot, opened, runners, name="Best")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    wait_quiet(qtbot, opened)
    panel.references.setCurrentIndex(panel.references.findData(worst))
    wait_quiet(qtbot, opened)
    assert verdicts(panel) == {"Blind": "Reference", "Best": "Better", "Cod blind": "Better"}
    assert "12 photos in 12 groups" in panel.shown_caption()
    assert "against “Blind”" in panel.shown_caption()
    assert unnamed(opened.window) == []

    panel.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert panel.model.row(0).run.id == best
    assert cell(panel, "Best", RIGHT_ALONE) == "5"
    assert cell(panel, "Best", WRONG_ALONE) == "0"

    # The table as it stands is what is saved: its columns, its rows, in their order.
    panel.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    [at] = [at for at, row in enumerate(panel.model.rows()) if row.run.id == best]
    panel.table.selectRow(at)
    qtbot.mouseClick(panel.tools.pin, Qt.MouseButton.LeftButton)
    assert [row.run.name for row in panel.model.rows()] == ["Best", "Blind", "Cod blind"], "pinned, then the worst"
    assert panel.tools.pin.accessibleName() == "Unpin"
    qtbot.keyClicks(panel.tools.search, "refer")
    assert [row.run.name for row in panel.model.rows()] == ["Best", "Blind"], "pinned rows stay in sight"
    panel.tools.search.clear()
    qtbot.keyClicks(panel.tools.search, "better")
    assert [row.run.name for row in panel.model.rows()] == ["Best", "Cod blind"]
    panel.tools.show_columns(["verdict", "val_loss"])
    path = tmp_path / "table.csv"
    shown = panel.shown_table()
    assert shown is not None
    with qtbot.waitSignal(opened.session.notices.posted):
        panel.saving.save("csv", shown, path)
    assert path.read_text().splitlines() == ["run,name,verdict", f"{best},Best,better", "1,Cod blind,better"]


def test_columns_are_chosen_and_remembered_and_curves_of_chosen_networks_are_shown(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    ids = [
        train(qtbot, opened, runners, name="First", epochs=2),
        train(qtbot, opened, runners, name="Second", epochs=3),
    ]
    train(qtbot, opened, runners, all_wrong, name="Quick")
    panel = compare_all(qtbot, opened)
    names = [column.name for column in panel.model.columns()]
    [right] = [action for action in panel.tools.columns.menu().actions() if action.text() == "Validation right"]
    assert panel.table.isColumnHidden(names.index("val_accuracy"))
    right.trigger()
    assert not panel.table.isColumnHidden(names.index("val_accuracy"))
    assert "val_accuracy" in opened.session.settings.get(MODEL_COLUMNS)
    assert [cell(panel, name, names.index("val_accuracy")) for name in ("First", "Second", "Quick")] == [
        "60.0 %",
        "65.0 %",
        "–",
    ]

    assert panel.folds.isVisible()
    # Twelve photos in three folds; the model that is always wrong is so in each.
    spreads = {row.run.name: row.spread for row in panel.folds.model.rows()}
    assert sum(score.n for score in spreads["Quick"].scores) == 12
    assert [score.accuracy for score in spreads["Quick"].scores] == [0.0] * 3
    assert cell(panel, "First", names.index("fold_accuracy")) == "100.0 ± 0.0 %  (3)"
    assert unnamed(opened.window) == []

    panel.table.selectRow(0)
    assert not panel.curves.isEnabled(), "one run has nothing to be compared with"
    panel.table.selectAll()
    qtbot.mouseClick(panel.curves, Qt.MouseButton.LeftButton)
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    assert {run.id for run in page.runs.chosen()} == set(ids)
    assert page.curves.compare.isVisible()


def test_numbers_show_their_photos_and_rows_their_run_and_plans_are_kept_apart(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    cod_blind = train(qtbot, opened, runners, cod_is_taken_for_haddock, name="Cod blind")
    train(qtbot, opened, runners, name="Best")
    panel = compare_all(qtbot, opened)
    at = [row.run.id for row in panel.model.rows()].index(cod_blind)
    wanted: list[PhotoFilter] = []
    opened.session.show_photos.connect(wanted.append)
    place = panel.table.visualRect(panel.model.index(at, WRONG_ALONE)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    opened.window.turn_to("review")
    panel.table.setCurrentIndex(panel.model.index(at, WRONG_ALONE))
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    opened.window.turn_to("review")
    qtbot.mouseClick(panel.disagreed, Qt.MouseButton.LeftButton)
    wait_quiet(qtbot, opened)
    assert [len(one.among or ()) for one in wanted] == [5, 5, 5]
    assert wanted[0].among_title == wanted[1].among_title == "only “Cod blind” is wrong"
    assert wanted[2].among_title == "the models do not all agree"

    opened.window.turn_to("review")
    panel.table.selectRow(at)
    qtbot.mouseClick(panel.review, Qt.MouseButton.LeftButton)
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, ReviewPage)
    assert page.pile.currentWidget() is page.content
    assert page.runs.currentData() == cod_blind

    asked(qtbot, opened, lambda project: project.splits.adopt(SplitCfg(seed=3)))
    train(qtbot, opened, runners, name="Of another split")
    panel = compare_all(qtbot, opened)
    assert panel.pile.currentWidget() is panel.empty, "it is the model in use, and alone of its plan"
    panel.plans.setCurrentIndex(1)
    wait_quiet(qtbot, opened)
    assert set(verdicts(panel)) == {"Cod blind", "Best"}


def test_a_run_that_tests_a_fold_is_called_so_and_is_not_among_all_models(
    qtbot: QtBot, opened: Application, runners: TestRunners
) -> None:
    whole = {train(qtbot, opened, runners, name=name) for name in ("First", "Second")}
    of_a_fold = train(qtbot, opened, runners, name="Second of three", recipe=Recipe(split=SplitCfg().fold_of(3, 1, 0)))
    opened.window.turn_to("train")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, TrainPage)
    page.runs.choose(of_a_fold)
    wait_quiet(qtbot, opened)
    assert "fold 2 of 3" in page.runs.table.model().index(0, 2).data()
    assert page.result.fold.isVisible()
    assert not page.result.test.isVisible()

    panel = compare_all(qtbot, opened)
    assert len(panel.shown().plans) == 1
    assert {row.run.id for row in panel.model.rows()} == whole
    opened.session.show_run.emit(of_a_fold)
    wait_quiet(qtbot, opened)
    review_page = opened.window.page()
    assert isinstance(review_page, ReviewPage)
    assert review_page.parts.itemText(review_page.parts.findData("test")) == "Photos of fold 2 of 3"


@pytest.fixture
def cod_blind(qtbot: QtBot, opened: Application, runners: TestRunners) -> RunId:
    """A model that takes every cod for a haddock, and is as sure of it as of others."""
    return train(qtbot, opened, runners, cod_is_taken_for_haddock, name="Cod blind")


def test_confidences_are_shown_beside_what_was_right_and_a_bar_shows_its_photos(
    qtbot: QtBot, opened: Application, cod_blind: RunId
) -> None:
    page = review(qtbot, opened)
    page.views.setCurrentIndex(2)
    # 7 of 12 are right; all are between 80 and 90 % sure, 85.8 % on average.
    assert page.confidence.sentence.text().startswith("Confidences are 27.5 percentage points off on average")
    assert "12 photos" in page.confidence.sentence.text()
    chart = page.confidence.chart
    with qtbot.waitSignal(opened.session.show_photos) as caught:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.bar_rect(8).center())
    assert len(caught.args[0].among) == 12
    wait_quiet(qtbot, opened)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_classes_are_tried_as_one_and_merged_after_a_question(
    qtbot: QtBot, opened: Application, cod_blind: RunId
) -> None:
    page = review(qtbot, opened)
    page.table.customContextMenuRequested.emit(page.table.visualRect(page.matrix.index(COD, HADDOCK)).center())
    [menu] = [menu for menu in page.findChildren(QMenu) if menu.isVisible()]
    assert [one.text() for one in menu.actions()] == ["If “Cod” and “Haddock” were one class…"]
    menu.close()
    qtbot.mouseClick(page.as_one, Qt.MouseButton.LeftButton)
    dialog = open_dialog(qtbot, MergeTrialDialog)
    assert isinstance(dialog, MergeTrialDialog)
    wait_quiet(qtbot, opened)
    assert [one.name for one in dialog.ticked()] == ["Cod", "Haddock"], "the pair that is most often confused"
    assert "100 % right instead of 58 %" in dialog.card.headline.text()
    assert "does not make a better model" in dialog.card.caution.text()
    assert unnamed(dialog) == []
    dialog.tick(0, on=False)
    assert dialog.card.headline.text() == "Tick at least two classes."
    assert not dialog.accept_button.isEnabled()
    dialog.tick(0, on=True)
    wait_quiet(qtbot, opened)

    dialog.target.setCurrentIndex(dialog.target.findText("Haddock"))
    dialog.accept()
    question = open_dialog(qtbot, ConfirmDialog)
    question.accept()
    wait_quiet(qtbot, opened)
    assert {row.name for row in asked(qtbot, opened, lambda project: project.browse.classes())} == {
        "Haddock",
        "Whiting",
    }
    opened.session.notices.history[-1].action()
    wait_quiet(qtbot, opened)
    assert len(asked(qtbot, opened, lambda project: project.browse.classes())) == 3
