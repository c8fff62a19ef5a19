"""Job: write the model of a run as one bundle file."""

from __future__ import annotations

from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.jobs.library import library_of
from engine.jobs.spec import ExportSpec
from engine.nets.bundle import write_bundle
from engine.predict.trained import read_trained

PHASE = "Saving the model"


def run(spec: ExportSpec, emit: Emit, stop: StopToken) -> None:
    """`spec.out` holds the model; an older file of that name is replaced only when the new one is complete.

    Raises:
        StorageError: the run has no model, or the disk refused.
        DamagedInput: the model's files are damaged; UserError: the weights of its backbone are not here.
        Stopped: before anything was written.
    """
    meter = Meter(emit, PHASE, 0)
    model = read_trained(to_path(spec.run_folder), library_of(spec.library))
    stop.raise_if_set()
    write_bundle(to_path(spec.out), model, spec.card)
    meter.finish()
    emit(ResultReady(kind="bundle", path=spec.out))
