"""The Review page: the matrix opens its photos, a wrong label is mended on the spot, and old runs stay readable."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.data.manifest import ManifestPhoto
from engine.store.rows import ClassRow
from gui.app import Application
from gui.pages.review import ReviewPage
from tests.gui.fake_runner import TestRunners
from tests.gui.fake_training import train
from tests.gui.helpers import wait_quiet

COD, HADDOCK, WHITING = range(3)


def cod_is_taken_for_haddock(photo: ManifestPhoto) -> bool:
    return photo.class_no == COD


@pytest.fixture
def page(qtbot: QtBot, opened: Application, runners: TestRunners) -> ReviewPage:
    """The page on a model that takes every cod for a haddock; the cross-validated photos are shown."""
    train(qtbot, opened, runners, cod_is_taken_for_haddock)
    opened.window.turn_to("review")
    page = opened.window.page()
    assert isinstance(page, ReviewPage)
    shown(qtbot, opened, page)
    n_test = counted(page)
    page.parts.setCurrentIndex(page.parts.findData("cv"))
    qtbot.waitUntil(lambda: counted(page) > n_test)
    shown(qtbot, opened, page)
    return page


def shown(qtbot: QtBot, application: Application, page: ReviewPage) -> None:
    qtbot.waitUntil(lambda: page.photos.grid.current_id() is not None)
    wait_quiet(qtbot, application)


def class_called(page: ReviewPage, name: str) -> ClassRow:
    return next(row for row in page.photos.classes() if row.name == name)


def listed(page: ReviewPage) -> list[int]:
    return [int(photo_id) for photo_id in page.photos.photos.ids()]


def ask_for(page: ReviewPage, kind: str) -> None:
    page.photos.questions.setCurrentIndex(page.photos.questions.findData(kind))


def matrix(page: ReviewPage) -> list[list[str]]:
    n = page.matrix.rowCount()
    return [[page.matrix.index(row, column).data() for column in range(n)] for row in range(n)]


def counted(page: ReviewPage) -> int:
    return sum(int(cell) for row in matrix(page) for cell in row if cell)


def test_before_the_first_run_it_says_what_to_do(qtbot: QtBot, opened: Application) -> None:
    opened.window.turn_to("review")
    wait_quiet(qtbot, opened)
    page = opened.window.page()
    assert isinstance(page, ReviewPage)
    assert page.pile.currentWidget() is page.empty


def test_the_matrix_counts_true_classes_against_answers(page: ReviewPage) -> None:
    rows = matrix(page)
    assert rows[COD][COD] == ""
    assert rows[COD][HADDOCK] != ""
    assert [rows[HADDOCK][COD], rows[HADDOCK][WHITING], rows[WHITING][COD]] == ["", "", ""]


def test_the_headline_has_its_n_and_interval(page: ReviewPage) -> None:
    assert f"right on {counted(page)} photos" in page.score.text()
    assert "95 % interval" in page.interval.text()


def test_the_other_part_is_scored_by_itself(qtbot: QtBot, opened: Application, page: ReviewPage) -> None:
    page.parts.setCurrentIndex(page.parts.findData("test"))
    qtbot.waitUntil(lambda: "right on 3 photos" in page.score.text())
    wait_quiet(qtbot, opened)


def test_a_cell_opens_its_photos(qtbot: QtBot, opened: Application, page: ReviewPage) -> None:
    ask_for(page, "confident_right")
    wait_quiet(qtbot, opened)
    page.table.setCurrentIndex(page.matrix.index(COD, HADDOCK))
    qtbot.waitUntil(lambda: len(listed(page)) == int(matrix(page)[COD][HADDOCK]))
    assert page.photos.questions.currentText() == "Cod → Haddock"
    shown(qtbot, opened, page)
    row = page.photos.photos.row_of(listed(page)[0])
    assert row is not None
    assert row.class_id == class_called(page, "Cod").id


def test_an_empty_cell_says_that_there_are_none(qtbot: QtBot, opened: Application, page: ReviewPage) -> None:
    page.table.setCurrentIndex(page.matrix.index(HADDOCK, COD))
    qtbot.waitUntil(lambda: page.photos.pile.currentWidget() is page.photos.nothing)
    wait_quiet(qtbot, opened)


@pytest.mark.parametrize(("kind", "wrong"), [("confident_wrong", True), ("confident_right", False), ("wrong", True)])
def test_the_questions_ask_for_right_or_wrong(
    qtbot: QtBot, opened: Application, page: ReviewPage, kind: str, wrong: bool
) -> None:
    ask_for(page, kind)
    shown(qtbot, opened, page)
    cod = class_called(page, "Cod").id
    rows = [page.photos.photos.row_of(photo_id) for photo_id in listed(page)]
    assert rows
    assert all(row is not None and (row.class_id == cod) == wrong for row in rows)


def test_the_least_certain_are_every_photo_in_order(qtbot: QtBot, opened: Application, page: ReviewPage) -> None:
    ask_for(page, "uncertain")
    shown(qtbot, opened, page)
    qtbot.waitUntil(lambda: len(listed(page)) == 12)


def test_close_and_far_mistakes_are_lists_of_their_own_and_say_what_the_own_class_was_given(
    qtbot: QtBot, opened: Application, page: ReviewPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, photos = listed(page), page.photos.photos
    assert photos.index(0).data(photos.CAPTION).text == "80 % → Haddock"
    ask_for(page, "close")
    qtbot.waitUntil(lambda: page.photos.pile.currentWidget() is page.photos.nothing)
    for kind in ("confident_wrong", "close", "far"):
        monkeypatch.setattr("engine.insight.nearness.CLOSE_MARGIN", 0.0 if kind == "far" else 0.75)
        monkeypatch.setattr("engine.insight.nearness.FAR_SHARE", 0.2)
        ask_for(page, kind)
        qtbot.waitUntil(lambda: sorted(listed(page)) == sorted(before))
        wait_quiet(qtbot, opened)
        own = "" if kind == "confident_wrong" else ", 10 % own"
        assert photos.index(0).data(photos.CAPTION).text == f"80 % → Haddock{own}"
    page.photos.mending.exclude()
    qtbot.waitUntil(lambda: len(listed(page)) == len(before) - 1)
    wait_quiet(qtbot, opened)
    assert page.stale.isVisible()


def test_the_photo_says_what_it_is_labelled_and_what_the_model_says(page: ReviewPage) -> None:
    assert page.photos.detail.sentence() == "Labelled Cod; the model says Haddock."
    assert page.photos.detail.bars.accessibleDescription().startswith("Haddock 80 %")


def test_a_key_mends_the_label_and_the_photo_leaves_the_list(
    qtbot: QtBot, opened: Application, page: ReviewPage
) -> None:
    before = listed(page)
    page.photos.grid.setFocus()
    qtbot.keyClick(page.photos.grid, class_called(page, "Haddock").key)
    qtbot.waitUntil(lambda: listed(page) == before[1:])
    wait_quiet(qtbot, opened)
    assert page.photos.grid.current_id() == before[1], "the next photo takes its place"
    notice = opened.session.notices.history[-1]
    assert notice.action_text == "Undo"
    notice.action()
    qtbot.waitUntil(lambda: listed(page) == before)
    wait_quiet(qtbot, opened)


def test_a_mended_label_counts_at_once_and_the_run_is_called_old(
    qtbot: QtBot, opened: Application, page: ReviewPage
) -> None:
    n_right = int(matrix(page)[HADDOCK][HADDOCK])
    page.photos.relabel(class_called(page, "Haddock").id)
    qtbot.waitUntil(lambda: int(matrix(page)[HADDOCK][HADDOCK]) == n_right + 1)
    assert page.stale.isVisible()
    with qtbot.waitSignal(opened.session.show_page) as shown_page:
        page.stale.pressed.emit()
    assert shown_page.args == ["train"]
    wait_quiet(qtbot, opened)


def test_unsure_and_excluded_photos_leave_the_list_too(qtbot: QtBot, opened: Application, page: ReviewPage) -> None:
    before = listed(page)
    page.photos.grid.setFocus()
    qtbot.keyClick(page.photos.grid, Qt.Key.Key_U)
    qtbot.waitUntil(lambda: len(listed(page)) == len(before) - 1)
    wait_quiet(qtbot, opened)
    qtbot.keyClick(page.photos.grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: len(listed(page)) == len(before) - 2)
    wait_quiet(qtbot, opened)


def test_the_menu_offers_every_class_with_its_key(page: ReviewPage) -> None:
    page.photos.mending.menu.aboutToShow.emit()
    texts = [action.text() for action in page.photos.mending.menu.actions() if action.text()]
    assert [text.split("\t")[0] for text in texts] == ["Cod", "Haddock", "Whiting", "Unsure", "Exclude"]


def test_a_removed_class_is_still_read_from_the_old_run(qtbot: QtBot, opened: Application, page: ReviewPage) -> None:
    gone = class_called(page, "Haddock").id
    opened.session.store.ask(lambda project: project.classes.remove(gone))
    qtbot.waitUntil(lambda: len(page.photos.classes()) == 2)
    wait_quiet(qtbot, opened)
    assert [page.matrix.name(at) for at in range(3)] == ["Cod", "Haddock", "Whiting"]
    page.table.setCurrentIndex(page.matrix.index(COD, HADDOCK))
    shown(qtbot, opened, page)
    assert page.photos.detail.sentence() == "Labelled Cod; the model says Haddock."


def test_merged_classes_are_no_confusion_any_more(qtbot: QtBot, opened: Application, page: ReviewPage) -> None:
    cod, haddock = class_called(page, "Cod").id, class_called(page, "Haddock").id
    opened.session.store.ask(lambda project: project.classes.merge(cod, haddock))
    qtbot.waitUntil(lambda: page.matrix.rowCount() == 2)
    wait_quiet(qtbot, opened)
    assert [page.matrix.name(at) for at in range(2)] == ["Haddock", "Whiting"]
    assert page.photos.pile.currentWidget() is page.photos.nothing, "nothing is wrong any more"


def test_another_run_is_reviewed_when_chosen(
    qtbot: QtBot, opened: Application, runners: TestRunners, page: ReviewPage
) -> None:
    old = page.runs.currentData()
    new = train(qtbot, opened, runners)
    page.show_run(new)
    qtbot.waitUntil(lambda: page.score.text().startswith("100 %"))
    page.runs.setCurrentIndex(page.runs.findData(old))
    qtbot.waitUntil(lambda: not page.score.text().startswith("100 %"))
    wait_quiet(qtbot, opened)
