"""Job: look at each photo once for its metadata and its quality, and keep that by content."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from engine.base.errors import DamagedInput
from engine.base.events import Emit, Notice
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.looks import Look, LookPhoto, append_looks, looks_file, read_look_photos, read_looks
from engine.image.metadata import read_metadata
from engine.image.quality import measure
from engine.image.thumbs import load_thumb
from engine.jobs.spec import LookSpec

PHASE = "Looking at photos"
# Decoding lets the interpreter go; more threads than this only fight for the disk.
_MAX_THREADS = 16
_CHUNK, _KEEP_EVERY = 32, 1024


def run(spec: LookSpec, emit: Emit, stop: StopToken) -> None:
    """Look at the photos that were not looked at yet; see `LookSpec`.

    Raises:
        Stopped: soon after `stop` was requested; what was seen until then is kept.
        StorageError: a file of the spec cannot be read or written.
    """
    file = looks_file(to_path(spec.cache))
    known = read_looks(file)
    wanted = list({photo.sha256: photo for photo in read_look_photos(to_path(spec.photos))}.values())
    wanted = [photo for photo in wanted if photo.sha256 not in known]
    meter = Meter(emit, PHASE, len(wanted))
    n_unreadable = 0

    def look_at(chunk: Sequence[LookPhoto]) -> list[Look | None]:
        return [] if stop.is_set() else [_look(spec, photo) for photo in chunk]

    with ThreadPoolExecutor(min(_MAX_THREADS, os.cpu_count() or 1), thread_name_prefix="look") as pool:
        for begin in range(0, len(wanted), _KEEP_EVERY):
            some = wanted[begin : begin + _KEEP_EVERY]
            fresh: list[Look] = []
            for seen in pool.map(look_at, [some[i : i + _CHUNK] for i in range(0, len(some), _CHUNK)]):
                fresh.extend(look for look in seen if look is not None)
                n_unreadable += seen.count(None)
                meter.add(len(seen))
            if fresh:
                append_looks(file, fresh)
            stop.raise_if_set()
    if n_unreadable:
        text = f"{n_unreadable} photos could not be read now; what is said of quality is without them."
        emit(Notice(level="warning", text=text, advice="Check that the disk with the photos is connected."))


def _look(spec: LookSpec, photo: LookPhoto) -> Look | None:
    """None if neither the thumbnail nor the photo can be read."""
    path = to_path(photo.path)
    try:
        quality = measure(load_thumb(to_path(spec.thumbs), photo.sha256, path))
    except DamagedInput:
        return None
    facts = read_metadata(path)
    return Look(
        sha256=photo.sha256,
        mode=facts.mode,
        taken=facts.taken,
        camera=facts.camera,
        latitude=facts.latitude,
        longitude=facts.longitude,
        sharpness=round(quality.sharpness, 3),
        brightness=round(quality.brightness, 5),
        contrast=round(quality.contrast, 5),
        detail=round(quality.detail, 4),
    )
