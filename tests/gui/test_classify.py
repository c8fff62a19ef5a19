"""The Classify page: photos go in, answers come out and are saved, with the project's model or a file's."""

import csv
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.base.events import Classified, ClassifiedPhoto, Ended, FilesRefused, ModelLoaded, Phase, RefusedFile
from engine.jobs.spec import AnySpec, ClassifySpec
from gui.core.session import Session
from gui.pages.classify import ClassifyPage
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import draw_photo, drop, uri_list

CLASSES = ("Cod", "Haddock")
MODEL = b"/models/north-sea.fieldmark-model"


def answers(spec: AnySpec) -> list[object]:
    """Every input is a cod, the first of them for sure."""
    assert isinstance(spec, ClassifySpec)
    rows = tuple(
        ClassifiedPhoto(path=path, top=0, probs=(0.97, 0.03) if path == spec.inputs[0] else (0.55, 0.45))
        for path in spec.inputs
    )
    phase = Phase(name="Classifying photos", done=1, total=2)
    return [ModelLoaded(title="Quick", classes=CLASSES), phase, Classified(rows=rows)]


@pytest.fixture
def photos(tmp_path: Path) -> tuple[bytes, ...]:
    return tuple(str(draw_photo(tmp_path / "new" / f"{at}.jpg", at)).encode() for at in range(3))


@pytest.fixture
def page(qtbot: QtBot, session: Session, runners: TestRunners) -> ClassifyPage:
    runners.scripted.script = answers  # type: ignore[assignment]
    made = ClassifyPage(session)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def done(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.jobs.active())


def test_without_a_model_it_says_where_to_get_one(page: ClassifyPage) -> None:
    assert page.pile.currentWidget() is page.none


def test_a_model_file_needs_no_project(page: ClassifyPage) -> None:
    page.use_file(MODEL)
    assert page.pile.currentWidget() is page.target
    assert page.model_title() == "Model file: north-sea.fieldmark-model"


def test_dropped_photos_are_classified_by_the_model_file(
    qtbot: QtBot, page: ClassifyPage, session: Session, runners: TestRunners, photos: tuple[bytes, ...]
) -> None:
    page.use_file(MODEL)
    drop(page, uri_list(*photos))
    done(qtbot, session)
    spec = runners.scripted.specs[0]
    assert isinstance(spec, ClassifySpec)
    assert (spec.model, spec.inputs, spec.csv) == (MODEL, photos, None)
    assert page.pile.currentWidget() is page.view
    assert [page.results.index(0, at).data() for at in range(4)] == ["0.jpg", "Cod", "97 %", "Haddock  3 %"]


def test_a_dropped_model_file_is_the_model(qtbot: QtBot, page: ClassifyPage) -> None:
    drop(page, uri_list(MODEL))
    assert page.model_title() == "Model file: north-sea.fieldmark-model"


def test_the_first_photo_is_chosen_and_shown_with_all_probabilities(
    qtbot: QtBot, page: ClassifyPage, session: Session, photos: tuple[bytes, ...]
) -> None:
    page.use_file(MODEL)
    page.classify(photos)
    done(qtbot, session)
    assert page.view.bars.accessibleDescription() == "Cod 97 %, Haddock 3 %"


def test_more_photos_join_the_list(
    qtbot: QtBot, page: ClassifyPage, session: Session, photos: tuple[bytes, ...]
) -> None:
    page.use_file(MODEL)
    page.classify(photos[:1])
    done(qtbot, session)
    page.classify(photos[1:])
    done(qtbot, session)
    assert page.results.tally().n == 3


def test_another_model_begins_another_list(
    qtbot: QtBot, page: ClassifyPage, session: Session, photos: tuple[bytes, ...]
) -> None:
    page.use_file(MODEL)
    page.classify(photos[:2])
    done(qtbot, session)
    page.use_file(b"/models/other.fieldmark-model")
    page.classify(photos[2:])
    done(qtbot, session)
    assert page.results.tally().n == 1


