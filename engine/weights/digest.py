"""The SHA-256 of a file of any size."""

from __future__ import annotations

import hashlib
from pathlib import Path

from engine.base.errors import StorageError


def sha256_of(path: Path) -> str:
    """Hex digest of a file's content.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StorageError(
            f"{path.name} could not be read.",
            safe="Nothing was changed.",
            advice="Check that the disk is connected, then try again.",
            details=repr(error),
        ) from error
