"""Which files were being decoded when the process died: a file that kills the decoder twice is left alone.

The flight file has one fixed slot per thread, holding the path of the file that thread is decoding. A process that ends
in an orderly way, even when stopped, removes it. Whatever a dead process left in it gets a strike; strikes are kept
beside it (suffix `.strikes`) with the file's size and time, so that a repaired file starts anew.
"""

from __future__ import annotations

import logging
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from engine.base.errors import StorageError
from engine.base.files import atomic_write

MAX_STRIKES = 2
# Linux opens no longer path; one that is longer cannot be in flight.
_MAX_PATH = 4096
# Length of the path, size and modification time of the file; the path follows.
_HEAD = struct.Struct("<Iqq")
_SLOT_BYTES = _HEAD.size + _MAX_PATH

_log = logging.getLogger(__name__)


class Struck(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A file that was being decoded when a process died, as it was then."""

    path: bytes
    n_bytes: int
    mtime_ns: int
    strikes: int


class FlightLog:
    """Notes what is in flight and knows what crashed before. Usable from several threads, one slot each.

    Args:
        path: the flight file; None: nothing is noted and nothing is known.
        n_slots: number of threads.

    A log that cannot be written (full or read-only disk) is done without: it protects from rare files only.
    """

    def __init__(self, path: Path | None, n_slots: int) -> None:
        self._path = path
        self._fd = -1
        self._lock = threading.Lock()
        self._free = list(range(n_slots))
        self._struck: dict[bytes, Struck] = {}
        if path is None:
            return
        self._struck = _read_strikes(path)
        left_over = _read_left_over(path)
        try:
            if left_over:
                self._strike(left_over)
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            # Written, not mapped: a map into a full disk's hole kills the process.
            os.pwrite(self._fd, bytes(_SLOT_BYTES * n_slots), 0)
        except (OSError, StorageError) as error:
            _log.warning("import goes on without a flight log: %r", error)

    def strikes(self, path: bytes, n_bytes: int, mtime_ns: int) -> int:
        """How often a process died while this very file was in flight."""
        struck = self._struck.get(path)
        return struck.strikes if struck and (struck.n_bytes, struck.mtime_ns) == (n_bytes, mtime_ns) else 0

    @contextmanager
    def slot(self) -> Iterator[int]:
        """A slot for the calling thread, for one file after another."""
        number = self._free.pop()
        try:
            yield number
        finally:
            self.note(number, b"")
            self._free.append(number)

    def note(self, slot: int, path: bytes, n_bytes: int = 0, mtime_ns: int = 0) -> None:
        """`path`, of this size and time, is now being decoded in this slot; an empty path: nothing is."""
        if len(path) > _MAX_PATH:
            return
        # Locked: the number of a closed file may belong to another one a moment later.
        with self._lock:
            if self._fd < 0:
                return
            try:
                os.pwrite(self._fd, _HEAD.pack(len(path), n_bytes, mtime_ns) + path, slot * _SLOT_BYTES)
            except OSError as error:
                _log.warning("flight log could not be written: %r", error)

    def forgive(self, path: bytes) -> None:
        """The file was decoded alone and did no harm: it was only near when another one crashed."""
        if self._struck.pop(path, None) is not None:
            self._save()

    def close(self) -> None:
        """Nothing is in flight any more; no strike will come of this process."""
        with self._lock:
            if self._path is None or self._fd < 0:
                return
            os.close(self._fd)
            self._fd = -1
            self._path.unlink(missing_ok=True)

    def _strike(self, left_over: list[Struck]) -> None:
        for file in left_over:
            strikes = self.strikes(file.path, file.n_bytes, file.mtime_ns) + file.strikes
            self._struck[file.path] = msgspec.structs.replace(file, strikes=min(strikes, MAX_STRIKES))
        self._save()

    def _save(self) -> None:
        if self._path is not None:
            atomic_write(_strikes_file(self._path), msgspec.msgpack.encode(tuple(self._struck.values())))


def _strikes_file(path: Path) -> Path:
    return path.with_name(path.name + ".strikes")


def _read_strikes(path: Path) -> dict[bytes, Struck]:
    try:
        known = msgspec.msgpack.decode(_strikes_file(path).read_bytes(), type=tuple[Struck, ...])
    except (OSError, msgspec.DecodeError):
        return {}
    return {struck.path: struck for struck in known}


def _read_left_over(path: Path) -> list[Struck]:
    """The files a dead process has left in its slots, one strike each; damaged slots are passed over."""
    try:
        content = path.read_bytes()
    except OSError:
        return []
    files = []
    for begin in range(0, len(content) - _HEAD.size, _SLOT_BYTES):
        length, n_bytes, mtime_ns = _HEAD.unpack_from(content, begin)
        if 0 < length <= _MAX_PATH:
            name = content[begin + _HEAD.size : begin + _HEAD.size + length]
            files.append(Struck(path=name, n_bytes=n_bytes, mtime_ns=mtime_ns, strikes=1))
    return files
