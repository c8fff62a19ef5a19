"""One of the processes that train a network together: `torchrun ... -m engine.jobs.train_rank RANKS_FILE`.

Number 0 tells events on stdout and reads requests from stdin, one line each; whoever fails tells why.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
import traceback
from io import FileIO
from pathlib import Path

import msgspec

from engine.base.errors import AppError, Stopped
from engine.base.events import AnyEvent, Ended, encode
from engine.base.stop import StopToken
from engine.jobs.launch_ranks import PAUSE, RESUME, STOP
from engine.jobs.spec import TrainSpec, decode
from engine.jobs.train_network import learn
from engine.train.ranks import joined

# A training has so long to leave a checkpoint when nobody listens any more.
GRACE_SECONDS = 3.0
_POLL_SECONDS = 0.5
# What is written to a pipe at once, and below this length, is not mixed with what others write.
_MAX_DETAILS = 1500


def main(argv: list[str]) -> int:
    """Train, and tell how it ended; returns the exit status."""
    faulthandler.enable()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    # Whatever a library prints must not mix with the events.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    threading.Thread(target=_die_with_parent, args=(os.getppid(),), name="parent", daemon=True).start()
    spec = decode(Path(argv[1]).read_bytes())
    assert isinstance(spec, TrainSpec)

    def emit(event: AnyEvent) -> None:
        out.write(encode(event) + b"\n")

    stop = StopToken()
    with joined() as ranks:
        first = ranks.rank == 0
        if first:
            # Unbuffered: a buffer that a thread waits at cannot be closed when the process ends.
            requests = FileIO(sys.stdin.fileno(), closefd=False)
            threading.Thread(target=_hear, args=(requests, stop), name="requests", daemon=True).start()
        try:
            learn(spec, emit if first else _silent, stop, ranks)
            ended = Ended(reason="finished")
        except Stopped:
            ended = Ended(reason="cancelled")
        except AppError as error:
            ended = _failed(error)
    # On each machine one process says how it ended, for whoever started it there.
    if os.environ.get("LOCAL_RANK", "0") == "0" or ended.reason == "failed":
        emit(ended)
    return int(ended.reason == "failed")


def _silent(event: AnyEvent) -> None:
    """Number 0 tells what all do."""


def _failed(error: AppError) -> Ended:
    ended = Ended(
        reason="failed",
        user_text=" ".join(part for part in (error.what, error.safe) if part),
        advice=error.advice,
        error_code=error.code,
    )
    return msgspec.structs.replace(ended, details=(error.details or traceback.format_exc())[-_MAX_DETAILS:])


def _hear(stream: FileIO, stop: StopToken) -> None:
    for line in stream:
        if line == STOP:
            stop.request()
        elif line == PAUSE:
            stop.pause()
        elif line == RESUME:
            stop.resume()
    # End of stdin: who started the training is gone.
    stop.request()
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def _die_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
