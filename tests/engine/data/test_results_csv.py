"""The saved table of classified photos: every name survives, no spreadsheet computes anything."""

import csv
from pathlib import Path

import pytest

from engine.base.errors import StorageError
from engine.base.events import ClassifiedPhoto
from engine.base.fspath import from_text
from engine.data.results_csv import write_results_csv

CLASSES = ("cod", "ling")


def photo(path: bytes, cod: float) -> ClassifiedPhoto:
    return ClassifiedPhoto(path=path, top=0 if cod >= 0.5 else 1, probs=(cod, 1 - cod))


def saved(path: Path) -> list[list[str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_a_row_has_path_class_confidence_and_every_probability(tmp_path: Path) -> None:
    write_results_csv(tmp_path / "out.csv", CLASSES, [photo(b"/a/1.jpg", 0.75), photo(b"/a/2.jpg", 0.25)])
    assert saved(tmp_path / "out.csv") == [
        ["path", "class", "confidence", "cod", "ling"],
        ["/a/1.jpg", "cod", "0.750000", "0.750000", "0.250000"],
        ["/a/2.jpg", "ling", "0.750000", "0.250000", "0.750000"],
    ]


@pytest.mark.parametrize(
    "name", [b"/a/f\xff.jpg", b'/a/with, "comma".jpg', "/a/Ærø 100 %.jpg".encode(), b"/a/two\nlines"]
)
def test_any_file_name_can_be_recovered(tmp_path: Path, name: bytes) -> None:
    write_results_csv(tmp_path / "out.csv", CLASSES, [photo(name, 0.9)])
    assert from_text(saved(tmp_path / "out.csv")[1][0]) == name


def test_a_class_name_is_never_a_formula(tmp_path: Path) -> None:
    write_results_csv(tmp_path / "out.csv", ("=1+1", "ling"), [photo(b"/a/1.jpg", 0.9)])
    heading, row = saved(tmp_path / "out.csv")
    assert heading[3] == "'=1+1"
    assert row[1] == "'=1+1"


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        write_results_csv(tmp_path / "gone" / "out.csv", CLASSES, [])
    assert list(tmp_path.iterdir()) == []
