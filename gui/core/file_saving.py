"""Writing a file on a pool thread, so that a slow disk does not hold the window up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from engine.base.errors import AppError
from engine.base.files import atomic_write


class FileSaver(QObject):
    """`saved` carries the path of each file that was written, `failed` an `AppError`; both in the GUI thread."""

    saved = Signal(object)
    failed = Signal(object)

    def save(self, path: Path, make: Callable[[], bytes]) -> None:
        """The file is on its way; `make` gives its contents and is called on the other thread."""
        task = _SaveTask(path, make)
        task.told.saved.connect(self.saved)
        task.told.failed.connect(self.failed)
        QThreadPool.globalInstance().start(task)


class _Told(QObject):
    """Lives as long as the writing, whatever becomes of whoever asked for it."""

    saved = Signal(object)
    failed = Signal(object)


class _SaveTask(QRunnable):
    def __init__(self, path: Path, make: Callable[[], bytes]) -> None:
        super().__init__()
        self.told = _Told()
        self._path = path
        self._make = make

    def run(self) -> None:
        try:
            atomic_write(self._path, self._make())
        except AppError as error:
            self.told.failed.emit(error)
        else:
            self.told.saved.emit(self._path)
