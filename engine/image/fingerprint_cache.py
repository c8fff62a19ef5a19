"""Fingerprints on disk by photo content, so that each photo is read once for all searches; can be deleted at any time.

One file of records of equal length (SHA-256 of the photo, CRC-32 of the fingerprint, the fingerprint) that only grows.
A writer that dies leaves at most a torn tail, which the next one cuts off; a record that fails its checksum is absent.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from engine.base.errors import StorageError
from engine.image.fingerprint import FINGERPRINT_VERSION, N_BYTES

SHA_BYTES = 32
_RECORD = np.dtype([("sha", np.uint8, SHA_BYTES), ("crc", "<u4"), ("fingerprint", np.uint8, N_BYTES)])


class FingerprintCache:
    """The fingerprints kept in a folder; several processes may read and append at once.

    Raises:
        StorageError: the folder cannot be made or read.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"copies-{FINGERPRINT_VERSION}.bin"
        self._row_of: dict[bytes, int] = {}
        self._n_known = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._load()
        except OSError as error:
            raise _refused(error) from error

    def missing(self, shas: Sequence[bytes]) -> list[bytes]:
        """Those of `shas` that have no usable fingerprint here, each once, in order."""
        return [sha for sha in dict.fromkeys(shas) if sha not in self._row_of]

    def read(self, shas: Sequence[bytes]) -> NDArray[np.uint8]:
        """(n, N_BYTES) uint8 fingerprints of contents that are not `missing`.

        Raises:
            KeyError: one is missing.
            StorageError: the disk refused.
        """
        at = np.array([self._row_of[sha] for sha in shas], dtype=np.int64)
        if not len(at):
            return np.zeros((0, N_BYTES), dtype=np.uint8)
        try:
            return np.asarray(self._records()["fingerprint"][at])
        except (OSError, ValueError) as error:
            raise _refused(error) from error

    def append(self, shas: Sequence[bytes], fingerprints: NDArray[np.uint8]) -> None:
        """The (n, N_BYTES) fingerprints are kept under the n contents' names.

        Raises:
            StorageError: the disk refused; what was kept before is intact.
        """
        records = np.zeros(len(shas), dtype=_RECORD)
        records["fingerprint"] = fingerprints
        for at, sha in enumerate(shas):
            records["sha"][at] = np.frombuffer(sha, dtype=np.uint8)
            records["crc"][at] = zlib.crc32(fingerprints[at].tobytes())
        try:
            with FileLock(self._path.with_suffix(".lock")):
                fd = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
                with os.fdopen(fd, "r+b") as file:
                    whole = self._n_whole() * _RECORD.itemsize
                    file.truncate(whole)
                    file.seek(whole)
                    file.write(records.tobytes())
            self._load()
        except OSError as error:
            raise _refused(error) from error

    def _n_whole(self) -> int:
        try:
            return self._path.stat().st_size // _RECORD.itemsize
        except FileNotFoundError:
            return 0

    def _records(self) -> NDArray[np.void]:
        return np.memmap(self._path, dtype=_RECORD, mode="r", shape=(self._n_known,))

    def _load(self) -> None:
        """Take in what any process has appended since; records that fail their checksum are passed over."""
        n_whole, begin = self._n_whole(), self._n_known
        if n_whole < begin:
            # Somebody deleted the cache meanwhile, as is allowed at any time.
            self._row_of, begin = {}, 0
        self._n_known = n_whole
        if n_whole == begin:
            return
        for at, record in enumerate(self._records()[begin:], start=begin):
            if zlib.crc32(record["fingerprint"].tobytes()) == record["crc"]:
                self._row_of[record["sha"].tobytes()] = at


def _refused(error: Exception) -> StorageError:
    return StorageError(
        "The cache used for finding copies could not be used.",
        safe="Your photos and labels are unchanged.",
        advice="Check that the project's disk is connected and has free space, then try again.",
        details=repr(error),
    )
