"""The list of classified photos: it grows, is filtered by sureness and class, and sorted without losing the place."""

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from engine.base.events import ClassifiedPhoto
from gui.models.result_model import ResultModel

DOWN, UP = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
CLASSES = ("Cod", "Haddock", "Whiting")


def photo(name: str, *probs: float) -> ClassifiedPhoto:
    return ClassifiedPhoto(path=b"/new/" + name.encode(), top=probs.index(max(probs)), probs=probs)


PHOTOS = (photo("b.jpg", 0.9, 0.06, 0.04), photo("a.jpg", 0.2, 0.45, 0.35), photo("c.jpg", 0.1, 0.1, 0.8))


@pytest.fixture
def model() -> ResultModel:
    made = ResultModel()
    made.start(CLASSES)
    made.add(PHOTOS)
    return made


def names(model: ResultModel) -> list[str]:
    return [model.result(row).name for row in range(model.rowCount())]


def shown(model: ResultModel, row: int) -> list[str]:
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_it_is_a_proper_model(model: ResultModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)
    model.sort(ResultModel.CONFIDENCE, DOWN)
    model.set_filter("unsure")
    model.add((photo("d.jpg", 0.4, 0.3, 0.3),))
    qtmodeltester.check(model)


def test_a_row_says_class_confidence_and_the_runner_up(model: ResultModel) -> None:
    assert shown(model, 0) == ["b.jpg", "Cod", "90 %", "Haddock  6 %"]


def test_an_answer_below_the_threshold_is_not_called_a_class(model: ResultModel) -> None:
    assert shown(model, 1)[1] == "Not sure (Haddock?)"
    model.set_threshold(0.4)
    assert shown(model, 1)[1] == "Haddock"


def test_photos_come_in_the_order_they_are_told_without_a_reset(model: ResultModel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(model.modelReset):
        model.add((photo("d.jpg", 0.6, 0.2, 0.2),))
    assert names(model) == ["b.jpg", "a.jpg", "c.jpg", "d.jpg"]


def test_a_photo_classified_again_is_listed_once_with_the_new_answer(model: ResultModel) -> None:
    model.add((photo("b.jpg", 0.1, 0.8, 0.1),))
    assert names(model) == ["b.jpg", "a.jpg", "c.jpg"]
    assert shown(model, 0)[1] == "Haddock"


@pytest.mark.parametrize(
    ("column", "order", "expected"),
    [
        (ResultModel.PHOTO, UP, ["a.jpg", "b.jpg", "c.jpg"]),
        (ResultModel.CONFIDENCE, DOWN, ["b.jpg", "c.jpg", "a.jpg"]),
        (ResultModel.CLASS, UP, ["b.jpg", "a.jpg", "c.jpg"]),
        (-1, UP, ["b.jpg", "a.jpg", "c.jpg"]),
    ],
)
def test_any_column_sorts(model: ResultModel, column: int, order: Qt.SortOrder, expected: list[str]) -> None:
    model.sort(ResultModel.CONFIDENCE, UP)
    model.sort(column, order)
    assert names(model) == expected


def test_sorting_keeps_hold_of_the_chosen_photo(model: ResultModel) -> None:
    chosen = QPersistentModelIndex(model.index(1, 0))
    model.sort(ResultModel.CONFIDENCE, DOWN)
    assert model.result(chosen.row()).name == "a.jpg"


def test_later_photos_join_in_the_chosen_order(model: ResultModel) -> None:
    model.sort(ResultModel.CONFIDENCE, DOWN)
    model.add((photo("d.jpg", 0.85, 0.1, 0.05),))
    assert names(model) == ["b.jpg", "d.jpg", "c.jpg", "a.jpg"]


def test_filters_by_sureness_and_class(model: ResultModel) -> None:
    model.set_filter("unsure")
    assert names(model) == ["a.jpg"]
    model.set_filter("sure")
    assert names(model) == ["b.jpg", "c.jpg"]
    model.set_filter("sure", CLASSES.index("Whiting"))
    assert names(model) == ["c.jpg"]


def test_moving_the_threshold_moves_photos_between_the_piles(model: ResultModel) -> None:
    model.set_filter("unsure")
    model.set_threshold(0.85)
    assert names(model) == ["a.jpg", "c.jpg"]


def test_the_tally_counts_everything_whatever_the_filter_hides(model: ResultModel) -> None:
    model.set_filter("unsure")
    assert (model.tally().n, model.tally().n_unsure, model.tally().by_class) == (3, 1, (1, 0, 1))
    assert model.photos() == PHOTOS


def test_a_model_of_one_class_has_no_runner_up() -> None:
    model = ResultModel()
    model.start(("Cod",))
    model.add((photo("a.jpg", 1.0),))
    assert shown(model, 0)[3] == ""
