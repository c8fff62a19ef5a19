"""The list of photos: rows come as they are needed, and changes are told as what they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from engine.store.rows import PhotoRow
from gui.models.photo_model import BATCH, PhotoModel, photo_ids_in
from tests.gui.helpers import class_row, photo_row


class Shelf:
    """Answers questions for rows at once and remembers them."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []
        self.facts: dict[str, object] = {}

    def fetch(self, ids: Sequence[int], then: Callable[[Sequence[PhotoRow]], None]) -> None:
        self.asked.append(tuple(ids))
        then([photo_row(photo_id, **self.facts) for photo_id in ids])


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def model(qapp: object, shelf: Shelf) -> PhotoModel:
    return PhotoModel(shelf.fetch)


def show(qtbot: QtBot, model: PhotoModel, at: int) -> PhotoRow:
    index = model.index(at)
    qtbot.waitUntil(lambda: index.data(PhotoModel.ROW) is not None)
    return index.data(PhotoModel.ROW)


def test_it_is_a_proper_model(qtmodeltester: ModelTester, model: PhotoModel, qtbot: QtBot) -> None:
    model.set_ids(np.arange(1, 40))
    qtmodeltester.check(model)
    model.set_ids(np.arange(1, 30))
    model.set_ids(np.arange(1, 60))
    model.set_ids(np.array([7, 3, 5]))
    show(qtbot, model, 0)
    model.set_ids(())
    qtmodeltester.check(model)


def test_a_row_is_fetched_with_its_neighbours_and_only_once(qtbot: QtBot, model: PhotoModel, shelf: Shelf) -> None:
    model.set_ids(np.arange(1, 1001))
    assert show(qtbot, model, 500).id == 501
    show(qtbot, model, 510)
    assert len(shelf.asked) == 1
    assert len(shelf.asked[0]) == BATCH


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ([1, 2, 3, 4], "rowsRemoved"),
        ([1, 2, 4, 5], "rowsRemoved"),
        ([3, 4, 5], "rowsRemoved"),
        ([1, 2, 3, 4, 5, 6, 7], "rowsInserted"),
        ([1, 2, 9, 3, 4, 5], "rowsInserted"),
        ([5, 4, 3, 2, 1], "modelReset"),
        ([], "rowsRemoved"),
    ],
)
def test_a_block_that_goes_or_comes_is_told_as_such(
    qtbot: QtBot, model: PhotoModel, after: list[int], told: str
) -> None:
    model.set_ids(np.array([1, 2, 3, 4, 5]))
    with qtbot.waitSignal(getattr(model, told)):
        model.set_ids(np.array(after, dtype=np.int64))
    assert list(model.ids()) == after


def test_the_same_list_is_no_change(qtbot: QtBot, model: PhotoModel) -> None:
    model.set_ids(np.array([1, 2]))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.assertNotEmitted(model.rowsRemoved):
        model.set_ids(np.array([1, 2]))


def test_a_refresh_shows_the_old_row_until_the_new_one_is_there(qtbot: QtBot, model: PhotoModel, shelf: Shelf) -> None:
    model.set_ids(np.array([1, 2]))
    show(qtbot, model, 0)
    shelf.facts = {"state": "unsure"}
    model.refresh()
    assert model.index(0).data(PhotoModel.ROW).state == "unlabelled"
    qtbot.waitUntil(lambda: model.index(0).data(PhotoModel.ROW).state == "unsure")


def test_positions_follow_the_list(model: PhotoModel) -> None:
    model.set_ids(np.array([30, 10, 20]))
    assert [model.position_of(photo_id) for photo_id in (30, 10, 20, 99)] == [0, 1, 2, -1]
    model.set_ids(np.array([10, 20]))
    assert model.position_of(30) == -1


def test_the_label_is_said_in_words(qtbot: QtBot, model: PhotoModel) -> None:
    model.set_classes([class_row(4, "Cod")])
    assert model.label_text(photo_row(1, state="labelled", class_id=4)) == "Cod"
    assert model.label_text(photo_row(1, state="unsure", class_id=4)) == "Unsure: Cod"
    assert model.label_text(photo_row(1, state="unsure")) == "Unsure"
    assert model.label_text(photo_row(1, state="excluded", class_id=4)) == "Excluded"
    assert model.label_text(photo_row(1)) == "No label"


def test_a_drag_carries_the_photos_in_their_order(model: PhotoModel) -> None:
    model.set_ids(np.array([30, 10, 20]))
    mime = model.mimeData([model.index(2), model.index(0)])
    assert photo_ids_in(mime) == (30, 20)
