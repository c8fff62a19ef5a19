"""Counted texts read as English."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gui.core.english import EnglishPlurals
from gui.core.sizes import file_size
from gui.widgets.photo_viewer import breakable
from gui.widgets.progress_row import duration


@pytest.fixture
def english(qapp: QApplication) -> EnglishPlurals:
    translator = EnglishPlurals(qapp)
    qapp.installTranslator(translator)
    return translator


@pytest.mark.parametrize(("n", "text"), [(0, "0 photos"), (1, "1 photo"), (7, "7 photos")])
def test_photos_are_counted(english: EnglishPlurals, n: int, text: str) -> None:
    assert QObject().tr("%n photo(s)", "", n) == text


def test_other_texts_stay_as_they_are(english: EnglishPlurals) -> None:
    assert QObject().tr("Size (s)") == "Size (s)"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (12, "12 s"), (89, "89 s"), (180, "3 min"), (4800, "1 h 20 min")]
)
def test_time_left_is_said_roughly(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("n_bytes", "text"), [(200, "1 kB"), (870_400, "870 kB"), (3_200_000, "3.2 MB"), (1_234_567_890, "1.2 GB")]
)
def test_sizes_are_said_in_words(n_bytes: int, text: str) -> None:
    assert file_size(n_bytes) == text


def test_a_path_can_break_after_its_slashes() -> None:
    assert breakable("/a/b").replace("\u200b", "") == "/a/b"
    assert "\u200b" in breakable("/a/b")
