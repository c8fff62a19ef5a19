"""All that is known of how one training goes or went: its curves, its log, and where it stands now."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.events import Checkpointed, Ended, Epoch, NetworkReady, Paused, Step
from engine.base.ids import RunId
from engine.insight.curves import Curves
from gui.core.run_log import LogRow, RunLog

Stand = Literal["waiting", "running", "pausing", "paused", "stopping", "ended"]


class RunRecord(QObject):
    """A training under way takes its job's events with `take`; one of the past is given as curves and log.

    Signals:
        grew: the curves or the numbers beside them have changed; comes with every step, so listeners throttle.
        logged: `LogRow` that was added to `log`.
        stand_changed: `stand` is another one.
    """

    grew = Signal()
    logged = Signal(object)
    stand_changed = Signal()

    def __init__(
        self,
        run_id: RunId,
        name: str,
        *,
        curves: Curves | None = None,
        log: Sequence[LogRow] = (),
        stand: Stand = "waiting",
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.run_id = run_id
        self.name = name
        self.curves = curves or Curves()
        self.log = list(log)
        self.stand: Stand = stand
        self.step: Step | None = None
        self._clock = clock
        self._began = clock()
        self._words = RunLog()

    @property
    def network(self) -> NetworkReady | None:
        """What learns, once that is known; None for a training that has no steps."""
        return self.curves.network

    def is_drawable(self) -> bool:
        """Whether there are curves, or will be."""
        return self.network is not None or not self.curves.is_empty()

    @Slot(object)
    def take(self, event: object) -> None:
        """One more event of the job."""
        row = self._words.row_of(event, self._clock() - self._began)
        if row is not None:
            self.log.append(row)
            self.logged.emit(row)
        if isinstance(event, Step):
            self.step = event
        self._move_on(event)
        if self.curves.add(event) or isinstance(event, Epoch | Checkpointed):
            self.grew.emit()

    def set_stand(self, stand: Stand) -> None:
        """The training stands so; what was asked for (`pausing`, `stopping`) counts until it is true."""
        if stand != self.stand and self.stand != "ended":
            self.stand = stand
            self.stand_changed.emit()

    def _move_on(self, event: object) -> None:
        if isinstance(event, Ended):
            self.set_stand("ended")
        elif self.stand == "stopping":
            return
        elif isinstance(event, Paused):
            self.set_stand("paused" if event.on else "running")
        elif self.stand == "waiting":
            self.set_stand("running")
