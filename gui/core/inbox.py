"""Events of running jobs, gathered on any thread and handed out in the GUI thread a few milliseconds at a time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Slot

T = TypeVar("T")
TICK_MS = 50
# A frame at 60 Hz lasts 16 ms; half of it may go into events, the rest belongs to drawing.
BUDGET_SECONDS = 0.008


class EventInbox(QObject, Generic[T]):
    """A queue that any thread may `put` into; `take` gets the items in order, in the GUI thread, while it is open."""

    def __init__(self, take: Callable[[T], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._take = take
        self._items: deque[T] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.drain)

    def put(self, item: T) -> None:
        """The item will be taken at a coming tick; safe from every thread."""
        self._items.append(item)

    def open(self) -> None:
        """Ticks begin."""
        self._timer.start()

    def close(self) -> None:
        """Ticks end once the queue is empty."""
        if not self._items:
            self._timer.stop()

    @Slot()
    def drain(self) -> None:
        """Items are taken until the queue is empty or the tick's budget is spent."""
        deadline = time.perf_counter() + BUDGET_SECONDS
        while self._items:
            self._take(self._items.popleft())
            if time.perf_counter() >= deadline:
                return
