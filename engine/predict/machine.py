"""What identifies this machine and its libraries for measurements, found without loading any of them."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

LIBRARIES = ("torch", "timm", "openvino")


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement made under one of these is worth nothing under another."""

    system: str
    processor: str
    n_cores: int
    gpus: tuple[str, ...]
    libraries: tuple[str, ...]


def this_machine() -> Machine:
    """The machine this process runs on."""
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        processor=_processor(),
        n_cores=os.cpu_count() or 1,
        gpus=_nvidia_gpus(),
        libraries=tuple(f"{name} {_version(name)}" for name in LIBRARIES),
    )


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()


def _nvidia_gpus() -> tuple[str, ...]:
    """Names of the cards the driver serves; empty without a driver."""
    cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    names = []
    for card in cards:
        try:
            lines = card.read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
        names.append(
            next((line.partition(":")[2].strip() for line in lines if line.startswith("Model")), card.parent.name)
        )
    return tuple(names)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
