"""Reading the bytes of a file that a stranger may have put there: regular files only, never waiting for one."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from engine.base.errors import DamagedInput
from engine.base.fspath import shown

AnyPath = Path | bytes

# O_NONBLOCK: opening a named pipe would otherwise wait for somebody to write into it.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)

_BLOCK = 1 << 20

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"BM", "BMP"),
)
SIGNATURE_BYTES = 12


def signature(head: bytes) -> str:
    """The format that the first 12 bytes announce (Pillow's name), or "" for none that is read here."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return next((name for mark, name in _SIGNATURES if head.startswith(mark)), "")


def open_regular(path: AnyPath) -> BinaryIO:
    """The file, open for reading.

    Raises:
        DamagedInput: `missing`, `unreadable`, or `not_a_file` for a folder, pipe, socket or device.
    """
    return open(_descriptor(path)[0], "rb")


def read_regular(path: AnyPath) -> bytes:
    """All bytes of the file.

    Raises:
        DamagedInput: as `open_regular`; `unreadable` also for a disk that fails while reading.
    """
    fd, n_bytes = _descriptor(path)
    try:
        # One byte more than expected: a shorter answer is the whole file, found with a single call.
        blocks = [os.read(fd, n_bytes + 1)]
        if len(blocks[0]) == n_bytes:
            return blocks[0]
        while blocks[-1]:
            blocks.append(os.read(fd, _BLOCK))
        return b"".join(blocks)
    except OSError as error:
        raise _unopened(path, error) from error
    finally:
        os.close(fd)


def starts_like_photo(path: AnyPath) -> bool:
    """Whether a file without a telling name begins as a photo does; False where it cannot be read."""
    try:
        with open_regular(path) as file:
            return bool(signature(file.read(SIGNATURE_BYTES)))
    except (DamagedInput, OSError):
        return False


def _descriptor(path: AnyPath) -> tuple[int, int]:
    """An open descriptor of a regular file, and its size in bytes."""
    try:
        # Asked before opening too, because opening a device can already do something to it.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise _not_a_file(path)
        fd = os.open(path, _FLAGS)
    except OSError as error:
        raise _unopened(path, error) from error
    info = os.fstat(fd)
    if not stat.S_ISREG(info.st_mode):
        os.close(fd)
        raise _not_a_file(path)
    return fd, info.st_size


def _not_a_file(path: AnyPath) -> DamagedInput:
    return DamagedInput(
        "not_a_file",
        "This is not a file but a folder, a pipe or a device.",
        details=shown(os.fsencode(path)),
    )


def _unopened(path: AnyPath, error: OSError) -> DamagedInput:
    details = f"{shown(os.fsencode(path))}: {error.strerror}"
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return DamagedInput("missing", "The file is not there any more.", details=details)
    return DamagedInput(
        "unreadable",
        "The file could not be read.",
        advice="Check that the disk is connected and that you may open the file.",
        details=details,
    )
