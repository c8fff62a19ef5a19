"""Starts the processes of a training through torchrun, passes requests on to them, and tells how they ended."""

from __future__ import annotations

import collections
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import IO

import msgspec
import torch

from engine.base.errors import AppError, Stopped, UserError
from engine.base.events import AnyEvent, Emit, Ended, decode
from engine.base.files import atomic_write
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.jobs.spec import TrainSpec, encode

RANKS_FILE = "ranks.json"
PAUSE, RESUME, STOP = b"pause\n", b"resume\n", b"stop\n"
# Variables of torchrun that say which machines train together; without them it is this one alone.
JOINING = ("PET_NNODES", "PET_RDZV_ENDPOINT", "PET_MASTER_ADDR")
_POLL_SECONDS = 0.05
_END_SECONDS = 5.0
_N_STDERR_LINES = 80


class RanksFailed(AppError):
    """What one of the processes ended with."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended.user_text, advice=ended.advice, details=ended.details)
        self.code = ended.error_code


def n_processes(wanted: int) -> int:
    """How many processes train here: as many as wanted, or for 0 one for each CUDA device, one without.

    Raises:
        UserError: there are CUDA devices and fewer than that.
    """
    n_devices = torch.cuda.device_count() if torch.cuda.is_available() else 0
    # An installed app has no Python that torchrun could start.
    frozen = bool(getattr(sys, "frozen", False))
    n = wanted or (1 if frozen else max(1, n_devices))
    if n > 1 and frozen:
        raise UserError("The installed app trains in one process.", advice="Choose one process.")
    if n_devices and n > n_devices:
        raise UserError(
            f"{n} processes cannot train here: there are {n_devices} GPUs.",
            safe="Nothing was trained.",
            advice=f"Choose {n_devices} processes at most; each takes a GPU of its own.",
        )
    return n


def joins_machines() -> bool:
    """Whether the environment names machines that train together, as torchrun understands it."""
    return any(name in os.environ for name in JOINING)


def launch(spec: TrainSpec, n: int, emit: Emit, stop: StopToken) -> None:
    """`n` processes here carry out the training; events of number 0 are told, a pause and a stop passed on.

    Raises:
        Stopped: on request; the run folder then holds a checkpoint to go on from.
        RanksFailed: a process refused or failed. UserError: one of them died.
    """
    path = to_path(spec.run_folder) / RANKS_FILE
    atomic_write(path, encode(msgspec.structs.replace(spec, processes=n)))
    process = subprocess.Popen(
        [*_torchrun(n), "-m", "engine.jobs.train_rank", os.fspath(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(n),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    said: collections.deque[str] = collections.deque(maxlen=_N_STDERR_LINES)
    over = threading.Event()
    threads = [
        threading.Thread(target=_pass_on, args=(process.stdin, stop, over), name="requests", daemon=True),
        threading.Thread(target=_collect, args=(process.stderr, said), name="stderr", daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        ended = _relay(process.stdout, emit)
        process.wait()
    finally:
        over.set()
        _end(process)
        for thread in threads:
            thread.join()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                stream.close()
        path.unlink(missing_ok=True)
    _judge(ended, process.returncode, n, said)


def _torchrun(n: int) -> list[str]:
    argv = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(n)]
    # Named so, because this machine's own name may lead nowhere without a network.
    return argv if joins_machines() else [*argv, "--standalone", "--local-addr", "127.0.0.1"]


def _environment(n: int) -> Mapping[str, str]:
    threads = {"OMP_NUM_THREADS": str(max(1, torch.get_num_threads() // n))}
    found = {**os.environ, **threads, "PYTHONUNBUFFERED": "1"}
    if sys.platform == "linux" and not joins_machines():
        found.setdefault("GLOO_SOCKET_IFNAME", "lo")
    return found


def _relay(stdout: IO[bytes], emit: Emit) -> Ended | None:
    """The first `Ended` that a process told; None if they went without."""
    ended: Ended | None = None
    for event in _events(stdout):
        if isinstance(event, Ended):
            ended = ended or event
        else:
            emit(event)
    return ended


def _events(stdout: IO[bytes]) -> Iterator[AnyEvent]:
    for line in stdout:
        with contextlib.suppress(msgspec.DecodeError):
            yield decode(line)


def _judge(ended: Ended | None, status: int, n: int, said: collections.deque[str]) -> None:
    if ended is not None and ended.reason == "cancelled":
        raise Stopped
    if ended is not None and ended.reason == "failed":
        raise RanksFailed(ended)
    # Once the results are there, it does not matter how the others left.
    if ended is None:
        raise UserError(
            f"One of the {n} processes that train together ended unexpectedly.",
            safe="What was learned up to the last checkpoint is kept, your photos and labels are unchanged.",
            advice="Go on with the run; it may go on with another number of processes.",
            details=f"exit status {status}\n" + "\n".join(said),
        )


def _pass_on(stdin: IO[bytes], stop: StopToken, over: threading.Event) -> None:
    paused = False
    # A process that has died meanwhile is found out by whoever reads from it.
    with contextlib.suppress(OSError, ValueError):
        while not over.wait(_POLL_SECONDS):
            if stop.is_set():
                stdin.write(STOP)
                stdin.flush()
                return
            if stop.is_paused() != paused:
                paused = not paused
                stdin.write(PAUSE if paused else RESUME)
                stdin.flush()


def _collect(stderr: IO[bytes], said: collections.deque[str]) -> None:
    for line in stderr:
        said.append(line.decode("utf-8", "replace").rstrip())


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of it runs any more; torchrun, when it is ended, ends those it has started."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
