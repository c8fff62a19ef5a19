"""Running a backbone in torch: on the CPU, an NVIDIA GPU or Apple's GPU, in full or half precision."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.nets.backbones import Backbone, PixelNet

CPU_BATCH = 8
GPU_BATCH = 64


class TorchExtractor:
    """A copy of the backbone on one device.

    Args:
        precision: of the arithmetic; weights stay float32 and are cast where that is safe (autocast).
        channels_last: order of memory; faster for most convolutions, slower for some.
    """

    def __init__(
        self,
        backbone: Backbone,
        variant: str,
        *,
        device: str = "cpu",
        precision: torch.dtype = torch.float32,
        channels_last: bool = True,
    ) -> None:
        self.variant = variant
        self.batch = CPU_BATCH if device == "cpu" else GPU_BATCH
        self._device = torch.device(device)
        self._precision = precision
        net: PixelNet = copy.deepcopy(backbone.net).to(self._device)
        if channels_last:
            net.memory_format = torch.channels_last
            net.net.to(memory_format=torch.channels_last)
        self._net = net

    def features(self, batches: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        """See `Extractor`."""
        pending: Tensor | None = None
        for batch in batches:
            found = self._run(batch)
            # A GPU works on while the next photos are decoded; only fetching its answer waits.
            if pending is not None:
                yield _fetched(pending)
            pending = found
        if pending is not None:
            yield _fetched(pending)

    def _run(self, batch: NDArray[np.uint8]) -> Tensor:
        half = self._precision != torch.float32
        casting = torch.autocast(self._device.type, self._precision) if half else contextlib.nullcontext()
        with torch.inference_mode(), casting:
            pixels = torch.from_numpy(np.ascontiguousarray(batch)).to(self._device, non_blocking=True)
            found: Tensor = self._net(pixels)
        return found


def _fetched(found: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = found.float().cpu().numpy()
    return array
