"""The beginning of a file that is being fetched: kept beside its place, with the tag of the content it belongs to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.base.errors import StorageError
from engine.base.files import atomic_write, fsync_dir


class _Tag(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    etag: str


class _Writer:
    """A file whose refusals to be written are the disk's, not the network's."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: bytes) -> None:
        """As of a file.

        Raises:
            StorageError: the disk refused.
        """
        try:
            self._file.write(data)
        except OSError as error:
            raise disk_refused(error) from error

    def to_disk(self) -> None:
        """Everything written so far survives a power cut.

        Raises:
            StorageError: the disk refused.
        """
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise disk_refused(error) from error


class Part:
    """What there is so far of the file that will be at `whole`."""

    def __init__(self, whole: Path) -> None:
        self._whole = whole
        self.path = whole.with_name(f".{whole.name}.part")
        self._notes = whole.with_name(f".{whole.name}.part.json")

    @property
    def size(self) -> int:
        """Bytes there are so far."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def etag(self) -> str:
        """The tag of the content it belongs to; empty where that is not known, and it cannot be gone on with."""
        try:
            return msgspec.json.decode(self._notes.read_bytes(), type=_Tag).etag if self.path.is_file() else ""
        except (OSError, msgspec.DecodeError):
            return ""

    def begin(self, etag: str) -> None:
        """Nothing so far, of the content tagged `etag`.

        Raises:
            StorageError: the disk refused.
        """
        self.forget()
        atomic_write(self._notes, msgspec.json.encode(_Tag(etag=etag)))

    @contextmanager
    def appending(self) -> Iterator[_Writer]:
        """A file to write on at the end.

        Raises:
            StorageError: the disk refused.
        """
        try:
            file = self.path.open("ab")
        except OSError as error:
            raise disk_refused(error) from error
        with file:
            yield _Writer(file)

    def become_whole(self) -> None:
        """The part is the file.

        Raises:
            StorageError: the disk refused.
        """
        try:
            self.path.replace(self._whole)
        except OSError as error:
            raise disk_refused(error) from error
        self._notes.unlink(missing_ok=True)
        fsync_dir(self._whole.parent)

    def forget(self) -> None:
        """Nothing is there any more."""
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)


def disk_refused(error: OSError) -> StorageError:
    """The error for a disk that does not take what is fetched."""
    return StorageError(
        "The weights could not be saved.",
        safe="What was fetched so far is kept.",
        advice="Check that the disk is connected and has free space, then try again.",
        details=repr(error),
    )
