"""A network trained as a whole as an extractor: what it gives for a photo are its logits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from engine.nets.network import Network

CPU_BATCH = 16
GPU_BATCH = 128


class NetworkExtractor:
    """The network on the GPU if there is one; in float32, with convolutions in the order of memory that suits them."""

    def __init__(self, network: Network) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.variant = f"{self._device.type}, channels last"
        self.batch = CPU_BATCH if self._device.type == "cpu" else GPU_BATCH
        self._network = network.eval().to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def features(self, batches: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        """For each (b, side, side, 3) uint8 RGB batch its (b, k) float32 logits, in order."""
        for batch in batches:
            with torch.inference_mode():
                pixels = torch.from_numpy(np.ascontiguousarray(batch)).to(self._device)
                # The photo's own order of memory is channels last already.
                logits = self._network(pixels.permute(0, 3, 1, 2))
            found: NDArray[np.float32] = logits.float().cpu().numpy()
            yield found
