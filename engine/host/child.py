"""Running jobs in a child process, and what to do when it stops, hangs or dies."""

from __future__ import annotations

import collections
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from typing import IO

import msgspec

from engine.base.events import AnyEvent, Emit, Ended, Notice, Started, decode
from engine.base.stop import StopToken
from engine.host.launch import worker_argv, worker_environment
from engine.host.protocol import MAX_LINE_BYTES, Command, Pause, Start, Stop, encode_command
from engine.jobs.spec import AnySpec, ImportSpec
from engine.jobs.table import title_of

# A job checks for a stop between small pieces of work; one that has not answered after this long is hung.
STOP_SECONDS = 10.0
TERMINATE_SECONDS = 3.0
# Each file that kills the reader costs two tries; a folder with more of them than this needs a person.
IMPORT_TRIES = 9
_POLL_SECONDS = 0.05
_N_STDERR_LINES = 60


class ResidentRunner:
    """Keeps one worker process between jobs, so that imports and models stay warm. One job at a time."""

    def __init__(
        self,
        *,
        argv: list[str] | None = None,
        stop_seconds: float = STOP_SECONDS,
        nice: int = 0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`environment`: what the child's differs in from this process's."""
        self._environment = dict(environment or {})
        self._argv = argv or worker_argv()
        self._stop_seconds = stop_seconds
        self._nice = nice
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: collections.deque[str] = collections.deque(maxlen=_N_STDERR_LINES)
        self._stderr_reader: threading.Thread | None = None

    def run(self, spec: AnySpec, on_event: Emit, stop: StopToken) -> Ended:
        """Carry out the job in the child. Blocks; events arrive on this thread; returns the job's `Ended`.

        A child that dies without `Ended` gives `Ended(crashed)` with the last lines it wrote to stderr. A child that
        does not end within the deadline after a stop is terminated, then killed, and counts as cancelled. An import
        that crashes is begun again: it knows which file was to blame, and sets it aside after the second time.
        """
        n_tries = IMPORT_TRIES if isinstance(spec, ImportSpec) and spec.flight_file is not None else 1
        hear = on_event
        for left in reversed(range(n_tries)):
            ended = self._run_once(spec, hear, stop)
            if ended.reason != "crashed" or not left or stop.is_set():
                break
            on_event(Notice(level="warning", text="A file stopped the reading of photos; it is read again without it."))
            hear = _without_start(on_event)
        on_event(ended)
        return ended

    def _run_once(self, spec: AnySpec, on_event: Emit, stop: StopToken) -> Ended:
        """As `run`, once; the `Ended` is returned and not told."""
        process = self._ready_process()
        assert process.stdin is not None
        assert process.stdout is not None
        job_over = threading.Event()
        watcher = threading.Thread(
            target=self._watch_stop,
            args=(process, stop, job_over),
            name="stop",
            daemon=True,
        )
        try:
            process.stdin.write(encode_command(Start(spec=spec)))
            process.stdin.flush()
        except OSError:
            return self._died(spec, stop, on_event, started=False)
        watcher.start()
        try:
            return self._relay(spec, process.stdout, on_event, stop)
        finally:
            job_over.set()
            watcher.join()

    def close(self) -> None:
        """The child is gone when this returns; calling it again does nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(timeout=TERMINATE_SECONDS + 1)
        except subprocess.TimeoutExpired:
            _signal_group(process, signal.SIGKILL)
            process.wait()
        self._drop(process)

    def _ready_process(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        if self._process is not None:
            self._drop(self._process)
        self._stderr.clear()
        self._process = subprocess.Popen(
            [
                *(["nice", "-n", str(self._nice)] if self._nice and os.name == "posix" else []),
                *self._argv,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**worker_environment(), **self._environment},
            start_new_session=True,  # a group of its own, so that helpers it starts can be ended with it
        )
        self._stderr_reader = threading.Thread(target=self._read_stderr, args=(self._process.stderr,), daemon=True)
        self._stderr_reader.start()
        return self._process

    def _relay(self, spec: AnySpec, stdout: IO[bytes], on_event: Emit, stop: StopToken) -> Ended:
        started = False
        while line := stdout.readline(MAX_LINE_BYTES):
            event = _decode(line)
            if event is None:
                continue
            if isinstance(event, Ended):
                return event
            started = started or isinstance(event, Started)
            on_event(event)
        return self._died(spec, stop, on_event, started=started)

    def _died(self, spec: AnySpec, stop: StopToken, on_event: Emit, *, started: bool) -> Ended:
        process, self._process = self._process, None
        code = None
        if process is not None:
            code = process.wait()
            self._drop(process)
        if not started:
            on_event(Started(job=type(spec).__name__, title=title_of(spec)))
        if stop.is_set():
            return Ended(reason="cancelled")
        return Ended(
            reason="crashed",
            user_text=f"{title_of(spec)} ended unexpectedly. Your photos and labels are unchanged.",
            advice="Try again. If it happens again, copy the details and send them to the makers.",
            details=f"exit status {code}\n" + "\n".join(self._stderr),
            error_code="crash",
        )

    def _watch_stop(
        self,
        process: subprocess.Popen[bytes],
        stop: StopToken,
        job_over: threading.Event,
    ) -> None:
        """Passes pauses and a stop on to the child, and makes the stop true if the child does not."""
        paused = False
        while not stop.is_set():
            if job_over.wait(_POLL_SECONDS):
                return
            if stop.is_paused() != paused:
                paused = not paused
                _send(process, Pause(on=paused))
        _send(process, Stop())
        if job_over.wait(self._stop_seconds):
            return
        _signal_group(process, signal.SIGTERM)
        if job_over.wait(TERMINATE_SECONDS):
            return
        _signal_group(process, signal.SIGKILL)

    def _read_stderr(self, stream: IO[bytes]) -> None:
        for line in stream:
            self._stderr.append(line.decode("utf-8", "replace").rstrip())

    def _drop(self, process: subprocess.Popen[bytes]) -> None:
        if self._stderr_reader is not None:
            self._stderr_reader.join(timeout=1.0)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class ChildRunner:
    """A fresh process for each job: whatever the job does to its process ends with it."""

    def __init__(
        self,
        *,
        argv: list[str] | None = None,
        stop_seconds: float = STOP_SECONDS,
        nice: int = 0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`environment`: what the child's differs in from this process's."""
        self._environment = environment
        self._argv = argv
        self._stop_seconds = stop_seconds
        self._nice = nice

    def run(self, spec: AnySpec, on_event: Emit, stop: StopToken) -> Ended:
        """As `ResidentRunner.run`, with a process that lives for this job only."""
        runner = ResidentRunner(
            argv=self._argv, stop_seconds=self._stop_seconds, nice=self._nice, environment=self._environment
        )
        try:
            return runner.run(spec, on_event, stop)
        finally:
            runner.close()

    def close(self) -> None:
        """Nothing is kept between jobs."""


def _decode(line: bytes) -> AnyEvent | None:
    """The event, or None for a line that is none (a library that wrote to the pipe behind our back)."""
    try:
        return decode(line)
    except msgspec.DecodeError:
        return None


def _without_start(emit: Emit) -> Emit:
    """`emit`, but for `Started`: a job that is begun again has started already."""

    def hear(event: AnyEvent) -> None:
        if not isinstance(event, Started):
            emit(event)

    return hear


def _send(process: subprocess.Popen[bytes], command: Command) -> None:
    assert process.stdin is not None
    # A child that has died meanwhile is found out by whoever reads from it.
    with contextlib.suppress(OSError):
        process.stdin.write(encode_command(command))
        process.stdin.flush()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.kill()
