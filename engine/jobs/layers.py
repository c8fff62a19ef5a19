"""Job: the layer table of a recipe's network, for looking at before anything is trained."""

from __future__ import annotations

import msgspec

from engine.base.events import Emit, ResultReady
from engine.base.files import atomic_write
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.jobs.spec import LayersSpec
from engine.nets.layer_table import layer_table


def run(spec: LayersSpec, emit: Emit, stop: StopToken) -> None:
    """A JSON file with a `LayerTable` is at `spec.out`.

    Raises:
        UserError: the recipe describes no network there is, or its photos are too small for it.
        StorageError: the file cannot be written.
        Stopped: before anything was worked out.
    """
    stop.raise_if_set()
    table = layer_table(spec.recipe, spec.n_classes)
    atomic_write(to_path(spec.out), msgspec.json.encode(table))
    emit(ResultReady(kind="layers", path=spec.out))
