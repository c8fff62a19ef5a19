"""Job: what a run's model says of its test photos if it looks at each several times, as a row to compare."""

from __future__ import annotations

from contextlib import closing

import numpy as np

from engine.base.errors import UserError
from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.manifest import read_manifest
from engine.data.predictions import PARTS, Predictions, write_predictions
from engine.jobs.library import library_of
from engine.jobs.spec import AnswerInViewsSpec
from engine.predict.features import Photo, features_of
from engine.predict.trained import answerer, read_trained

PHASE = "Looking several times"


def run(spec: AnswerInViewsSpec, emit: Emit, stop: StopToken) -> None:
    """`spec.out` holds the probabilities, the mean of all views; photos that cannot be read are left out.

    Raises:
        UserError: no test photo can be read, or the model's weights are not here.
        DamagedInput, StorageError: the model or a file cannot be read or written. Stopped: on request.
    """
    trained = read_trained(to_path(spec.run_folder), library_of(spec.library))
    manifest = read_manifest(to_path(spec.manifest))
    asked = [photo for photo in manifest.photos if photo.part == "test"]
    model = answerer(trained, spec.views)
    extractor = model.extractor(to_path(spec.machine), emit)
    meter = Meter(emit, PHASE, len(asked))
    photos, probs = [], []
    files = (Photo(path=photo.path, sha256=photo.sha256) for photo in asked)
    with closing(features_of(files, extractor, model.input, stop)) as seen:
        for photo, found in zip(asked, seen, strict=True):
            meter.add()
            if found.features is not None:
                photos.append(photo)
                probs.append(model.probs(found.features[None])[0])
    meter.finish()
    if not photos:
        raise UserError(
            "None of the run's test photos can be read.",
            safe="The run is unchanged.",
            advice="Check that the disk with the photos is connected.",
        )
    answers = Predictions(
        class_ids=np.array([entry.class_id for entry in manifest.classes], dtype=np.int64),
        photo_ids=np.array([photo.photo_id for photo in photos], dtype=np.int64),
        parts=np.full(len(photos), PARTS.index("test"), dtype=np.uint8),
        true_columns=np.array([photo.class_no for photo in photos], dtype=np.int32),
        probs=np.stack(probs),
    )
    write_predictions(to_path(spec.out), answers)
    emit(ResultReady(kind="predictions", path=spec.out))
