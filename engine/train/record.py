"""What a training tells: every step and epoch into files that outlive a crash, a summary to the listener."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec

from engine.base.errors import StorageError
from engine.base.events import (
    Answered,
    AnyEvent,
    Checkpointed,
    Diverged,
    Emit,
    Epoch,
    NetworkReady,
    Step,
    decode,
    encode,
)
from engine.base.files import atomic_write
from engine.base.meter import MIN_GAP_SECONDS

METRICS_FILE = "metrics.jsonl"
EPOCHS_FILE = "epochs.csv"


class Record:
    """Takes the events of a training. `metrics.jsonl` gets a line for each step, epoch, checkpoint and divergence;
    `epochs.csv` a row for each epoch and part. `Step`s reach the listener at most twenty times a second, with the mean
    loss since.

    Use it as a context.

    Args:
        append: go on with the files that are there; lines after a crash may be repeated, readers replace them.
        now: a clock in seconds.
    Raises:
        StorageError: a file cannot be read or written.
    """

    def __init__(self, folder: Path, emit: Emit, *, append: bool, now: Callable[[], float] = time.monotonic) -> None:
        self._emit = emit
        self._now = now
        self._path, self._table = folder / METRICS_FILE, folder / EPOCHS_FILE
        self._told = float("-inf")
        self._losses: list[float] = []
        self._epochs: dict[tuple[int, str], Epoch] = {}
        try:
            if append and self._path.exists():
                self._take_up()
            self._file: BinaryIO = self._path.open("ab" if append else "wb")
        except OSError as error:
            raise _refused(self._path, error) from error

    def __enter__(self) -> Record:
        """The open record."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The file is closed."""
        self._file.close()

    def tell(self, event: AnyEvent) -> None:
        """The event is in the files if it is a number of the training, and told if it is time."""
        if isinstance(event, Step | Epoch | Answered | Diverged | NetworkReady | Checkpointed):
            try:
                self._file.write(encode(event) + b"\n")
                self._file.flush()
            except OSError as error:
                raise _refused(self._path, error) from error
        if isinstance(event, Epoch):
            self._epochs[event.epoch, event.part] = event
            if event.part == "val":
                self._write_table()
        if isinstance(event, Step):
            self._tell_step(event)
            return
        self._emit(event)

    def _tell_step(self, step: Step) -> None:
        self._losses.append(step.loss)
        if (now := self._now()) - self._told < MIN_GAP_SECONDS:
            return
        self._emit(msgspec.structs.replace(step, loss=sum(self._losses) / len(self._losses)))
        self._told = now
        self._losses.clear()

    def _take_up(self) -> None:
        """What an earlier process recorded is known; a line that its end cut short is cut off."""
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            with self._path.open("r+b") as file:
                file.truncate(len(whole))
        for line in whole.splitlines():
            try:
                event = decode(line)
            except msgspec.DecodeError:
                continue
            if isinstance(event, Epoch):
                self._epochs[event.epoch, event.part] = event

    def _write_table(self) -> None:
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(Epoch.__struct_fields__)
        # The csv module leaves None empty.
        table.writerows(msgspec.structs.astuple(self._epochs[key]) for key in sorted(self._epochs))
        atomic_write(self._table, out.getvalue().encode())


def _refused(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path.name} could not be written.",
        safe="Your photos and labels are unchanged.",
        advice="Check that the disk with the project is connected and has free space, then go on with the run.",
        details=repr(error),
    )
