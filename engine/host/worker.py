"""The worker process: reads commands from stdin, carries out one job at a time, writes events to stdout."""

from __future__ import annotations

import faulthandler
import os
import queue
import signal
import sys
import threading
from typing import BinaryIO

from engine.base.events import AnyEvent, encode
from engine.base.stop import StopToken
from engine.host.carry_out import carry_out
from engine.host.protocol import Start, Stop, decode_command
from engine.jobs.spec import AnySpec


class _Inbox:
    """Reads stdin on a thread of its own, so that a stop is seen while a job runs, and its end when the parent dies."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.jobs: queue.Queue[tuple[AnySpec, StopToken] | None] = queue.Queue()
        self._stop = StopToken()
        threading.Thread(target=self._read, name="commands", daemon=True).start()

    def _read(self) -> None:
        for line in self._stream:
            command = decode_command(line)
            if isinstance(command, Start):
                self._stop = StopToken()
                self.jobs.put((command.spec, self._stop))
            elif isinstance(command, Stop):
                self._stop.request()
            elif command.on:
                self._stop.pause()
            else:
                self._stop.resume()
        # End of stdin: the supervisor is gone or wants no more. A job under way is not worth finishing for nobody.
        if self._stop_job_and_wait():
            return
        os._exit(0)

    def _stop_job_and_wait(self) -> bool:
        self._stop.request()
        self.jobs.put(None)
        # The job has this long to leave its files in order; then the process ends, so that nothing outlives the app.
        return _ended.wait(timeout=3.0)


_ended = threading.Event()


def main() -> int:
    """Serve jobs until stdin ends."""
    faulthandler.enable()
    # Ctrl-C in a terminal reaches the whole group; the supervisor decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not mix with the events.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    lock = threading.Lock()

    def emit(event: AnyEvent) -> None:
        with lock:
            out.write(encode(event) + b"\n")
            out.flush()

    inbox = _Inbox(sys.stdin.buffer)
    while (job := inbox.jobs.get()) is not None:
        spec, stop = job
        carry_out(spec, emit, stop)
    _ended.set()
    return 0


if __name__ == "__main__":
    sys.exit(main())
