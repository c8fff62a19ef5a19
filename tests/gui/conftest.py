"""A window of its own for each test that asks for one; imports really run, models are scripted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.app import Application, make_qt_app
from gui.core.session import Session
from gui.core.settings import Settings
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import draw_classes, wait_quiet


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The offscreen platform says this of every dialog that has a minimum size.
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "config" / "settings.json")


@pytest.fixture
def runners() -> TestRunners:
    return TestRunners()


@pytest.fixture
def application(qtbot: QtBot, settings: Settings, runners: TestRunners) -> Iterator[Application]:
    """The whole application with its window on the (offscreen) screen."""
    application = Application(make_qt_app(settings), settings, runners)
    application.window.show()
    yield application
    application.shut_down()
    application.window.close()
    application.window.deleteLater()
    application.deleteLater()


@pytest.fixture
def session(application: Application) -> Session:
    return application.session


@pytest.fixture
def class_folders(tmp_path: Path) -> Path:
    """Three class folders with six, five and four photos."""
    return draw_classes(tmp_path / "photos" / "Fish", {"Cod": 6, "Haddock": 5, "Whiting": 4})


@pytest.fixture
def opened(qtbot: QtBot, application: Application, class_folders: Path, tmp_path: Path) -> Application:
    """The window with a project into which the class folders have been imported."""
    application.window.projects.create(tmp_path / "Survey", (str(class_folders).encode(),))
    qtbot.waitUntil(lambda: bool(application.session.notices.history), timeout=20_000)
    wait_quiet(qtbot, application)
    return application
