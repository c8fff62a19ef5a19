"""Running a backbone in OpenVINO: several times torch on CPUs, and without importing torch once it is converted."""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import warnings
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from engine.nets.backbones import Backbone

BATCH = 8
GRAPH, WEIGHTS = ".xml", ".bin"


def is_installed() -> bool:
    """Whether OpenVINO can be imported; it is not imported."""
    return find_spec("openvino") is not None


def has_bf16() -> bool:
    """Whether OpenVINO knows this CPU to compute in bfloat16."""
    return "BF16" in _openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def convert(backbone: Backbone, size: int, folder: Path, name: str) -> str:
    """`folder` holds the backbone as OpenVINO's files `name.xml` and `name.bin` for inputs of this side, any batch.

    Returns:
        Hex digest of the two files, for `OpenVinoExtractor`.
    Raises:
        RuntimeError: this version of OpenVINO or torch cannot convert it.
        OSError: the disk refused.
    """
    import torch

    # The converter's own door, `openvino.convert_model`, reports each use over the network; its two parts do not.
    openvino = _openvino()
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    # The sizes of the padding are fixed by tracing, so the files serve one input size; the batch stays free.
    example = torch.zeros(2, size, size, 3, dtype=torch.uint8)
    with warnings.catch_warnings(), torch.inference_mode():
        # Tracing is deprecated; the newer exporter takes twice as long here and fixes the batch as well.
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(backbone.net, example, check_trace=False)  # type: ignore[no-untyped-call]
        decoder = TorchScriptPythonDecoder(traced, example_input=example)
    frontend = FrontEndManager().load_by_framework("pytorch")
    model = frontend.convert(frontend.load(decoder))
    model.reshape({0: openvino.PartialShape([-1, size, size, 3])})
    part = folder / f".{secrets.token_hex(8)}"
    openvino.save_model(model, str(part.with_name(part.name + GRAPH)), compress_to_fp16=False)
    for suffix in (WEIGHTS, GRAPH):
        os.replace(part.with_name(part.name + suffix), folder / (name + suffix))
    return digest(folder, name)


def digest(folder: Path, name: str) -> str:
    """Hex digest of both files of a converted backbone; empty if they are not there."""
    found = hashlib.sha256()
    try:
        for suffix in (GRAPH, WEIGHTS):
            found.update((folder / (name + suffix)).read_bytes())
    except OSError:
        return ""
    return found.hexdigest()


class OpenVinoExtractor:
    """A converted backbone, compiled for this CPU.

    Args:
        precision: `f32` or `bf16`.
    Raises:
        RuntimeError: OpenVINO cannot read or compile the files.
    """

    def __init__(self, folder: Path, name: str, variant: str, *, precision: str) -> None:
        self.variant = variant
        self.batch = BATCH
        openvino = _openvino()
        core = openvino.Core()
        model = core.read_model(str(folder / (name + GRAPH)))
        # As many batches at once as suit the CPU: one batch on all cores leaves them waiting for each other.
        wanted = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": precision}
        self._queue = openvino.AsyncInferQueue(core.compile_model(model, "CPU", wanted), 0)
        self._queue.set_callback(_keep)

    def features(self, batches: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.float32]]:
        """See `Extractor`."""
        done: dict[int, NDArray[np.float32]] = {}
        next_out = 0
        try:
            for at, batch in enumerate(batches):
                self._queue.start_async({0: np.ascontiguousarray(batch)}, (done, at))
                while next_out in done:
                    yield done.pop(next_out)
                    next_out += 1
        finally:
            self._queue.wait_all()
        while next_out in done:
            yield done.pop(next_out)
            next_out += 1


def _keep(request: Any, place: tuple[dict[int, NDArray[np.float32]], int]) -> None:
    """Called on OpenVINO's threads when a batch is done; the request's memory is used again, hence the copy."""
    done, at = place
    done[at] = np.array(request.get_output_tensor(0).data, dtype=np.float32)


def _openvino() -> Any:
    """OpenVINO, without its telemetry: imported as it comes, it reports each import over the network.

    Where its telemetry package cannot be imported, it uses a stand-in of its own that sends nothing; `None` in the
    table of modules makes that import fail.
    """
    if "openvino_telemetry" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino
