"""What a training tells: every step into a file that stays readable after a crash, and a summary to whoever listens."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from engine.base.errors import StorageError
from engine.base.events import AnyEvent, Checkpointed, Emit, Epoch, NetworkReady, Step, encode
from engine.base.meter import MIN_GAP_SECONDS

METRICS_FILE = "metrics.jsonl"


class Record:
    """Takes the events of a training; `Step`s reach the listener at most twenty times a second.

    Use it as a context.

    Args:
        append: go on with the file that is there; lines after a crash may be repeated, readers replace them.
    Raises:
        StorageError: the file cannot be written.
    """

    def __init__(self, folder: Path, emit: Emit, *, append: bool) -> None:
        self._emit = emit
        self._path = folder / METRICS_FILE
        self._last_step = float("-inf")
        try:
            self._file: BinaryIO = self._path.open("ab" if append else "wb")
            if append and self._file.tell():
                # A line that a crash cut short ends here.
                self._file.write(b"\n")
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
        """The event is in the file if it is a number of the training, and told if it is time."""
        if isinstance(event, Step | Epoch | NetworkReady | Checkpointed):
            try:
                self._file.write(encode(event) + b"\n")
                self._file.flush()
            except OSError as error:
                raise _refused(self._path, error) from error
        if isinstance(event, Step):
            now = time.monotonic()
            if now - self._last_step < MIN_GAP_SECONDS:
                return
            self._last_step = now
        self._emit(event)


def _refused(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path.name} could not be written.",
        safe="Your photos and labels are unchanged.",
        advice="Check that the disk with the project is connected and has free space, then go on with the run.",
        details=repr(error),
    )
