"""Our side of row P11: a project of many photos, opened in the window, and questions asked of it."""

from __future__ import annotations

import hashlib
import json
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from engine.base.events import FoundPhoto, PhotosFound
from engine.project.project import Project
from engine.store.rows import PhotoFilter
from gui.app import Application, make_qt_app
from gui.core.settings import Settings

BATCH, N_CLASSES = 1000, 20
LIMIT_MS = 120_000


def make(folder: Path, n: int) -> Path:
    """A project that knows `n` photos, four fifths of them labelled; their files need not exist to be listed."""
    project = Project.create(folder)
    root = b"/photos"
    session = project.photos.begin_import([root])
    for batch in _batches(root, n):
        project.photos.ingest(PhotosFound(rows=batch), session)
    project.photos.finish_import(session)
    project.close()
    return project.folder


def _batches(root: bytes, n: int) -> Iterator[tuple[FoundPhoto, ...]]:
    for begin in range(0, n, BATCH):
        yield tuple(_photo(root, number) for number in range(begin, min(n, begin + BATCH)))


def _photo(root: bytes, number: int) -> FoundPhoto:
    folder = f"class {number % N_CLASSES}" if number % 5 else ""
    name = f"{folder}/{number:06}.jpg".lstrip("/")
    return FoundPhoto(
        path=root + b"/" + name.encode(),
        sha256=hashlib.sha256(name.encode()).digest(),
        n_bytes=300_000 + number,
        mtime_ns=number,
        width=4000,
        height=3000,
        format="JPEG",
        folder_class=folder or None,
    )


def questions(project: Project) -> dict[str, PhotoFilter]:
    """Lists a person asks for by a click."""
    some = project.browse.classes()[0].id
    return {
        "all": PhotoFilter(),
        "newest first": PhotoFilter(order="newest"),
        "by name": PhotoFilter(order="name"),
        "by class": PhotoFilter(order="class"),
        "one class": PhotoFilter(class_id=some),
        "without label": PhotoFilter(state="unlabelled"),
        "left out": PhotoFilter(state="excluded"),
        "with problems": PhotoFilter(problem_only=True),
        "name contains 999": PhotoFilter(text="999"),
        "a tag": PhotoFilter(tag="night"),
        "among 1,000": PhotoFilter(among=tuple(range(1, 1001))),
    }


def ask_all(folder: Path) -> dict[str, float]:
    """Milliseconds of each question, the best of three."""
    project = Project.open(folder, read_only=True)
    found = {}
    for name, query in questions(project).items():
        times = []
        for _ in range(3):
            begin = time.perf_counter()
            project.browse.ids(query)
            times.append((time.perf_counter() - begin) * 1000)
        found[name] = min(times)
    project.close()
    return found


class Opening(QObject):
    """Opens the project and ends the event loop once all photos are listed and painted."""

    def __init__(self, application: Application, folder: Path, n: int) -> None:
        super().__init__()
        self._application = application
        self._n = n
        self._begin = time.perf_counter()
        self.seconds: float | None = None
        self._timer = QTimer(self, interval=1)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        application.window.projects.open(folder)

    def _look(self) -> None:
        window = self._application.window
        if window.page_key() == "photos" and window.page().photos.rowCount() == self._n:
            self._timer.stop()
            window.grab()
            self.seconds = time.perf_counter() - self._begin
            self._application.window.close()


def main() -> None:
    """Print seconds until the photos are listed, and the times of the questions."""
    scratch, n = Path(sys.argv[1]), int(sys.argv[2])
    folder = make(scratch / "Large", n)
    times = ask_all(folder)
    settings = Settings(scratch / "settings.json")
    app = make_qt_app(settings)
    application = Application(app, settings)
    application.window.show()
    opening = Opening(application, folder, n)
    QTimer.singleShot(LIMIT_MS, lambda: app.exit(1))
    application.window.closed.connect(lambda: app.exit(0))
    app.exec()
    application.shut_down()
    if opening.seconds is None:
        sys.exit("the photos were not listed in time")
    slowest = max(times, key=lambda name: times[name])
    result = {
        "seconds": opening.seconds,
        "n_queries": len(times),
        "slowest": slowest,
        "slowest_ms": times[slowest],
        "median_ms": statistics.median(times.values()),
        "times": {name: round(ms, 1) for name, ms in times.items()},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
