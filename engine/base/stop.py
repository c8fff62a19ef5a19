"""Requests to stop or to pause that a job checks between two small pieces of work."""

from __future__ import annotations

import threading

from engine.base.errors import Stopped


class StopToken:
    """Set from any thread, read by the job. A stop stays; a pause can be lifted, and a stop ends it."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._may_go_on = threading.Event()
        self._may_go_on.set()

    def request(self) -> None:
        """From now on `is_set` is true and `raise_if_set` raises."""
        self._event.set()
        self._may_go_on.set()

    def pause(self) -> None:
        """From now on `wait_while_paused` waits; jobs that never call it go on."""
        if not self._event.is_set():
            self._may_go_on.clear()

    def resume(self) -> None:
        """A pause is over."""
        self._may_go_on.set()

    def is_paused(self) -> bool:
        """Whether a pause was requested and not lifted."""
        return not self._may_go_on.is_set()

    def wait_while_paused(self) -> None:
        """Return at once, or when the pause is lifted or a stop is requested."""
        self._may_go_on.wait()

    def is_set(self) -> bool:
        """Whether a stop was requested."""
        return self._event.is_set()

    def raise_if_set(self) -> None:
        """Do nothing, or raise `Stopped` if a stop was requested."""
        if self._event.is_set():
            raise Stopped
