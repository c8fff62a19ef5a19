"""Our side of row P8 in the window: gaps of the event loop, the first thumbnails, and how soon an import stops."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer

from gui.app import Application, make_qt_app
from gui.core.importing import ImportRun
from gui.core.settings import Settings

TICK_MS, LIMIT_MS = 16, 300_000
# Then the import is stopped: long after its beginning, long before its end.
MEASURED_SECONDS = 8.0


class Measurement(QObject):
    """Imports into a new project, ticks meanwhile, stops the import, and ends the event loop."""

    def __init__(self, application: Application, photos: Path, work: Path) -> None:
        super().__init__()
        self._application = application
        self._photos = photos
        self.gaps: list[float] = []
        self.first_thumbnails = self.stopped = float("nan")
        self._begin = self._last = self._asked_to_stop = 0.0
        self._run: ImportRun | None = None
        application.session.thumbs.ready.connect(self._thumb_ready)
        application.session.project_opened.connect(self._import)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        application.window.projects.create(work / "Many")

    def _import(self, _: object) -> None:
        # The page is made when it is first shown; that is no part of importing.
        QTimer.singleShot(500, self, self._start)

    def _start(self) -> None:
        self._begin = self._last = time.perf_counter()
        self._timer.start()
        self._run = self._application.window.imports.start((os.fsencode(self._photos),))
        self._run.finished.connect(self._finished)

    def _thumb_ready(self, _: object) -> None:
        if np.isnan(self.first_thumbnails) and self._begin:
            self.first_thumbnails = time.perf_counter() - self._begin

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now
        if now - self._begin > MEASURED_SECONDS and not self._asked_to_stop:
            self._asked_to_stop = now
            for job in self._application.session.jobs.active():
                job.cancel()

    def _finished(self, *_: object) -> None:
        self.stopped = time.perf_counter() - self._asked_to_stop
        self._timer.stop()
        self._application.window.close()


def main() -> None:
    """Print seconds to the first thumbnails and to the stop, and the gaps in ms."""
    photos, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir()
    settings = Settings(work / "settings.json")
    app = make_qt_app(settings)
    application = Application(app, settings)
    application.window.show()
    measurement = Measurement(application, photos, work)
    QTimer.singleShot(LIMIT_MS, lambda: app.exit(1))
    application.window.closed.connect(lambda: app.exit(0))
    app.exec()
    application.shut_down()
    if np.isnan(measurement.stopped):
        sys.exit("the import did not stop in time")
    result = {
        "first_thumbnails": measurement.first_thumbnails,
        "stopped": measurement.stopped,
        "n": len(measurement.gaps),
        "p50": float(np.percentile(measurement.gaps, 50)),
        "p99": float(np.percentile(measurement.gaps, 99)),
        "max": max(measurement.gaps),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
