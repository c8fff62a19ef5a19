"""Calls that come in bursts, carried out at once and then at most once per interval, the last one never lost."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot


class Throttle(QObject):
    """`call` as often as you like; `due` is emitted for the first call and, if more came, after each interval."""

    due = Signal()

    def __init__(self, interval_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._over)

    def set_interval(self, interval_ms: int) -> None:
        """The interval from the next call on."""
        self._timer.setInterval(interval_ms)

    def call(self) -> None:
        """`due` is emitted now, or once when the interval is over."""
        if self._timer.isActive():
            self._again = True
            return
        self._timer.start()
        self.due.emit()

    def is_waiting(self) -> bool:
        """A call has not been carried out yet."""
        return self._again

    @Slot()
    def _over(self) -> None:
        if self._again:
            self._again = False
            self.call()
