"""Job: compare all photos by what a network sees in them, and leave who is near whom in a file.

Photos that the network has seen before are not looked at again: their features are kept by content.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import UserError
from engine.base.events import Emit, Notice, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.insight.alike_file import SHA_BYTES, AlikeFound, AlikePhoto, read_alike_photos, write_alike
from engine.insight.neighbours import neighbours
from engine.jobs.library import library_of
from engine.jobs.spec import FindAlikeSpec
from engine.nets.heads import normalise
from engine.nets.source import source_of
from engine.predict.feature_cache import FeatureCache
from engine.predict.features import Photo
from engine.predict.gather import gather

COMPARING = "Comparing photos"
# Features made ready at once: the whole of them is held as one matrix only.
_CHUNK = 4096


def run(spec: FindAlikeSpec, emit: Emit, stop: StopToken) -> None:
    """Carry out a comparison; see `FindAlikeSpec`.

    Raises:
        UserError: the network cannot be had, or fewer than two photos can be read.
        StorageError: a file cannot be read or written.
        Stopped: soon after `stop` was requested; features computed until then are kept.
    """
    listed = read_alike_photos(to_path(spec.photos))
    gathered = gather(
        [Photo(path=photo.path, sha256=photo.sha256) for photo in listed],
        source_of(spec.recipe, library_of(spec.library)),
        spec.recipe.input,
        features=to_path(spec.features),
        machine=to_path(spec.machine),
        emit=emit,
        stop=stop,
    )
    photos = sorted(
        (photo for photo in listed if photo.sha256 not in gathered.refused),
        key=lambda photo: (photo.class_id, photo.photo_id),
    )
    if len(photos) < 2:
        raise UserError("There are no two photos to compare.", advice="Add photos, or find the disk they are on.")
    if len(photos) < len(listed):
        n = len(listed) - len(photos)
        emit(Notice(level="warning", text=f"{n} of {len(listed)} photos could not be read and were left out."))
    write_alike(to_path(spec.out), _compared(photos, gathered.cache, emit, stop))
    emit(ResultReady(kind="alike", path=spec.out))


def _compared(photos: Sequence[AlikePhoto], cache: FeatureCache, emit: Emit, stop: StopToken) -> AlikeFound:
    class_ids = np.array([photo.class_id for photo in photos], dtype=np.int64)
    meter = Meter(emit, COMPARING, len(photos))
    near = neighbours(
        _unit_features([photo.sha256 for photo in photos], cache, stop),
        np.array([photo.group for photo in photos], dtype=np.int32),
        class_ids,
        stop=stop,
        on_rows=meter.add,
    )
    meter.finish()
    contents = np.frombuffer(b"".join(photo.sha256 for photo in photos), dtype=np.uint8)
    return AlikeFound(
        photo_ids=np.array([photo.photo_id for photo in photos], dtype=np.int64),
        contents=contents.reshape(-1, SHA_BYTES),
        class_ids=class_ids,
        near=near,
    )


def _unit_features(shas: Sequence[bytes], cache: FeatureCache, stop: StopToken) -> NDArray[np.float32]:
    """(n, d) features as the Quick head sees them, rows of length 1."""
    width = cache.read(shas[:1]).shape[1]
    found = np.empty((len(shas), width), dtype=np.float32)
    for first in range(0, len(shas), _CHUNK):
        stop.raise_if_set()
        found[first : first + _CHUNK] = normalise(cache.read(shas[first : first + _CHUNK])) / np.sqrt(width)
    return found
