"""Writing files so that a crash or a full disk leaves either the old file or the new one, never half of one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.base.errors import StorageError

PART_SUFFIX = ".part"


def fsync_dir(folder: Path) -> None:
    """The folder's entries are on disk (a no-op where the system cannot do it)."""
    try:
        fd = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(fd)
    except OSError:
        pass
    finally:
        os.close(fd)


def atomic_write(path: Path, data: bytes) -> None:
    """`path` holds exactly `data`, durably; before that moment it held what it held.

    Raises:
        StorageError: the disk refused; the old file, if any, is intact.
    """
    with atomic_open(path) as out:
        out.write(data)


@contextmanager
def atomic_open(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which becomes `path` when the block ends without an error, and vanishes otherwise.

    The temporary name is short and random: a name derived from `path` can exceed the file system's limit.

    Raises:
        StorageError: the disk refused (any OSError inside the block counts as that); the old file is intact.
    """
    part = path.parent / f".{secrets.token_hex(8)}{PART_SUFFIX}"
    try:
        with open(part, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            f"{path.name} could not be saved.",
            safe="The previous version of the file is unchanged.",
            advice="Check that the disk is connected and has free space, then try again.",
            details=repr(error),
        ) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    fsync_dir(path.parent)


def sweep_partials(folder: Path) -> int:
    """Number of left-over partial files removed from `folder` (not recursive)."""
    n_removed = 0
    for part in folder.glob(f".*{PART_SUFFIX}"):
        part.unlink(missing_ok=True)
        n_removed += 1
    return n_removed
