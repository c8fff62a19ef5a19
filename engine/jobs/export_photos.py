"""Job: write photos and what is said of them into a new folder, in the form of another tool."""

from __future__ import annotations

from engine.base.events import Emit, Notice, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.exchange.catalogue import read_catalogue
from engine.exchange.export import write_export
from engine.exchange.forms import COMPLETE, ExportRecord
from engine.jobs.spec import ExportPhotosSpec

PHASE = "Exporting photos"


def run(spec: ExportPhotosSpec, emit: Emit, stop: StopToken) -> None:
    """`spec.out` is a complete export; see `ExportPhotosSpec`.

    Raises:
        Stopped: soon after `stop` was requested; nothing is left of the export.
        UserError: the place is taken, or there is nothing to export; StorageError: the disk refused.
    """
    catalogue = read_catalogue(to_path(spec.catalogue))
    meter = Meter(emit, PHASE, sum(spec.form in COMPLETE or bool(photo.label) for photo in catalogue.photos))

    def after_each() -> None:
        stop.raise_if_set()
        meter.add()

    record = write_export(
        catalogue, to_path(spec.out), spec.form, photos=spec.photos, bom=spec.bom, after_each=after_each
    )
    meter.finish()
    _tell(record, emit)
    emit(ResultReady(kind="photos", path=spec.out))


def _tell(record: ExportRecord, emit: Emit) -> None:
    if record.left_out:
        text = f"Photos left out because their files are gone, unreadable or changed: {len(record.left_out):,}."
        emit(Notice(level="warning", text=text, advice="Import their folder again, then export again."))
    if record.n_copied_instead:
        text = f"Photos copied because they could not be linked to this place: {record.n_copied_instead:,}."
        emit(Notice(level="info", text=text))
