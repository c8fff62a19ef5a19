"""The Train page: what will be learned, training with progress and stop, what came of it, and the list of runs."""

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.base.events import Ended, Phase
from gui.app import Application
from gui.dialogs.confirm import ConfirmDialog
from gui.dialogs.rename_run import RenameRunDialog
from gui.pages.train import TrainPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import model, train
from tests.gui.helpers import draw_classes, open_dialog, texts, wait_quiet


@pytest.fixture
def page(qtbot: QtBot, opened: Application) -> TrainPage:
    return turned_to(qtbot, opened)


def turned_to(qtbot: QtBot, application: Application) -> TrainPage:
    application.window.turn_to("train")
    wait_quiet(qtbot, application)
    page = application.window.page()
    assert isinstance(page, TrainPage)
    return page


def says(page: TrainPage, words: str) -> bool:
    shown = [widget for widget in page.findChildren(QWidget) if widget.isVisibleTo(page)]
    return any(words in text for text in texts(shown))


def wait_listed(qtbot: QtBot, page: TrainPage, *names: str) -> None:
    """The list shows these runs, newest first, all of them ended: it is read again some time after a run's end."""
    ended = {"finished", "cancelled", "failed", "crashed"}
    rows = page.runs.model.rows
    qtbot.waitUntil(
        lambda: [run.name for run in rows()] == list(names) and {run.state for run in rows()} <= ended, timeout=20_000
    )


def test_it_says_what_will_be_learned(page: TrainPage) -> None:
    assert says(page, "15 photos in 3 classes")
    assert [(row.name, row.n_photos) for row in page.setup.classes.rows()] == [
        ("Cod", 6),
        ("Haddock", 5),
        ("Whiting", 4),
    ]
    assert says(page, "20\u00a0% are held out for an honest test")


def test_before_the_first_run_it_says_where_the_score_will_be(page: TrainPage) -> None:
    assert says(page, "Nothing trained yet")


def test_too_little_to_learn_from_is_said_with_advice(qtbot: QtBot, application: Application, tmp_path: Path) -> None:
    photos = draw_classes(tmp_path / "photos" / "Fish", {"Cod": 5, "Haddock": 1})
    application.window.projects.create(tmp_path / "Small", (str(photos).encode(),))
    qtbot.waitUntil(lambda: bool(application.session.notices.history), timeout=20_000)
    page = turned_to(qtbot, application)
    assert not page.setup.train.isEnabled()
    assert says(page, "Only one class has enough photos")
    assert says(page, "Add photos to at least two classes")
    assert says(page, "Left out, because they have fewer than two different photos: Haddock")


def test_training_shows_how_far_it_is_and_ends_with_a_score(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    gate = threading.Event()
    leave = model()
    runners.scripted.gate = gate
    runners.scripted.script = lambda spec: [
        *leave(spec),
        Phase(name="Describing photos", done=5, total=15, seconds_left=8),
    ]
    qtbot.mouseClick(page.setup.train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: says(page, "5 of 15"))
    assert says(page, "Describing photos")
    assert says(page, "8 s left")
    assert not page.setup.can_start()
    gate.set()
    qtbot.waitUntil(lambda: says(page, "100 %"))
    wait_quiet(qtbot, opened)
    assert page.progress() is None
    assert page.setup.can_start()
    assert says(page, "right on 3 photos")
    assert says(page, "Always guessing the largest class: 33 %")
    assert "Training has finished." in [notice.text for notice in opened.session.notices.history]


def test_training_can_be_stopped(qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage) -> None:
    runners.scripted.gate = threading.Event()
    page.start()
    qtbot.waitUntil(lambda: page.progress() is not None)
    page.progress().stop_wanted.emit()
    qtbot.waitUntil(lambda: page.progress() is None)
    wait_quiet(qtbot, opened)
    assert [run.state for run in page.runs.model.rows()] == ["cancelled"]
    assert says(page, "This run was stopped")
    assert page.setup.can_start()


def test_a_second_press_does_not_train_twice(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    runners.scripted.script = model()
    page.start()
    page.start()
    qtbot.waitUntil(lambda: len(page.runs.model.rows()) == 1)
    wait_quiet(qtbot, opened)
    assert len(runners.scripted.specs) == 1


def test_a_failure_says_what_is_safe_and_what_to_do(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    ended = Ended(reason="failed", user_text="There was not enough memory.", advice="Choose a smaller photo size.")
    runners.scripted.script = lambda _: [ended]
    page.start()
    qtbot.waitUntil(lambda: says(page, "There was not enough memory. Choose a smaller photo size."))
    assert says(page, "Your photos, labels and earlier models are safe.")


def test_the_scores_by_class_can_be_sorted(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    train(qtbot, opened, runners, lambda photo: photo.class_no == 1)
    qtbot.waitUntil(lambda: len(page.result.scores.model.rows()) == 3)
    page.result.scores.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert page.result.scores.model.row(0).name == "Haddock"


def test_the_list_says_which_model_is_in_use_and_another_can_be(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    old = train(qtbot, opened, runners, name="First")
    new = train(qtbot, opened, runners, name="Second", start_from=old)
    wait_listed(qtbot, page, "Second", "First")
    page.runs.choose(new)
    qtbot.mouseClick(page.runs.button_of("use"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [run.id for run in page.runs.model.rows() if run.is_current] == [new])


def test_a_run_can_be_renamed_and_deleted(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    first = train(qtbot, opened, runners, name="First")
    train(qtbot, opened, runners, name="Second")
    wait_listed(qtbot, page, "Second", "First")
    page.runs.choose(first)
    page.runs.button_of("rename").click()
    rename = open_dialog(qtbot, RenameRunDialog)
    rename.name.setText("Before the cruise")
    rename.accept()
    qtbot.waitUntil(lambda: "Before the cruise" in [run.name for run in page.runs.model.rows()])
    page.runs.choose(first)
    page.runs.button_of("delete").click()
    open_dialog(qtbot, ConfirmDialog).accept()
    qtbot.waitUntil(lambda: [run.name for run in page.runs.model.rows()] == ["Second"])


def test_the_model_in_use_cannot_be_deleted(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    train(qtbot, opened, runners)
    wait_listed(qtbot, page, "Quick")
    assert not page.runs.button_of("delete").isEnabled()


def test_a_run_is_reviewed_and_compared_from_the_list(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: TrainPage
) -> None:
    old = train(qtbot, opened, runners, name="First")
    new = train(qtbot, opened, runners, name="Second", start_from=old)
    wait_listed(qtbot, page, "Second", "First")
    page.runs.choose(new)
    with qtbot.waitSignal(opened.session.show_before_after) as compared:
        page.runs.button_of("compare").click()
    assert compared.args == [old, new]
    opened.window.turn_to("train")
    with qtbot.waitSignal(opened.session.show_run) as shown:
        page.runs.button_of("review").click()
    assert shown.args == [new]
    assert opened.window.page_key() == "review"
    wait_quiet(qtbot, opened)
