"""Thumbnails: loaded off the GUI thread, kept within bounds, given up when out of sight."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.base.errors import DamagedInput
from gui.core.thumbs import ThumbCache, qimage_of
from tests.gui.helpers import photo_row


class Loader:
    """Draws a thumbnail of 80 x 40; can be held up, and can fail."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.loaded: list[int] = []
        self.bad: set[int] = set()

    def __call__(self, folder: Path, sha256: bytes, original: Path) -> Image.Image:
        self.gate.wait(10)
        number = int.from_bytes(sha256, "big")
        self.loaded.append(number)
        if number in self.bad:
            raise DamagedInput("truncated", "The end of the file is missing.")
        return Image.new("RGB", (80, 40), "#336699")


@pytest.fixture
def loader() -> Loader:
    return Loader()


@pytest.fixture
def cache(qapp: object, loader: Loader) -> Iterator[ThumbCache]:
    made = ThumbCache(loader, max_bytes=10 * 40 * 20 * 4)
    made.set_folder(Path("/thumbs"))
    yield made
    loader.gate.set()
    made.shut_down()


def wait_for(qtbot: QtBot, cache: ThumbCache, number: int, side: int = 40) -> None:
    qtbot.waitUntil(lambda: cache.pixmap(photo_row(number), side) is not None)


def test_the_first_answer_is_nothing_and_the_picture_follows(qtbot: QtBot, cache: ThumbCache) -> None:
    with qtbot.waitSignal(cache.ready) as caught:
        assert cache.pixmap(photo_row(1), 40) is None
    assert caught.args == [photo_row(1).sha256]
    pixmap = cache.pixmap(photo_row(1), 40)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (40, 20)


def test_a_picture_is_loaded_once(qtbot: QtBot, cache: ThumbCache, loader: Loader) -> None:
    wait_for(qtbot, cache, 1)
    cache.pixmap(photo_row(1), 40)
    assert loader.loaded == [1]


def test_another_size_shows_the_old_one_meanwhile(qtbot: QtBot, cache: ThumbCache) -> None:
    wait_for(qtbot, cache, 1)
    meanwhile = cache.pixmap(photo_row(1), 80)
    assert meanwhile is not None
    assert meanwhile.width() == 40
    qtbot.waitUntil(lambda: cache.pixmap(photo_row(1), 80).width() == 80)


def test_a_photo_that_cannot_be_shown_has_a_reason(qtbot: QtBot, cache: ThumbCache, loader: Loader) -> None:
    loader.bad = {5}
    with qtbot.waitSignal(cache.ready):
        cache.pixmap(photo_row(5), 40)
    assert cache.problem(photo_row(5).sha256) == "The end of the file is missing."
    assert cache.pixmap(photo_row(5), 40) is None
    assert loader.loaded == [5], "it is not tried again at every repaint"


def test_requests_out_of_sight_are_given_up(qtbot: QtBot, cache: ThumbCache, loader: Loader) -> None:
    loader.gate.clear()
    for number in range(20):
        cache.pixmap(photo_row(number), 40)
    cache.keep_only({photo_row(19).sha256})
    loader.gate.set()
    wait_for(qtbot, cache, 19)
    cache.shut_down()
    assert len(loader.loaded) <= 4, "two were being loaded, one was wanted, and one may have been fetched between"


def test_the_newest_request_comes_first(qtbot: QtBot, cache: ThumbCache, loader: Loader) -> None:
    loader.gate.clear()
    for number in range(10):
        cache.pixmap(photo_row(number), 40)
    loader.gate.set()
    qtbot.waitUntil(lambda: len(loader.loaded) == 10)
    assert loader.loaded.index(9) < loader.loaded.index(4)


def test_the_longest_unused_goes_first(qtbot: QtBot, cache: ThumbCache, loader: Loader) -> None:
    for number in range(12):
        wait_for(qtbot, cache, number)
    loader.loaded.clear()
    wait_for(qtbot, cache, 11)
    assert loader.loaded == []
    cache.pixmap(photo_row(0), 40)
    qtbot.waitUntil(lambda: loader.loaded == [0])


def test_another_project_begins_with_nothing(qtbot: QtBot, cache: ThumbCache, loader: Loader) -> None:
    wait_for(qtbot, cache, 1)
    cache.set_folder(Path("/other"))
    loader.gate.clear()
    assert cache.pixmap(photo_row(1), 40) is None


def test_a_pale_photo_that_is_enlarged_keeps_its_colours(qapp: QApplication) -> None:
    image = qimage_of(Image.new("RGB", (50, 30), (200, 100, 0)))
    paper = QPixmap(200, 120)
    paper.fill(QColor("white"))
    painter = QPainter(paper)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setOpacity(0.5)
    painter.drawPixmap(paper.rect(), QPixmap.fromImage(image))
    painter.end()
    mixed = paper.toImage().pixelColor(100, 60)
    assert (mixed.red(), mixed.green(), mixed.blue()) == pytest.approx((228, 178, 128), abs=3)
