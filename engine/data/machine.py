"""Facts about this machine and installation, as one value: what a bug report needs."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from engine import __version__

PACKAGES = (
    "torch", "torchvision", "timm", "openvino", "scikit-learn", "numpy", "pillow", "PySide6-Essentials", "pyqtgraph",
    "safetensors",
)  # fmt: skip


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A place models can run; `usable` False says in `problem` why not."""

    name: str
    kind: str
    memory_bytes: int = 0
    usable: bool = True
    problem: str = ""


class DeviceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What only torch can tell: devices, threads, instruction set; written by the doctor job."""

    devices: tuple[Device, ...]
    n_threads: int
    cpu_capability: str
    variants: tuple[str, ...]


class MachineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Versions and room on this machine; `packages` maps distribution to version, empty if it is not installed."""

    fieldmark: str
    python: str
    system: str
    processor: str
    sqlite: str
    packages: dict[str, str]
    free_disk_bytes: int


def machine_facts(folder: Path) -> MachineFacts:
    """Facts that need no heavy import; free space is that of the disk `folder` is on."""
    return MachineFacts(
        fieldmark=__version__,
        python=platform.python_version(),
        system=platform.platform(),
        processor=platform.processor() or platform.machine(),
        sqlite=sqlite3.sqlite_version,
        packages={name: _version(name) for name in PACKAGES},
        free_disk_bytes=shutil.disk_usage(folder).free,
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
