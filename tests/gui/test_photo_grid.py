"""The grid: selection by id, keys left to the page, sizes in steps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.core.thumbs import ThumbCache
from gui.models.photo_model import PhotoModel
from gui.widgets.photo_grid import SIZES, PhotoGrid
from tests.gui.helpers import photo_row


@pytest.fixture
def grid(qtbot: QtBot) -> Iterator[PhotoGrid]:
    thumbs = ThumbCache(lambda *_: Image.new("RGB", (8, 8)))
    model = PhotoModel(lambda ids, then: then([photo_row(photo_id) for photo_id in ids]))
    grid = PhotoGrid(model, thumbs, side=96)
    grid.resize(600, 400)
    model.set_ids(np.arange(100, 400))
    qtbot.addWidget(grid)
    grid.show()
    yield grid
    thumbs.shut_down()


def test_photos_are_selected_by_id(grid: PhotoGrid) -> None:
    grid.select_ids([105, 101, 102, 999], current=102)
    assert grid.selected_ids() == (101, 102, 105)
    assert grid.current_id() == 102


def test_the_selection_is_told(qtbot: QtBot, grid: PhotoGrid) -> None:
    with qtbot.waitSignal(grid.photos_selected, check_params_cb=lambda ids: ids == (101, 102)):
        grid.select_ids([101, 102])


def test_enter_opens_the_current_photo(qtbot: QtBot, grid: PhotoGrid) -> None:
    grid.go_to_row(3)
    with qtbot.waitSignal(grid.photo_activated) as caught:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert caught.args == [103]


@pytest.mark.parametrize("key", [Qt.Key.Key_1, Qt.Key.Key_U, Qt.Key.Key_Space, Qt.Key.Key_Backspace])
def test_keys_that_label_are_left_to_the_page(qtbot: QtBot, grid: PhotoGrid, key: Qt.Key) -> None:
    class Page(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.keys: list[int] = []

        def keyPressEvent(self, event: object) -> None:
            self.keys.append(event.key())  # type: ignore[attr-defined]

    page = Page()
    QVBoxLayout(page).addWidget(grid)
    grid.go_to_row(3)
    qtbot.keyClick(grid, key)
    assert page.keys == [key]
    assert grid.selected_ids() == (103,)
    grid.setParent(None)


def test_going_beyond_the_ends_stays_at_the_end(grid: PhotoGrid) -> None:
    grid.go_to_row(9999)
    assert grid.current_id() == 399
    grid.go_to_row(-5)
    assert grid.current_id() == 100


def test_sizes_go_in_steps_and_stop_at_the_ends(qtbot: QtBot, grid: PhotoGrid) -> None:
    seen: list[int] = []
    grid.zoomed.connect(seen.append)
    for _ in range(len(SIZES) + 2):
        grid.zoom(1)
    assert seen == list(SIZES[1:])
    grid.zoom(-1)
    assert grid.side() == SIZES[-2]


def test_only_what_is_in_sight_is_visible(grid: PhotoGrid) -> None:
    top = grid.visible_rows()
    assert top.start == 0
    assert 0 < len(top) < 60
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert grid.visible_rows().stop == 300


def test_tiles_share_the_whole_width(grid: PhotoGrid) -> None:
    for width in (500, 640, 777):
        grid.resize(width, 400)
        left_over = grid.viewport().width() - grid.n_columns() * grid.cell_width()
        assert 0 <= left_over < grid.n_columns()


def test_a_removed_photo_is_no_longer_selected(grid: PhotoGrid) -> None:
    grid.select_ids([100, 101])
    grid.photo_model().set_ids(np.arange(101, 400))
    assert grid.selected_ids() == (101,)


def test_every_tile_can_be_drawn(qtbot: QtBot) -> None:
    rows = [
        photo_row(1, state="labelled", class_id=1),
        photo_row(2, state="unsure"),
        photo_row(3, state="excluded"),
        photo_row(4, status="damaged", problem="The file is empty."),
    ]
    thumbs = ThumbCache(lambda *_: Image.new("RGB", (8, 8)))
    model = PhotoModel(lambda ids, then: then([row for row in rows if row.id in ids]))
    grid = PhotoGrid(model, thumbs)
    qtbot.addWidget(grid)
    model.set_ids([1, 2, 3, 4])
    qtbot.waitUntil(lambda: model.index(0).data(PhotoModel.ROW) is not None)
    grid.resize(800, 260)
    grid.show()
    plain = grid.grab().toImage()
    grid.selectAll()
    assert grid.grab().toImage() != plain
    thumbs.shut_down()


def at(grid: PhotoGrid, row: int) -> QPoint:
    return grid.visualRect(grid.model().index(row, 0)).center()


def click(qtbot: QtBot, grid: PhotoGrid, row: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, keys, at(grid, row))


def test_every_tile_is_where_it_is_looked_for(grid: PhotoGrid) -> None:
    for row in (0, 1, 7, 20):
        assert grid.indexAt(at(grid, row)).row() == row
    assert not grid.indexAt(QPoint(2, 10_000_000)).isValid()


def test_a_click_selects_one_photo_and_control_adds(qtbot: QtBot, grid: PhotoGrid) -> None:
    click(qtbot, grid, 2)
    assert grid.selected_ids() == (102,)
    click(qtbot, grid, 5, Qt.KeyboardModifier.ControlModifier)
    assert grid.selected_ids() == (102, 105)
    click(qtbot, grid, 0)
    assert grid.selected_ids() == (100,)


@pytest.mark.parametrize(("first", "last"), [(3, 9), (9, 3), (1, 1)])
def test_shift_selects_from_photo_to_photo(qtbot: QtBot, grid: PhotoGrid, first: int, last: int) -> None:
    click(qtbot, grid, first)
    click(qtbot, grid, last, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_ids() == tuple(range(100 + min(first, last), 101 + max(first, last)))


def test_shift_and_arrows_select_from_photo_to_photo(qtbot: QtBot, grid: PhotoGrid) -> None:
    n = grid.n_columns()
    grid.go_to_row(n + 2)
    qtbot.keyClick(grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_ids() == tuple(range(100 + n + 2, 100 + 2 * n + 2))
    qtbot.keyClick(grid, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_ids() == tuple(range(101, 100 + n + 3))


@pytest.mark.parametrize(
    ("key", "row"),
    [(Qt.Key.Key_Right, 21), (Qt.Key.Key_Left, 19), (Qt.Key.Key_Home, 0), (Qt.Key.Key_End, 299)],
)
def test_arrows_move_the_current_photo(qtbot: QtBot, grid: PhotoGrid, key: Qt.Key, row: int) -> None:
    grid.go_to_row(20)
    qtbot.keyClick(grid, key)
    assert grid.current_id() == 100 + row


def test_up_and_down_stay_in_their_column(qtbot: QtBot, grid: PhotoGrid) -> None:
    grid.go_to_row(1)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current_id() == 101 + grid.n_columns()
    qtbot.keyClick(grid, Qt.Key.Key_Up)
    qtbot.keyClick(grid, Qt.Key.Key_Up)
    assert grid.current_id() == 101, "there is no line above the first"


def test_the_current_photo_is_kept_in_sight(qtbot: QtBot, grid: PhotoGrid) -> None:
    grid.go_to_row(250)
    assert 250 in grid.visible_rows()
    assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))


def test_a_rectangle_selects_what_it_touches(qtbot: QtBot, grid: PhotoGrid) -> None:
    n = grid.n_columns()
    area = grid.visualRect(grid.model().index(0, 0)).united(grid.visualRect(grid.model().index(n + 1, 0)))
    rows = [row for begin, end in grid.rows_in(area.adjusted(5, 5, -5, -5)) for row in range(begin, end + 1)]
    assert rows == [0, 1, n, n + 1]


def test_a_long_list_shortens_without_looking_at_its_tiles(qtbot: QtBot, grid: PhotoGrid) -> None:
    grid.photo_model().set_ids(np.arange(100_000))
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert grid.visible_rows().stop == 100_000
    grid.photo_model().set_ids(np.arange(50))
    qtbot.waitUntil(lambda: grid.verticalScrollBar().maximum() < 5_000)
    assert grid.visible_rows().stop == 50
