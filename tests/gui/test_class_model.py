"""The class list: fixed lines, classes, counts; a line keeps its identity whatever it is called."""

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from engine.store.rows import Counts
from gui.models.class_model import ClassModel
from tests.gui.helpers import class_row

COUNTS = Counts(n_photos=20, n_labelled=10, n_unlabelled=6, n_unsure=1, n_excluded=3, n_problem=2)
N_FIXED = 6


def model_with(*names: str) -> ClassModel:
    model = ClassModel()
    model.set_rows([class_row(at, name, n_photos=at) for at, name in enumerate(names, start=1)], COUNTS, 4)
    return model


def test_it_is_a_proper_model(qtmodeltester: ModelTester) -> None:
    model = model_with("Cod", "Haddock")
    qtmodeltester.check(model)
    model.set_rows([class_row(1, "Cod")], COUNTS)
    qtmodeltester.check(model)


def test_the_fixed_lines_count_what_they_list() -> None:
    model = model_with()
    counted = {model.entry(row).kind: model.entry(row).count for row in range(model.rowCount())}
    assert counted == {"all": 17, "unlabelled": 6, "unsure": 1, "excluded": 3, "problems": 6, "heading": 0}


def test_a_class_lists_its_labelled_photos() -> None:
    entry = model_with("Cod").entry(N_FIXED)
    assert (entry.filter().class_id, entry.filter().state) == (1, "labelled")


def test_a_new_name_keeps_the_line(qtbot: QtBot) -> None:
    model = model_with("Cod", "Haddock")
    line = model.entry(N_FIXED)
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_rows([class_row(1, "Atlantic cod"), class_row(2, "Haddock")], COUNTS)
    assert model.row_of(line) == N_FIXED
    assert model.entry(N_FIXED).text == "Atlantic cod"


def test_a_class_that_is_gone_has_no_row() -> None:
    model = model_with("Cod", "Haddock")
    line = model.entry(N_FIXED + 1)
    model.set_rows([class_row(1, "Cod")], COUNTS)
    assert model.row_of(line) == -1


def test_typing_over_a_name_asks_for_the_new_one(qtbot: QtBot) -> None:
    model = model_with("Cod")
    with qtbot.waitSignal(model.rename_wanted) as caught:
        assert model.setData(model.index(N_FIXED), " Saithe ")
    assert caught.args == [1, "Saithe"]
    assert model.entry(N_FIXED).text == "Cod", "the project decides, not the field"


def test_an_empty_name_is_not_asked_for(qtbot: QtBot) -> None:
    model = model_with("Cod")
    with qtbot.assertNotEmitted(model.rename_wanted):
        assert not model.setData(model.index(N_FIXED), "  ")
        assert not model.setData(model.index(0), "Everything")


def test_only_classes_can_be_renamed() -> None:
    model = model_with("Cod")
    editable = [bool(model.flags(model.index(row)) & Qt.ItemFlag.ItemIsEditable) for row in range(model.rowCount())]
    assert editable == [False] * N_FIXED + [True]
