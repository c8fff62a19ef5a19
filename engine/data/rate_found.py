"""What the search for a learning rate found, as the file the job leaves."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.base.errors import StorageError
from engine.base.files import atomic_write


class RateFound(msgspec.Struct, frozen=True, kw_only=True):
    """The smoothed loss at each rate, rising, and the rate to train at (None: no rate learned)."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggested: float | None


def write_rates(path: Path, found: RateFound) -> None:
    """The file holds what was found, atomically.

    Raises:
        StorageError: the disk refused.
    """
    atomic_write(path, msgspec.json.encode(found))


def read_rates(path: Path) -> RateFound:
    """What the file holds.

    Raises:
        StorageError: it is missing, or holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=RateFound)
    except (OSError, msgspec.DecodeError) as error:
        raise StorageError(
            "What the search for a learning rate found could not be read.", details=repr(error)
        ) from error
