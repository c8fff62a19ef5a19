"""Whoever stops an import has what is in the project by then; nothing that still stands in line comes after."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent, Emit, Ended, FoundPhoto, PhotosFound
from engine.base.stop import StopToken
from engine.jobs.spec import AnySpec
from engine.store.rows import PhotoFilter
from gui.app import Application
from tests.gui.fake_runner import TestRunners
from tests.gui.helpers import wait_quiet


def batch(folder: Path, name: str) -> AnyEvent:
    path = str(folder / name).encode()
    sha = hashlib.sha256(path).digest()
    return PhotosFound(
        rows=(FoundPhoto(path=path, sha256=sha, n_bytes=9, mtime_ns=1, width=4, height=3, format="JPEG"),)
    )


class ReadsOn:
    """Reads one photo, and another one when it is asked to stop, as a reader in the middle of a folder does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, spec: AnySpec, emit: Emit, stop: StopToken) -> Ended:
        emit(batch(self._folder, "first.jpg"))
        while not stop.is_set():
            threading.Event().wait(0.002)
        emit(batch(self._folder, "late.jpg"))
        return Ended(reason="cancelled")

    def close(self) -> None:
        """Nothing is kept."""


def test_what_was_read_after_the_stop_is_left_for_the_next_import(
    qtbot: QtBot, application: Application, runners: TestRunners, tmp_path: Path
) -> None:
    window, session = application.window, application.session
    window.projects.create(tmp_path / "Survey")
    qtbot.waitUntil(lambda: session.project is not None)
    runners.importing = ReadsOn(tmp_path)
    run = window.imports.start((str(tmp_path).encode(),))
    summaries = []
    run.finished.connect(lambda summary, _: summaries.append(summary))
    session.changed.connect(lambda changes: [job.cancel() for job in session.jobs.active()] if changes.photos else None)
    qtbot.waitUntil(lambda: bool(summaries))
    assert summaries[0].added == 1
    wait_quiet(qtbot, application)
    ids = session.store.ask(lambda project: len(project.browse.ids(PhotoFilter())))
    qtbot.waitUntil(ids.done)
    assert ids.result() == 1
    assert "Import stopped: 1 photo added" in session.notices.history[-1].text
