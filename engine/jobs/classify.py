"""Job: classify photos with a model, into events and a CSV table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

import numpy as np
from numpy.typing import NDArray

from engine.base.events import (
    Classified,
    ClassifiedPhoto,
    Emit,
    FilesRefused,
    ModelLoaded,
    Notice,
    RefusedFile,
    ResultReady,
)
from engine.base.files import atomic_open
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.results_csv import ResultsTable
from engine.data.scan import Candidate, Unreadable, count_candidates, scan
from engine.jobs.library import library_of
from engine.jobs.spec import ClassifySpec
from engine.predict.features import Photo, Seen, features_of
from engine.predict.trained import Answerer, answerer, read_trained

PHASE = "Classifying photos"
# Rows told at once; also how many are scored together.
MAX_ROWS = 50


def run(spec: ClassifySpec, emit: Emit, stop: StopToken) -> None:
    """Every photo among the inputs is classified, in the order in which they are found; refused files are reported.

    The table has a row for each classified photo; files that could not be read are not in it but in `FilesRefused`.

    Raises:
        DamagedInput, StorageError, UserError: the model cannot be used; StorageError: the table cannot be written.
        Stopped: on request; a table that was there before is unchanged.
    """
    model = answerer(read_trained(to_path(spec.model), library_of(spec.library)))
    emit(ModelLoaded(title=model.title, classes=model.classes))
    n_files = count_candidates(spec.inputs, stop)
    extractor = model.extractor(to_path(spec.machine), emit)
    meter = Meter(emit, PHASE, n_files)
    n_done = 0
    with ExitStack() as stack:
        table = None
        if spec.csv is not None:
            table = ResultsTable(stack.enter_context(atomic_open(to_path(spec.csv))), model.classes)
        photos = _photos(spec.inputs, emit)
        seen = stack.enter_context(closing(features_of(photos, extractor, model.input, stop)))
        for rows in _in_chunks(seen):
            n_done += _tell(rows, model, table, emit, quiet=spec.quiet)
            meter.add(len(rows))
    meter.finish()
    if not n_done:
        emit(
            Notice(
                level="warning", text="No photos were found to classify.", advice="Choose a folder that holds photos."
            )
        )
    if spec.csv is not None:
        emit(ResultReady(kind="csv", path=spec.csv))


def _photos(inputs: tuple[bytes, ...], emit: Emit) -> Iterator[Photo]:
    for found in scan(inputs, read_layout=False):
        if isinstance(found, Candidate):
            yield Photo(path=found.path)
        elif isinstance(found, Unreadable):
            emit(FilesRefused(rows=(RefusedFile(path=found.path, kind=found.kind, text=found.text),)))


def _in_chunks(seen: Iterator[Seen]) -> Iterator[list[Seen]]:
    rows: list[Seen] = []
    for one in seen:
        rows.append(one)
        if len(rows) == MAX_ROWS:
            yield rows
            rows = []
    if rows:
        yield rows


def _tell(rows: list[Seen], model: Answerer, table: ResultsTable | None, emit: Emit, *, quiet: bool) -> int:
    """The rows are in the table and told; returns how many were classified."""
    refused = tuple(
        RefusedFile(path=row.photo.path, kind=row.refused.kind, text=row.refused.user_text())
        for row in rows
        if row.refused is not None
    )
    if refused:
        emit(FilesRefused(rows=refused))
    good = [(row.photo.path, row.features) for row in rows if row.features is not None]
    if not good:
        return 0
    probs: NDArray[np.float32] = model.probs(np.stack([features for _, features in good]))
    photos = tuple(
        ClassifiedPhoto(path=path, top=int(row.argmax()), probs=tuple(row.tolist()))
        for (path, _), row in zip(good, probs, strict=True)
    )
    for photo in photos:
        if table is not None:
            table.add(photo)
    if not quiet:
        emit(Classified(rows=photos))
    return len(photos)
