"""Job: how large and how fast the networks on the front page are on this machine."""

from __future__ import annotations

import time

import timm
import torch
from torch import nn

from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.backbone_measure import BackboneMeasure, write_measures
from engine.jobs.spec import MeasureBackbonesSpec
from engine.recipe.catalogue import BACKBONES, SHORTLIST

PHASE = "Measuring networks"
CPU_BATCH, GPU_BATCH = 4, 32
N_RUNS = 3
# Published by those who made the weights, for the side each network was trained at.
_LITE_TOP1 = {"efficientnet_lite0": 0.751, "efficientnet_lite1": 0.767, "efficientnet_lite2": 0.776}
_LITE_SOURCE = "TensorFlow, README of EfficientNet-lite"


def run(spec: MeasureBackbonesSpec, emit: Emit, stop: StopToken) -> None:
    """`spec.out` holds a row for each network, whether its weights are here or not: speed does not depend on them.

    Raises:
        StorageError: the disk refused. Stopped: between two networks; the file is as it was.
    """
    wanted = [
        *((f.title, f.timm_name, f.native_size, _LITE_TOP1.get(f.name), _LITE_SOURCE) for f in BACKBONES.values()),
        *(
            (f.title, f.architecture.partition(".")[0], f.native_size, f.top1 / 100, f.source)
            for f in SHORTLIST.values()
        ),
    ]
    meter = Meter(emit, PHASE, len(wanted))
    rows = []
    for title, architecture, size, top1, source in wanted:
        stop.raise_if_set()
        rows.append(_measured(title, architecture, size, top1, source))
        meter.add()
    write_measures(to_path(spec.out), rows)
    emit(ResultReady(kind="backbones", path=spec.out))


def _measured(title: str, architecture: str, size: int, top1: float | None, source: str) -> BackboneMeasure:
    network = timm.create_model(architecture, pretrained=False).eval()
    parameters = list(network.parameters())
    buffers = [buffer for buffer in network.buffers() if buffer.dtype.is_floating_point]
    gpu_ms = None
    cpu_ms = _ms(network, size, "cpu", CPU_BATCH)
    if torch.cuda.is_available():
        gpu_ms = _ms(network.cuda(), size, "cuda", GPU_BATCH)
    return BackboneMeasure(
        name=title,
        size_mb=sum(t.numel() * t.element_size() for t in [*parameters, *buffers]) / 1e6,
        n_parameters=sum(parameter.numel() for parameter in parameters),
        depth=sum(isinstance(module, nn.Conv2d | nn.Linear) for module in network.modules()),
        cpu_ms=cpu_ms,
        gpu_ms=gpu_ms,
        top1=top1,
        source=source,
    )


def _ms(network: nn.Module, size: int, device: str, batch: int) -> float:
    """Milliseconds for one photo of the network's own size, in float32 and channels last; the best of some runs."""
    network = network.to(memory_format=torch.channels_last)
    x = torch.zeros(batch, 3, size, size, device=device).contiguous(memory_format=torch.channels_last)
    seconds = []
    with torch.inference_mode():
        for _ in range(N_RUNS + 1):
            begin = time.perf_counter()
            network(x)
            if device == "cuda":
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - begin)
    return min(seconds[1:]) * 1000 / batch
