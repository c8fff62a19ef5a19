"""The device and the way a network is trained on it: order of memory and precision, measured where need be."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from torch import nn
from torch.nn import functional

from engine.base.errors import StorageError
from engine.base.files import atomic_write
from engine.predict.machine import this_machine

MEASURE_BATCH = 8
N_MEASURED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainVariant:
    """How to train; `name` says it to people."""

    name: str
    device: torch.device
    channels_last: bool
    half: bool

    def casting(self) -> contextlib.AbstractContextManager[object]:
        """A context in which the network computes in the variant's precision."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.half else contextlib.nullcontext()

    def place(self, network: nn.Module) -> nn.Module:
        """The network, moved to the device and put in the variant's order of memory."""
        network.to(self.device)
        return network.to(memory_format=torch.channels_last) if self.channels_last else network


def train_variant(network: nn.Module, size: int, key: str, folder: Path) -> TrainVariant:
    """The way this network is trained on this machine.

    On a GPU bfloat16 with channels last, as NVIDIA advises. On a CPU the faster of the two orders of memory, in float32
    so that equal seeds give equal numbers; measured once, and remembered in `folder`.

    Args:
        size: side of the input in pixels. key: what tells the architecture apart from others.
    """
    if torch.cuda.is_available():
        half = torch.cuda.is_bf16_supported()
        name = "cuda, channels last" + (", bf16" if half else "")
        return TrainVariant(name=name, device=torch.device("cuda"), channels_last=True, half=half)
    digest = hashlib.sha256(msgspec.json.encode((2, key, size, this_machine()))).hexdigest()[:16]
    path = folder / f"train-{digest}.json"
    try:
        channels_last = msgspec.json.decode(path.read_bytes(), type=bool)
    except (OSError, msgspec.DecodeError):
        channels_last = _channels_last_is_faster(network, size)
        # What was measured is a convenience: a machine folder that cannot be written costs a second next time.
        with contextlib.suppress(StorageError, OSError):
            folder.mkdir(parents=True, exist_ok=True)
            atomic_write(path, msgspec.json.encode(channels_last))
    name = "cpu, channels last" if channels_last else "cpu"
    return TrainVariant(name=name, device=torch.device("cpu"), channels_last=channels_last, half=False)


def _channels_last_is_faster(network: nn.Module, size: int) -> bool:
    if not any(isinstance(module, nn.Conv2d) for module in network.modules()):
        return False
    return _seconds(copy.deepcopy(network).to(memory_format=torch.channels_last), size) < _seconds(
        copy.deepcopy(network), size
    )


def _seconds(network: nn.Module, size: int) -> float:
    """Best time of forward and backward over a small batch; the first run is not counted."""
    x = torch.zeros(MEASURE_BATCH, 3, size, size)
    labels = torch.zeros(MEASURE_BATCH, dtype=torch.long)
    seconds = []
    for _ in range(N_MEASURED + 1):
        begin = time.perf_counter()
        functional.cross_entropy(network.train()(x), labels).backward()  # type: ignore[no-untyped-call]
        seconds.append(time.perf_counter() - begin)
    return min(seconds[1:])
