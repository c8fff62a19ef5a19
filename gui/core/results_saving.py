"""Saving the table of classified photos on a pool thread, so that a slow disk does not hold the window up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from engine.base.errors import AppError
from engine.base.events import ClassifiedPhoto
from engine.data.results_csv import write_results_csv


class ResultsSaver(QObject):
    """Writes one table; `saved` carries its path, `failed` an `AppError`. Keep it until one of them has come."""

    saved = Signal(object)
    failed = Signal(object)

    def save(self, path: Path, classes: Sequence[str], photos: Sequence[ClassifiedPhoto]) -> None:
        """The writing begins."""
        QThreadPool.globalInstance().start(_SaveTask(self, path, tuple(classes), tuple(photos)))


class _SaveTask(QRunnable):
    def __init__(
        self, saver: ResultsSaver, path: Path, classes: tuple[str, ...], photos: tuple[ClassifiedPhoto, ...]
    ) -> None:
        super().__init__()
        self._saver = saver
        self._work = (path, classes, photos)

    def run(self) -> None:
        path, classes, photos = self._work
        try:
            write_results_csv(path, classes, photos)
        except AppError as error:
            self._saver.failed.emit(error)
        else:
            self._saver.saved.emit(path)
