"""Cyclic garbage is collected on the GUI thread only.

Python collects on whichever thread happens to allocate; a cycle that holds a widget or a running timer would then be
destroyed on a worker thread, which crashes Qt (docs/decisions; the cure is also pyqtgraph's util.garbage_collector).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

TICK_MS = 1000


class GcGuard(QObject):
    """Switches automatic collection off while it lives and collects by the usual thresholds at each tick."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)
        self._timer.start(TICK_MS)

    @Slot()
    def collect(self) -> None:
        """The oldest generation that is due is collected, with the younger ones."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation] > 0:
                gc.collect(generation)
                return

    def release(self) -> None:
        """Python collects by itself again."""
        self._timer.stop()
        gc.enable()
