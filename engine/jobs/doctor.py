"""Asking torch what this machine offers, and what was measured on it."""

from __future__ import annotations

import msgspec
import torch

from engine.base.events import Emit, Phase, ResultReady
from engine.base.files import atomic_write
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.data.machine import Device, DeviceFacts
from engine.jobs.spec import DoctorSpec


def run(spec: DoctorSpec, emit: Emit, stop: StopToken) -> None:
    """A JSON file with `DeviceFacts` is at `spec.out`."""
    emit(Phase(name="Looking at this machine", done=0, total=1))
    facts = DeviceFacts(
        devices=tuple(_devices()),
        n_threads=torch.get_num_threads(),
        cpu_capability=torch.backends.cpu.get_cpu_capability(),
        variants=tuple(sorted(path.name for path in to_path(spec.machine).glob("*.json"))),
    )
    stop.raise_if_set()
    atomic_write(to_path(spec.out), msgspec.json.encode(facts))
    emit(ResultReady(kind="doctor", path=spec.out))


def _devices() -> list[Device]:
    found = [Device(name="CPU", kind="cpu")]
    if torch.cuda.is_available():
        found += [_cuda_device(n) for n in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append(Device(name="Apple GPU", kind="mps"))
    return found


def _cuda_device(number: int) -> Device:
    facts = torch.cuda.get_device_properties(number)
    built_for = torch.cuda.get_arch_list()
    needed = f"sm_{facts.major}{facts.minor}"
    usable = any(arch.startswith("sm_") and int(arch[3:].rstrip("af")) // 10 == facts.major for arch in built_for)
    problem = "" if usable else f"this torch is built for {', '.join(built_for)}, the GPU needs {needed}"
    return Device(
        name=facts.name,
        kind="cuda",
        memory_bytes=facts.total_memory,
        usable=usable,
        problem=problem,
    )
