"""What measuring networks on this machine found, as the file the measuring job leaves and the window reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.base.errors import DamagedInput, StorageError
from engine.base.files import atomic_write

BACKBONES_FILE = "backbones.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneMeasure:
    """One network. `size_mb`: of its weights as a file, 10^6 bytes. `depth`: its convolutions and dense
    layers. `cpu_ms`, `gpu_ms`: time for one photo, gpu None where there is none. `top1`: published share of right
    answers on ImageNet, 0..1, None where it was not published; `source`: by whom.
    """

    name: str
    size_mb: float
    n_parameters: int
    depth: int
    cpu_ms: float
    gpu_ms: float | None
    top1: float | None
    source: str


def write_measures(path: Path, rows: Sequence[BackboneMeasure]) -> None:
    """The file holds these rows.

    Raises:
        StorageError: the disk refused; what was there before is unchanged.
    """
    atomic_write(path, msgspec.json.format(msgspec.json.encode(list(rows))))


def read_measures(path: Path) -> tuple[BackboneMeasure, ...]:
    """The rows in the file; none if there is no file.

    Raises:
        DamagedInput: it holds something else.
        StorageError: it cannot be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[BackboneMeasure, ...])
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StorageError(f"{path.name} could not be read.", details=repr(error)) from error
    except msgspec.DecodeError as error:
        raise DamagedInput(
            "damaged", "The table of networks measured here is damaged.", advice="Measure again.", details=str(error)
        ) from error
