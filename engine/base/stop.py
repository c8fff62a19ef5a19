"""A request to stop that a job checks between two small pieces of work."""

from __future__ import annotations

import threading

from engine.base.errors import Stopped


class StopToken:
    """Set from any thread, read by the job; once set it stays set."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def request(self) -> None:
        """From now on `is_set` is true and `raise_if_set` raises."""
        self._event.set()

    def is_set(self) -> bool:
        """Whether a stop was requested."""
        return self._event.is_set()

    def raise_if_set(self) -> None:
        """Do nothing, or raise `Stopped` if a stop was requested."""
        if self._event.is_set():
            raise Stopped