def test_the_slider_says_who_is_not_sure(
    qtbot: QtBot, page: ClassifyPage, session: Session, photos: tuple[bytes, ...]
) -> None:
    page.use_file(MODEL)
    page.classify(photos)
    done(qtbot, session)
    assert page.results.tally().n_unsure == 0
    page.view.slider.setValue(60)
    assert page.results.tally().n_unsure == 2
    choice = page.view.choice
    assert choice.itemText(1) == "Not sure  (2)"
    choice.setCurrentIndex(1)
    choice.activated.emit(1)
    assert page.results.rowCount() == 2


def test_the_keyboard_walks_through_the_list(
    qtbot: QtBot, page: ClassifyPage, session: Session, photos: tuple[bytes, ...]
) -> None:
    page.use_file(MODEL)
    page.classify(photos)
    done(qtbot, session)
    qtbot.keyClick(page.view.table, Qt.Key.Key_Down)
    current = page.view.current()
    assert current is not None
    assert current.name == "1.jpg"


def test_files_that_cannot_be_used_are_counted(
    qtbot: QtBot, page: ClassifyPage, session: Session, runners: TestRunners
) -> None:
    refused = RefusedFile(path=b"/new/x.jpg", kind="damaged", text="The file is damaged.")
    runners.scripted.script = lambda _: [ModelLoaded(title="m", classes=CLASSES), FilesRefused(rows=(refused,))]
    page.use_file(MODEL)
    page.classify((b"/new/x.jpg",))
    done(qtbot, session)
    assert page.view.refused == (refused,)
    assert page.pile.currentWidget() is page.view


def test_the_table_is_saved_whole_whatever_the_filter_shows(
    qtbot: QtBot, page: ClassifyPage, session: Session, photos: tuple[bytes, ...], tmp_path: Path
) -> None:
    page.use_file(MODEL)
    page.classify(photos)
    done(qtbot, session)
    page.results.set_filter("unsure")
    with qtbot.waitSignal(session.notices.posted):
        page.saving.save_table(tmp_path / "out.csv", page.results.classes(), page.results.photos())
    with open(tmp_path / "out.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["path"].encode() for row in rows] == list(photos)
    assert rows[0]["Cod"] == rows[0]["confidence"] == "0.970000"


def test_a_table_that_cannot_be_saved_says_so(
    qtbot: QtBot, page: ClassifyPage, session: Session, photos: tuple[bytes, ...], tmp_path: Path
) -> None:
    page.use_file(MODEL)
    page.classify(photos)
    done(qtbot, session)
    with qtbot.waitSignal(session.notices.posted) as caught:
        page.saving.save_table(tmp_path / "gone" / "out.csv", page.results.classes(), page.results.photos())
    assert caught.args[0].level == "error"


def test_while_it_runs_it_can_be_stopped(
    qtbot: QtBot, page: ClassifyPage, session: Session, runners: TestRunners, photos: tuple[bytes, ...]
) -> None:
    runners.scripted.gate = threading.Event()
    page.use_file(MODEL)
    page.classify(photos)
    qtbot.waitUntil(lambda: page.results.tally().n == 3)
    assert page.progress() is not None
    page.progress().stop_wanted.emit()
    done(qtbot, session)
    assert page.progress() is None
    assert page.results.tally().n == 3, "what was classified is kept"


def test_a_model_that_cannot_be_read_leaves_the_page_usable(
    qtbot: QtBot, page: ClassifyPage, session: Session, runners: TestRunners, photos: tuple[bytes, ...]
) -> None:
    runners.scripted.script = lambda _: [Ended(reason="failed", user_text="This is no model.")]
    page.use_file(MODEL)
    page.classify(photos)
    done(qtbot, session)
    assert session.notices.history[-1].text == "This is no model."
    assert page.pile.currentWidget() is page.target


def test_clearing_brings_the_drop_place_back(
    qtbot: QtBot, page: ClassifyPage, session: Session, photos: tuple[bytes, ...]
) -> None:
    page.use_file(MODEL)
    page.classify(photos)
    done(qtbot, session)
    page.clear()
    assert page.pile.currentWidget() is page.target
    assert page.results.tally().n == 0
