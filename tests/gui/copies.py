"""A project with planted copies in the window, and jobs that really look for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent
from engine.base.stop import StopToken
from engine.host.local import LocalRunner
from engine.jobs.spec import AnySpec
from gui.app import Application
from tests.gui.helpers import wait_quiet
from tests.helpers.planted import drawn


def really(spec: AnySpec) -> Sequence[AnyEvent]:
    """A script that does what is asked, in the thread of the job."""
    told: list[AnyEvent] = []
    LocalRunner().run(spec, told.append, StopToken())
    return told[1:]


def draw_copies(root: Path) -> Path:
    """Two classes of four different photos; below are what else is in them.

    carp: a smaller copy of carp 0, a mirrored one of carp 1. pike: a turned copy of carp 2 (a conflict).
    """
    photos = drawn(8, seed=5)
    extra = {
        "carp": [photos[0].resize((150, 110)), photos[1].transpose(Image.Transpose.FLIP_LEFT_RIGHT)],
        "pike": [photos[2].transpose(Image.Transpose.ROTATE_180)],
    }
    for at, name in enumerate(extra):
        (root / name).mkdir(parents=True)
        for n, image in enumerate([*photos[4 * at : 4 * at + 4], *extra[name]]):
            image.save(root / name / f"{n}.png")
    return root


def open_with_copies(qtbot: QtBot, application: Application, tmp_path: Path) -> None:
    """A project of these photos is open."""
    photos = draw_copies(tmp_path / "lake")
    application.window.projects.create(tmp_path / "Lake", (str(photos).encode(),))
    qtbot.waitUntil(lambda: bool(application.session.notices.history), timeout=20_000)
    wait_quiet(qtbot, application)
