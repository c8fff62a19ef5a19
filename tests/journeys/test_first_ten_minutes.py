"""The main journey on the real engine: drawn photos, a real child process, a model that knows a new class."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from engine.data.sample import make_sample
from engine.recipe.recipe import Recipe
from gui.app import Application, make_qt_app
from gui.core.settings import Settings
from gui.core.training import TrainingRun
from gui.dialogs.new_class import NewClassDialog
from gui.pages.photos import PhotosPage
from tests.gui.helpers import drop, open_dialog, uri_list, wait_quiet

pytestmark = pytest.mark.slow
LIMIT = 120_000


@pytest.fixture
def real(qtbot: QtBot, settings: Settings) -> Iterator[Application]:
    application = Application(make_qt_app(settings), settings)
    application.window.show()
    yield application
    application.shut_down()
    application.window.close()
    application.window.deleteLater()
    application.deleteLater()


def ask(qtbot: QtBot, application: Application, question: object) -> object:
    future = application.session.store.ask(question)  # type: ignore[arg-type]
    qtbot.waitUntil(future.done, timeout=LIMIT)
    return future.result()


def test_from_a_folder_to_a_model_that_knows_a_new_species(qtbot: QtBot, real: Application, tmp_path: Path) -> None:
    sample = make_sample(tmp_path / "photos", n_per_class=15)
    real.window.projects.create(tmp_path / "Reef", (os.fsencode(sample.photos),))
    qtbot.waitUntil(lambda: bool(real.session.notices.history), timeout=LIMIT)
    assert "90 photos added" in real.session.notices.history[0].text

    training = TrainingRun(real.session, Recipe())
    with qtbot.waitSignal(training.ended, timeout=LIMIT) as trained:
        pass
    first, ended = trained.args
    assert ended.reason == "finished"
    report = ask(qtbot, real, lambda project: project.runs.report(first))
    assert report.accuracy > 2 * report.baseline

    page = real.window.page()
    assert isinstance(page, PhotosPage)
    below = page.side.list.viewport().rect().bottomLeft() + QPoint(20, -10)
    drop(page.side.list.viewport(), uri_list(sample.new_species), below)
    dialog = open_dialog(qtbot, NewClassDialog)
    qtbot.waitUntil(lambda: dialog.summary.contents is not None, timeout=LIMIT)
    with qtbot.waitSignal(real.session.show_before_after, timeout=LIMIT) as compared:
        qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    old, new = compared.args
    wait_quiet(qtbot, real)
    assert old == first
    assert real.window.page_key() == "review"
    change = ask(qtbot, real, lambda project: project.comparisons.before_after(old, new))
    [added] = [row for row in change.per_class if row.is_new]
    assert added.name == sample.new_species.name
    assert added.right_after > added.n / 2, "the model knows the new species"
    lost = sum(row.lost for row in change.per_class)
    assert lost <= max(2, change.n // 10), "and has not forgotten the others"
