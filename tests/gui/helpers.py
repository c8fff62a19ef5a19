"""Small things that tests of the window need: drawn photos, drops, waiting for quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from PIL import Image, ImageDraw
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from engine.base.ids import ClassId, PhotoId
from engine.project.project import Project
from engine.store.rows import ClassRow, PhotoRow
from gui.app import Application
from gui.core.throttle import Throttle

T = TypeVar("T")
COLOURS = ("#3060c0", "#c06030", "#30a060", "#a03080", "#808020")


def draw_photo(path: Path, number: int, *, colour: str = "#3060c0") -> Path:
    """A small JPEG that differs from every other number's."""
    image = Image.new("RGB", (64, 48), "#dde0e4")
    draw = ImageDraw.Draw(image)
    draw.ellipse((8 + number % 20, 10, 40 + number % 20, 36), fill=colour)
    for bit in range(12):
        draw.rectangle((bit * 5, 44, bit * 5 + 4, 47), fill="#000000" if number >> bit & 1 else "#ffffff")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, quality=90)
    return path


def draw_classes(root: Path, sizes: Mapping[str, int], *, start: int = 0) -> Path:
    """A folder of class folders."""
    number = start
    for at, (name, n) in enumerate(sizes.items()):
        for _ in range(n):
            draw_photo(root / name / f"{number:04}.jpg", number, colour=COLOURS[at % len(COLOURS)])
            number += 1
    return root


def uri_list(*paths: Path | bytes) -> QMimeData:
    """What a file manager puts into a drag: percent-encoded bytes."""
    raw = (path if isinstance(path, bytes) else str(path).encode() for path in paths)
    mime = QMimeData()
    mime.setData("text/uri-list", b"".join(b"file://" + quote(path, safe="/").encode() + b"\r\n" for path in raw))
    return mime


def drop(widget: QWidget, mime: QMimeData, at: QPoint | None = None) -> None:
    """The drag enters the widget and is dropped there, as Qt would deliver it."""
    where = QPointF(at or widget.rect().center())
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where.toPoint(), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(where, Qt.DropAction.CopyAction, mime, buttons, keys))


def wait_quiet(qtbot: QtBot, application: Application) -> None:
    """Nothing runs, nothing is being asked of the project, and nothing waits to be asked."""
    store, jobs = application.session.store, application.session.jobs

    def waits() -> bool:
        return any(one.is_waiting() for one in application.window.findChildren(Throttle))

    qtbot.waitUntil(lambda: not jobs.active() and not store.is_busy() and not waits(), timeout=20_000)


def asked(qtbot: QtBot, application: Application, question: Callable[[Project], T]) -> T:
    """What the open project answers."""
    future = application.session.store.ask(question)
    qtbot.waitUntil(future.done, timeout=10_000)
    return future.result()


def open_dialog(qtbot: QtBot, kind: type[QDialog]) -> QDialog:
    """The dialog of that kind, as soon as it is on the screen."""

    def found() -> list[QDialog]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    qtbot.waitUntil(lambda: bool(found()), timeout=10_000)
    return found()[0]


def photo_row(photo_id: int, **facts: object) -> PhotoRow:
    """A row as the project would give it."""
    usual: dict[str, object] = {
        "id": PhotoId(photo_id),
        "path": b"/photos/%d.jpg" % photo_id,
        "shown": f"photos/{photo_id}.jpg",
        "sha256": photo_id.to_bytes(32, "big"),
        "n_bytes": 1000,
        "width": 64,
        "height": 48,
        "status": "ok",
        "problem": "",
        "state": "unlabelled",
        "class_id": None,
    }
    return PhotoRow(**{**usual, **facts})  # type: ignore[arg-type]


def class_row(class_id: int, name: str, *, key: str = "", n_photos: int = 0) -> ClassRow:
    """A class as the project would give it."""
    return ClassRow(id=ClassId(class_id), uuid=f"u{class_id}", name=name, colour="#4477aa", key=key, n_photos=n_photos)


def texts(widgets: Iterable[QWidget]) -> list[str]:
    """What labels and buttons say."""
    return [widget.text() for widget in widgets if hasattr(widget, "text")]
