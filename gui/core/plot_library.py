"""Loading pyqtgraph, which takes more than half a second, on another thread while the window goes on."""

from __future__ import annotations

import importlib
import sys
from functools import partial

from PySide6.QtCore import QObject, Signal

from gui.core.pool_work import on_pool

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
        on_pool(partial(importlib.import_module, NAME), lambda _: self.ready.emit(), context=self)
