"""Throttle, inbox, window state, canvas, toasts: small parts with a promise each."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.base.events import Phase
from gui.core.full_photo import MAX_SIDE, FullPhotoLoader
from gui.core.gc_guard import GcGuard
from gui.core.inbox import EventInbox
from gui.core.notices import Notice
from gui.core.places import friendly
from gui.core.throttle import Throttle
from gui.dialogs.new_project import NewProjectDialog, safe_name
from gui.widgets import window_state
from gui.widgets.photo_canvas import PhotoCanvas
from gui.widgets.progress_row import ProgressRow
from gui.widgets.toast import MAX_TOASTS, ToastHost
from tests.gui.helpers import photo_row, texts


def test_a_burst_is_carried_out_at_once_and_once_more(qtbot: QtBot) -> None:
    throttle = Throttle(20)
    seen: list[int] = []
    throttle.due.connect(lambda: seen.append(len(seen)))
    for _ in range(10):
        throttle.call()
    assert seen == [0]
    qtbot.waitUntil(lambda: seen == [0, 1])
    with qtbot.assertNotEmitted(throttle.due, wait=60):
        pass


def test_the_inbox_hands_out_in_order_and_rests_when_empty(qtbot: QtBot) -> None:
    seen: list[int] = []
    inbox: EventInbox[int] = EventInbox(seen.append)
    for n in range(100):
        inbox.put(n)
    inbox.open()
    qtbot.waitUntil(lambda: len(seen) == 100)
    inbox.close()
    assert seen == list(range(100))


def test_garbage_is_collected_by_the_guard_alone(qtbot: QtBot) -> None:
    guard = GcGuard()
    try:
        assert not gc.isenabled()
        guard.collect()
    finally:
        guard.release()
    assert gc.isenabled()


def test_a_window_comes_back_as_it_was(qtbot: QtBot) -> None:
    one, other = QWidget(), QWidget()
    qtbot.addWidget(one)
    qtbot.addWidget(other)
    one.resize(640, 480)
    window_state.restore(other, window_state.saved(one))
    assert (other.width(), other.height()) == (640, 480)


@pytest.mark.parametrize("text", ["", "nonsense", "AAAA"])
def test_a_window_state_that_says_nothing_gives_the_default(qtbot: QtBot, text: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window_state.restore(window, text)
    assert (window.width(), window.height()) == window_state.DEFAULT_SIZE


def test_home_is_written_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert friendly("/home/ada/Fieldmark") == "~/Fieldmark"
    assert friendly("/home/adam") == "/home/adam"
    assert friendly("/data") == "/data"


@pytest.mark.parametrize(("name", "safe"), [("A/B: c?", "A B c"), (" .. ", ""), ("Größe 鱼", "Größe 鱼")])
def test_a_project_name_becomes_a_folder_name(name: str, safe: str) -> None:
    assert " ".join(safe_name(name).split()) == safe


def test_a_project_needs_a_free_name(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "Taken.fieldmark").mkdir()
    dialog = NewProjectDialog(None, name="Taken", place=tmp_path)
    assert not dialog.accept_button.isEnabled()
    dialog._name.setText("Free")
    assert dialog.accept_button.isEnabled()
    with qtbot.waitSignal(dialog.chosen) as caught:
        dialog.accept()
    assert caught.args == [tmp_path / "Free.fieldmark"]


@pytest.fixture
def canvas(qtbot: QtBot) -> PhotoCanvas:
    canvas = PhotoCanvas()
    canvas.resize(432, 332)
    canvas.set_image(QImage(800, 600, QImage.Format.Format_RGB32))
    qtbot.addWidget(canvas)
    canvas.show()
    return canvas


def test_the_point_under_the_pointer_stays_there(canvas: PhotoCanvas) -> None:
    focus = QPointF(100, 80)

    def image_point() -> QPointF:
        middle = QPointF(canvas.rect().center())
        return canvas._shown_centre() + (focus - middle) / canvas._shown_scale()

    before = image_point()
    canvas.zoom(4, focus)
    assert abs(image_point().x() - before.x()) < 0.5
    assert abs(image_point().y() - before.y()) < 0.5


def test_zooming_out_ends_at_the_whole_photo(canvas: PhotoCanvas) -> None:
    canvas.zoom(3)
    assert not canvas.is_fitted()
    canvas.zoom(0.01)
    assert canvas.is_fitted()


def test_a_neighbour_of_the_same_size_keeps_the_zoom(canvas: PhotoCanvas) -> None:
    canvas.zoom(3)
    canvas.set_image(QImage(800, 600, QImage.Format.Format_RGB32))
    assert not canvas.is_fitted()
    canvas.set_image(QImage(300, 600, QImage.Format.Format_RGB32))
    assert canvas.is_fitted()


class Opener:
    """Opens photos that are drawn on the spot, or refuses."""

    def __init__(self) -> None:
        self.size = (80, 60)
        self.opened: list[Path] = []

    def __call__(self, path: Path) -> Image.Image:
        self.opened.append(path)
        return Image.new("RGB", self.size)


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def loader(qapp: object, opener: Opener) -> Iterator[FullPhotoLoader]:
    made = FullPhotoLoader(opener)
    yield made
    made.shut_down()


def test_a_large_photo_is_read_once(qtbot: QtBot, loader: FullPhotoLoader, opener: Opener) -> None:
    for _ in range(2):
        with qtbot.waitSignal(loader.loaded) as caught:
            loader.request(photo_row(1))
        assert caught.args[0] == 1
    assert len(opener.opened) == 1


def test_a_huge_photo_is_limited(qtbot: QtBot, loader: FullPhotoLoader, opener: Opener) -> None:
    opener.size = (6000, 30)
    with qtbot.waitSignal(loader.loaded) as caught:
        loader.request(photo_row(1))
    assert caught.args[1].width() == MAX_SIDE


def test_a_photo_that_is_gone_says_so(qtbot: QtBot, qapp: object, tmp_path: Path) -> None:
    loader = FullPhotoLoader()
    with qtbot.waitSignal(loader.loaded) as caught:
        loader.request(photo_row(1, path=bytes(tmp_path / "gone.jpg")))
    assert isinstance(caught.args[1], str)
    assert caught.args[1]
    loader.shut_down()


@pytest.fixture
def host(qtbot: QtBot) -> ToastHost:
    area = QWidget()
    area.resize(900, 700)
    floor = QWidget(area)
    qtbot.addWidget(area)
    area.show()
    return ToastHost(area, floor)


def test_a_toast_does_what_it_offers_and_goes(qtbot: QtBot, host: ToastHost) -> None:
    done: list[bool] = []
    notice = Notice(level="success", text="Done.", action_text="Undo", action=lambda: done.append(True))
    host.show_notice(notice)
    [toast] = host.toasts()
    next(button for button in toast.findChildren(QPushButton) if button.text() == "Undo").click()
    assert done == [True]
    assert host.toasts() == ()


def test_the_oldest_toast_makes_room(host: ToastHost) -> None:
    for n in range(MAX_TOASTS + 2):
        host.show_notice(Notice(level="error", text=str(n)))
    assert [toast.notice.text for toast in host.toasts()] == [str(n) for n in range(2, MAX_TOASTS + 2)]


def test_the_same_notice_is_shown_once(host: ToastHost) -> None:
    for _ in range(3):
        host.show_notice(Notice(level="warning", text="The disk is nearly full."))
    assert len(host.toasts()) == 1


def test_a_row_of_progress_says_where_the_work_stands(qtbot: QtBot) -> None:
    row = ProgressRow("Training")
    qtbot.addWidget(row)
    row.set_phase(Phase(name="Looking at photos", done=1200, total=4000, seconds_left=75))
    said = texts(row.findChildren(QWidget))
    assert {"Training", "Looking at photos", "1,200 of 4,000", "75 s left"} <= set(said)
    with qtbot.waitSignal(row.stop_wanted):
        qtbot.mouseClick(row.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert "Stopping…" in texts(row.findChildren(QWidget))
