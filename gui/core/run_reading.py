"""Curves and log of runs of the past, read from their folders on a pool thread."""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.base.events import Epoch
from engine.base.ids import RunId
from engine.insight.curve_files import read_events
from engine.insight.curves import Curves
from engine.store.rows import RunRow
from gui.core.pool_work import on_pool
from gui.core.run_log import LogRow, RunLog

KEPT = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """What a run left to look at; `curves` are empty if it was no training of a network."""

    run_id: RunId
    name: str
    curves: Curves
    log: tuple[LogRow, ...]


class RunReader(QObject):
    """`found` carries a `PastRun` for every `read`, in the GUI thread; those of the last runs are kept."""

    found = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[tuple[str, str, str], PastRun] = OrderedDict()

    def read(self, run: RunRow) -> None:
        """The run is read, if it is not still known as it stands; `found` follows, or has come when this returns."""
        known = self._kept.get(_key(run))
        if known is not None:
            self._kept.move_to_end(_key(run))
            self.found.emit(known)
            return
        on_pool(partial(read_past, run), partial(self._take, _key(run)), context=self)

    def forget(self) -> None:
        """Nothing is kept: another project was opened."""
        self._kept.clear()

    def _take(self, key: tuple[str, str, str], found: PastRun) -> None:
        self._kept[key] = found
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.found.emit(found)


def _key(run: RunRow) -> tuple[str, str, str]:
    return run.uuid, run.state, run.ended_at


def read_past(run: RunRow) -> PastRun:
    """Curves and log from a run's folder; the log's times are those of the epochs alone."""
    curves, words, log, seconds = Curves(), RunLog(), list[LogRow](), 0.0
    for event in read_events(Path(os.fsdecode(run.folder))):
        if isinstance(event, Epoch):
            seconds += event.seconds
        row = words.row_of(event, seconds)
        if row is not None:
            log.append(row)
        curves.add(event)
    return PastRun(run_id=run.id, name=run.name, curves=curves, log=tuple(log))
