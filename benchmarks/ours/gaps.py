"""How smooth the window is while a network trains at full load: gaps between the ticks of a 16 ms timer."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from PySide6.QtCore import QObject, QTimer

from engine.base.events import Step
from engine.data.sample import make_sample
from engine.recipe.presets import FINE_TUNE
from engine.recipe.training_cfg import StageCfg
from gui.app import Application, make_qt_app
from gui.core.settings import Settings
from gui.core.training import TrainingRun

TICK_MS = 16
MEASURED_SECONDS = 20.0


class Measurement(QObject):
    """Opens a sample, trains, and scrolls and labels photos meanwhile; `done` is called with the gaps in ms."""

    def __init__(self, application: Application, work: Path, done: Callable[[list[float]], None]) -> None:
        super().__init__()
        self._application = application
        self._done = done
        self._gaps: list[float] = []
        self._last = 0.0
        self._until = 0.0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        sample = make_sample(work / "photos")
        application.window.projects.create(work / "Reef", (os.fsencode(sample.photos),))
        self._wait_for(lambda: bool(application.session.notices.history), self._train)

    def _wait_for(self, ready: Callable[[], bool], then: Callable[[], None]) -> None:
        if ready():
            then()
        else:
            QTimer.singleShot(50, self, lambda: self._wait_for(ready, then))

    def _train(self) -> None:
        assert FINE_TUNE.training is not None
        training = msgspec.structs.replace(FINE_TUNE.training, stages=(StageCfg(epochs=1000, lr=1e-4),))
        self._run = TrainingRun(self._application.session, msgspec.structs.replace(FINE_TUNE, training=training))
        self._run.began.connect(lambda run_id, job: job.event.connect(self._hear))

    def _hear(self, event: object) -> None:
        if isinstance(event, Step) and not self._timer.isActive():
            self._last = time.perf_counter()
            self._until = self._last + MEASURED_SECONDS
            self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last) * 1000)
        self._last = now
        page = self._application.window.page()
        bar = page.grid.verticalScrollBar()
        bar.setValue((bar.value() + 40) % max(1, bar.maximum()))
        if len(self._gaps) % 30 == 0:
            page.grid.select_ids([page.photos.id_at(len(self._gaps) // 30 % 200)])
            self._application.window.commands.actions["mark_unsure"].trigger()
        if now > self._until:
            self._timer.stop()
            self._done(self._gaps)


def main() -> None:
    """Print the median, the 99th percentile and the largest gap, and how many there were."""
    with tempfile.TemporaryDirectory() as work_name:
        work = Path(work_name)
        settings = Settings(work / "settings.json")
        app = make_qt_app(settings)
        application = Application(app, settings)
        application.window.show()
        found: list[float] = []

        def done(gaps: list[float]) -> None:
            found.extend(gaps)
            # Not quit(): that asks the window, which would ask the user about the training.
            app.exit(0)

        measurement = Measurement(application, work, done)
        QTimer.singleShot(300_000, lambda: app.exit(1))
        app.exec()
        del measurement
        application.shut_down()
    if not found:
        sys.exit("the training did not begin in time")
    p50, p99 = np.percentile(found, [50, 99])
    print(json.dumps({"n": len(found), "p50": p50, "p99": p99, "max": max(found)}))


if __name__ == "__main__":
    main()
