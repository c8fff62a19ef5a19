"""The confusion matrix: counts and shares of the row, in words for those who cannot see the colours."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from engine.insight.metrics import Report, report
from gui.models.matrix_model import MatrixModel
from gui.widgets.matrix_view import CELL, MatrixView


def scored(true: list[int], answered: list[int], k: int) -> Report:
    names = tuple(f"class {at}" for at in range(k))
    return report(names, np.array(true, np.int32), np.eye(k, dtype=np.float32)[answered])


@pytest.fixture
def model() -> MatrixModel:
    made = MatrixModel()
    made.show_report(scored([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 0], 3))
    return made


def test_it_is_a_proper_model(model: MatrixModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)
    model.show_report(None)
    qtmodeltester.check(model)


def test_rows_are_the_true_classes(model: MatrixModel) -> None:
    counts = [[model.index(row, column).data() for column in range(3)] for row in range(3)]
    assert counts == [["3", "1", ""], ["1", "1", ""], ["", "", ""]]


def test_a_cell_says_in_words_what_it_is(model: MatrixModel) -> None:
    def words(row: int, column: int) -> str:
        return str(model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole))

    assert words(0, 1) == "class 0 taken for class 1: 1 of 4 photos, 25 %"
    assert words(0, 0) == "class 0 recognised: 3 of 4 photos, 75 %"


def test_a_class_without_photos_has_no_shares(model: MatrixModel) -> None:
    assert model.index(2, 2).data(MatrixModel.CELL).share == 0.0


def test_arrow_keys_walk_from_cell_to_cell(qtbot: QtBot, model: MatrixModel) -> None:
    view = MatrixView(model)
    qtbot.addWidget(view)
    view.show()
    view.setCurrentIndex(model.index(0, 0))
    with qtbot.waitSignal(view.cell_chosen) as caught:
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert (caught.args[0].true_column, caught.args[0].answer_column) == (0, 1)


def test_sixty_classes_scroll_instead_of_shrinking(qtbot: QtBot) -> None:
    model = MatrixModel()
    view = MatrixView(model)
    qtbot.addWidget(view)
    view.resize(500, 500)
    view.show()
    model.show_report(scored(list(range(60)), list(range(60)), 60))
    assert view.columnWidth(0) == view.rowHeight(0) == CELL
    qtbot.waitUntil(lambda: view.horizontalScrollBar().maximum() > 0)
    image = view.grab()
    assert image.width() == 500
