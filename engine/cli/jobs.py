"""Running a job from the command line: in a child process, with progress, stopped by Ctrl-C without loss."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from engine.base.errors import AppError
from engine.base.events import AnyEvent, Emit, Ended
from engine.base.stop import StopToken
from engine.cli.output import Progress
from engine.host.child import ChildRunner
from engine.jobs.spec import AnySpec


class JobFailed(AppError):
    """A job ended without finishing."""

    code = "job"

    def __init__(self, ended: Ended) -> None:
        what = "Stopped." if ended.reason == "cancelled" else ended.user_text
        super().__init__(what, advice=ended.advice, details=ended.details)
        self.ended = ended


def run_job(
    spec: AnySpec,
    on_event: Emit | None = None,
    *,
    stop: StopToken | None = None,
    environment: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> Ended:
    """Carry out the job in a child process; returns its `Ended` whatever the reason.

    Args:
        stop: what asks the job to stop; None: Ctrl-C does. environment: what the child's differs in from this
            process's. quiet: progress is not shown; for jobs beside others.
    """
    progress = Progress()

    def show(event: AnyEvent) -> None:
        if on_event is not None:
            on_event(event)
        if not quiet:
            progress.show(event)

    runner = ChildRunner() if environment is None else ChildRunner(environment=environment)
    if stop is not None:
        return runner.run(spec, show, stop)
    stop = StopToken()
    with interrupt_requests(stop):
        return runner.run(spec, show, stop)


def finish_job(spec: AnySpec, on_event: Emit | None = None) -> None:
    """Carry out the job.

    Raises:
        JobFailed: it was stopped, failed or crashed.
    """
    ended = run_job(spec, on_event)
    if ended.reason != "finished":
        raise JobFailed(ended)


@contextmanager
def interrupt_requests(stop: StopToken) -> Iterator[None]:
    """Within the block Ctrl-C asks the job to stop instead of killing the program."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: FrameType | None) -> None:
        stop.request()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
