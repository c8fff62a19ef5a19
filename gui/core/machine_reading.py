"""What is known of this machine without asking torch, and what was measured on it, read on a pool thread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from engine.base.errors import AppError
from engine.data.backbone_measure import BACKBONES_FILE, BackboneMeasure, read_measures
from engine.data.known_variants import KnownVariant, known_variants
from engine.data.machine import DeviceFacts, MachineFacts, machine_facts
from gui.core.pool_work import on_pool

DEVICES_FILE = "devices.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineReport:
    """Everything the machine page shows; `devices` is None before they were asked for, `problem` empty if none."""

    facts: MachineFacts
    devices: DeviceFacts | None
    variants: tuple[KnownVariant, ...]
    measures: tuple[BackboneMeasure, ...]
    problem: str


class MachineReader(QObject):
    """`found` carries a `MachineReport` for the newest `read`, in the GUI thread."""

    found = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """`folder`: the cache of what was measured on this machine."""
        super().__init__(parent)
        self._folder = folder
        self._n_asked = 0

    def read(self) -> None:
        """The facts are gathered anew."""
        self._n_asked += 1
        on_pool(partial(read_machine, self._folder), partial(self._tell, self._n_asked), context=self)

    def _tell(self, number: int, report: MachineReport) -> None:
        # Two threads may overtake each other; only the last question's answer is of now.
        if number == self._n_asked:
            self.found.emit(report)


def read_machine(folder: Path) -> MachineReport:
    """Everything that is known of this machine; `folder` holds what was measured on it."""
    measures: tuple[BackboneMeasure, ...] = ()
    problem = ""
    try:
        measures = read_measures(folder / BACKBONES_FILE)
    except AppError as error:
        problem = error.user_text()
    return MachineReport(
        facts=machine_facts(folder),
        devices=_devices(folder / DEVICES_FILE),
        variants=known_variants(folder),
        measures=measures,
        problem=problem,
    )


def _devices(path: Path) -> DeviceFacts | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=DeviceFacts)
    except (OSError, msgspec.DecodeError):
        # It is asked for anew each time the page is opened; until then there is none.
        return None
