"""Every step and epoch is on disk at once; the listener hears as much as it can show."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.base.errors import StorageError
from engine.base.events import AnyEvent, Epoch, Step, decode
from engine.insight.curve_files import read_curves
from engine.train.record import EPOCHS_FILE, METRICS_FILE, Record


def a_step(number: int, loss: float) -> Step:
    return Step(step=number, epoch=number / 10, loss=loss, lr=0.1, images_per_s=5.0, memory_bytes=0)


def an_epoch(number: int, part: str, loss: float) -> Epoch:
    f1 = 0.5 if part == "val" else None
    return Epoch(epoch=number, stage=0, part=part, n=4, loss=loss, accuracy=0.5, macro_f1=f1, seconds=1.0, lr=0.1)  # type: ignore[arg-type]


def clock(*times: float) -> Callable[[], float]:
    left = iter(times)
    return lambda: next(left)


def rows(folder: Path) -> list[tuple[str, str, str, str]]:
    with (folder / EPOCHS_FILE).open(newline="") as table:
        return [(row["epoch"], row["part"], row["loss"], row["macro_f1"]) for row in csv.DictReader(table)]


def test_steps_are_told_seldom_and_then_as_the_mean_since(tmp_path: Path) -> None:
    heard: list[AnyEvent] = []
    with Record(tmp_path, heard.append, append=False, now=clock(0.0, 0.01, 0.02, 0.06)) as record:
        for number, loss in enumerate((4.0, 3.0, 2.0, 1.0), start=1):
            record.tell(a_step(number, loss))
    assert [(event.step, event.loss) for event in heard if isinstance(event, Step)] == [(1, 4.0), (4, 2.0)]
    lines = (tmp_path / METRICS_FILE).read_bytes().splitlines()
    assert [decode(line).loss for line in lines] == [4.0, 3.0, 2.0, 1.0]  # type: ignore[union-attr]


def test_a_record_goes_on_where_a_crash_cut_it_short(tmp_path: Path) -> None:
    with Record(tmp_path, lambda event: None, append=False) as record:
        for number in (1, 2):
            record.tell(an_epoch(number, "train", 2.0))
            record.tell(an_epoch(number, "val", 1.0))
    with (tmp_path / METRICS_FILE).open("ab") as file:
        file.write(b'{"event":"Ste')
    with Record(tmp_path, lambda event: None, append=True) as record:
        record.tell(a_step(9, 1.5))
        for number in (2, 3):
            record.tell(an_epoch(number, "train", 0.5))
            record.tell(an_epoch(number, "val", 0.25))
    events = [decode(line) for line in (tmp_path / METRICS_FILE).read_bytes().splitlines()]
    assert [type(event) for event in events] == [Epoch] * 4 + [Step] + [Epoch] * 4
    assert rows(tmp_path) == [
        ("1", "train", "2.0", ""),
        ("1", "val", "1.0", "0.5"),
        ("2", "train", "0.5", ""),
        ("2", "val", "0.25", "0.5"),
        ("3", "train", "0.5", ""),
        ("3", "val", "0.25", "0.5"),
    ], "a repeated epoch stands there once, as it was last"


def test_the_table_alone_gives_the_curves(tmp_path: Path) -> None:
    with Record(tmp_path, lambda event: None, append=False) as record:
        record.tell(an_epoch(1, "train", 2.0))
        record.tell(an_epoch(1, "val", 1.0))
    (tmp_path / METRICS_FILE).unlink()
    [row] = read_curves(tmp_path).rows()
    assert (row.train_loss, row.val_loss, row.val_macro_f1) == (2.0, 1.0, 0.5)


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        Record(tmp_path / "gone", lambda event: None, append=True)
