"""Loading pyqtgraph, which takes more than half a second, on another thread while the window goes on."""

from __future__ import annotations

import importlib
import sys

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

NAME = "pyqtgraph"


class PlotLibrary(QObject):
    """`ready` is emitted in the GUI thread once plots can be made without waiting."""

    ready = Signal()

    @staticmethod
    def is_loaded() -> bool:
        """Whether importing it costs nothing any more."""
        return getattr(sys.modules.get(NAME), "PlotItem", None) is not None

    def load(self) -> None:
        """The loading begins; `ready` follows."""
        QThreadPool.globalInstance().start(_Import(self))


class _Done(QObject):
    """Lives as long as the import, whatever becomes of whoever asked for it."""

    done = Signal()


class _Import(QRunnable):
    def __init__(self, library: PlotLibrary) -> None:
        super().__init__()
        self._told = _Done()
        self._told.done.connect(library.ready)

    def run(self) -> None:
        importlib.import_module(NAME)
        self._told.done.emit()
