"""Writing a file on a pool thread, so that a slow disk does not hold the window up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.base.files import atomic_write
from gui.core.pool_work import on_pool


class FileSaver(QObject):
    """`saved` carries the path of each file that was written, `failed` an `AppError`; both in the GUI thread."""

    saved = Signal(object)
    failed = Signal(object)

    def save(self, path: Path, make: Callable[[], bytes]) -> None:
        """The file is on its way; `make` gives its contents and is called on the other thread."""

        def write() -> None:
            atomic_write(path, make())

        on_pool(write, lambda _: self.saved.emit(path), context=self, on_error=self.failed.emit)
