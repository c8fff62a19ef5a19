"""Jobs that misbehave on request, as a worker: `python job_script.py`; the name of the first input file says how."""

import os
import signal
import sys
import time

from engine.base.errors import StorageError, UserError
from engine.base.events import Notice, Paused, Phase
from engine.jobs import table


def run(spec, emit, stop):
    what = spec.roots[0].decode()
    emit(Phase(name=what, done=0, total=0))
    match what:
        case "fine":
            print("a library that prints")
            emit(Notice(level="info", text=str(os.getpid())))
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            print("last words", file=sys.stderr, flush=True)
            os._exit(7)
        case "user-error":
            raise UserError("No.", advice="Do it otherwise.")
        case "storage-error":
            raise StorageError("The disk is full.", safe="Labels are safe.")
        case "bug":
            raise ZeroDivisionError
        case "patient":
            while not stop.is_set():
                time.sleep(0.01)
            stop.raise_if_set()
        case "pausable":
            while not stop.is_set():
                if stop.is_paused():
                    emit(Paused(on=True))
                    stop.wait_while_paused()
                    emit(Paused(on=False))
                time.sleep(0.01)
            stop.raise_if_set()
        case "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)


if __name__ == "__main__":
    from engine.host import worker

    table.job_of = lambda spec: (run, "Test")
    from engine.host import carry_out

    carry_out.job_of = table.job_of
    sys.exit(worker.main())
