"""What a run told while it trained, read back from the files in its folder."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.base.events import AnyEvent, Epoch, NetworkReady, decode
from engine.insight.curves import Curves

METRICS_FILE = "metrics.jsonl"
EPOCHS_FILE = "epochs.csv"


def read_events(folder: Path) -> Iterator[AnyEvent]:
    """The events in `metrics.jsonl`, in order; where it has no epochs, those of `epochs.csv` follow.

    Lines that are no events (other kinds of training write other measures, a crash can cut the last line short) are
    passed over, and so are files that are not there or cannot be read.
    """
    has_epochs = False
    for event in _lines(folder / METRICS_FILE):
        has_epochs = has_epochs or isinstance(event, Epoch)
        yield event
    if not has_epochs:
        yield from _rows(folder / EPOCHS_FILE)


def read_curves(folder: Path) -> Curves:
    """The curves a run left in its folder; empty if it left none."""
    found = Curves()
    for event in read_events(folder):
        found.add(event)
    return found


def trained_in(folder: Path) -> str:
    """The way of computing in which the run's network was begun; empty if it trained none."""
    return next((event.variant for event in _lines(folder / METRICS_FILE) if isinstance(event, NetworkReady)), "")


def _lines(path: Path) -> Iterator[AnyEvent]:
    try:
        with path.open("rb") as lines:
            for line in lines:
                try:
                    yield decode(line)
                except msgspec.DecodeError:
                    continue
    except OSError:
        return


def _rows(path: Path) -> Iterator[Epoch]:
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                filled = {name: value or None for name, value in row.items()}
                try:
                    yield msgspec.convert(filled, Epoch, strict=False)
                except msgspec.ValidationError:
                    continue
    except (OSError, UnicodeDecodeError):
        return
