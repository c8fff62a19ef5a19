"""Job: match a file of weights to a network, and keep it in the library."""

from __future__ import annotations

import msgspec

from engine.base.events import Emit, Phase, ResultReady
from engine.base.files import atomic_write
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.jobs.spec import ImportWeightsSpec
from engine.nets.weights_import import fit_file, import_weights


def run(spec: ImportWeightsSpec, emit: Emit, stop: StopToken) -> None:
    """A JSON file with the `FitReport` is at `spec.out`, and the weights are in the library unless only asked about.

    Raises:
        As `import_weights`; where only asked about, a file that does not fit is no error.
    """
    emit(Phase(name="Matching the weights", done=0, total=1))
    stop.raise_if_set()
    path = to_path(spec.path)
    if spec.keep:
        report = import_weights(path, spec.backbone, to_path(spec.library), licence=spec.licence)[1]
    else:
        report = fit_file(path, spec.backbone)
    atomic_write(to_path(spec.out), msgspec.json.encode(report))
    emit(Phase(name="Matching the weights", done=1, total=1))
    emit(ResultReady(kind="fit_report", path=spec.out))
