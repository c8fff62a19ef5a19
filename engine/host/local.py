"""A runner that carries out jobs in the calling thread: for tests, and where a process would be in the way."""

from __future__ import annotations

from engine.base.events import Emit, Ended
from engine.base.stop import StopToken
from engine.host.carry_out import carry_out
from engine.jobs.spec import AnySpec


class LocalRunner:
    """Same interface as `ChildRunner`, without the process."""

    def run(self, spec: AnySpec, on_event: Emit, stop: StopToken) -> Ended:
        """Carry out the job; events arrive on this thread; returns its `Ended`."""
        return carry_out(spec, on_event, stop)

    def close(self) -> None:
        """Nothing to release."""
