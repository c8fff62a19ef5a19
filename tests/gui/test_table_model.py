"""Tables of frozen rows: sorted by what the numbers mean, and back to the order they came in."""

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from gui.models.table_model import Column, TableModel

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def model() -> TableModel[tuple[str, int]]:
    made: TableModel[tuple[str, int]] = TableModel(
        [
            Column(heading="Name", text=lambda row: row[0]),
            Column(
                heading="Count", text=lambda row: f"{row[1]:,}", key=lambda row: row[1], numeric=True, tip="How many"
            ),
        ]
    )
    made.set_rows([("b", 9), ("a", 1_200), ("c", 30)])
    return made


def names(model: TableModel[tuple[str, int]]) -> list[str]:
    return [row[0] for row in model.rows()]


def test_it_is_a_proper_model(model: TableModel[tuple[str, int]], qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)
    model.sort(1, DOWN)
    model.set_rows([])
    qtmodeltester.check(model)


def test_numbers_sort_as_numbers(model: TableModel[tuple[str, int]]) -> None:
    model.sort(1, UP)
    assert names(model) == ["b", "c", "a"]
    model.sort(1, DOWN)
    assert names(model) == ["a", "c", "b"]


def test_the_order_they_came_in_can_be_had_back(model: TableModel[tuple[str, int]]) -> None:
    model.sort(0, UP)
    model.sort(-1)
    assert names(model) == ["b", "a", "c"]


def test_new_rows_keep_the_chosen_order(model: TableModel[tuple[str, int]]) -> None:
    model.sort(0, UP)
    model.set_rows([("z", 1), ("y", 2)])
    assert names(model) == ["y", "z"]


def test_sorting_keeps_hold_of_the_chosen_row(model: TableModel[tuple[str, int]]) -> None:
    chosen = QPersistentModelIndex(model.index(0, 0))
    model.sort(0, UP)
    assert model.row(chosen.row())[0] == "b"


def test_a_heading_explains_itself(model: TableModel[tuple[str, int]]) -> None:
    across = Qt.Orientation.Horizontal
    assert model.headerData(1, across, Qt.ItemDataRole.ToolTipRole) == "How many"
    assert model.headerData(0, across, Qt.ItemDataRole.ToolTipRole) is None
