"""A runner that says what a script says, in milliseconds and without a child process."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

from engine.base.events import AnyEvent, Emit, Ended, Paused, Started
from engine.base.stop import StopToken
from engine.host.local import LocalRunner
from engine.jobs.spec import AnySpec
from gui.core.job_thread import Role, Runner

Script = Callable[[AnySpec], Sequence[AnyEvent]]


class FakeRunner:
    """Emits `Started` and what `script(spec)` gives; the last scripted event may be an `Ended`, else it is `finished`.

    With a `gate` the job runs until the gate is opened or the job is stopped; meanwhile it says what is put into
    `feed`, and pauses as a real one does.
    """

    def __init__(self, script: Script = lambda spec: (), gate: threading.Event | None = None) -> None:
        self.script = script
        self.gate = gate
        self.feed: queue.SimpleQueue[AnyEvent] = queue.SimpleQueue()
        self.specs: list[AnySpec] = []

    def run(self, spec: AnySpec, on_event: Emit, stop: StopToken) -> Ended:
        self.specs.append(spec)
        on_event(Started(job=type(spec).__name__, title="scripted"))
        for event in self.script(spec):
            if isinstance(event, Ended):
                on_event(event)
                return event
            on_event(event)
        return self._wait_at_gate(on_event, stop)

    def _wait_at_gate(self, on_event: Emit, stop: StopToken) -> Ended:
        paused = False
        while self.gate is not None and not self.gate.wait(0.005):
            if stop.is_set():
                return Ended(reason="cancelled")
            if stop.is_paused() != paused:
                paused = not paused
                on_event(Paused(on=paused))
            self._say_fed(on_event)
        self._say_fed(on_event)
        return Ended(reason="finished")

    def _say_fed(self, on_event: Emit) -> None:
        while not self.feed.empty():
            on_event(self.feed.get())

    def close(self) -> None:
        """Nothing is kept."""


class TestRunners:
    """Imports really run, on the job's thread; everything else is scripted."""

    __test__ = False

    def __init__(self) -> None:
        self.scripted = FakeRunner()
        self.importing: Runner = LocalRunner()

    def runner(self, role: Role) -> Runner:
        return self.importing if role == "import" else self.scripted

    def close(self) -> None:
        """Nothing is kept."""
