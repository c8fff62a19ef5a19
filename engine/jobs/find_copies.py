"""Job: find the copies among photos, and leave groups and pairs in a file.

Photos that were looked at before are not read again: their fingerprints are kept by content.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import DamagedInput
from engine.base.events import Emit, Notice, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.copies_found import CopiesFound, CopyPhoto, FoundPair, read_copy_photos, write_copies
from engine.data.copy_groups import group_copies
from engine.data.near_copies import CopyPair, find_copies
from engine.image.fingerprint import fingerprint
from engine.image.fingerprint_cache import FingerprintCache
from engine.image.opening import open_image
from engine.image.source import read_regular
from engine.image.thumbs import LONG_SIDE, thumb_path
from engine.jobs.spec import FindCopiesSpec

READING = "Reading photos"
# Decoding lets the interpreter go; more threads than this only fight for the disk.
_MAX_THREADS = 16
_CHUNK, _KEEP_EVERY = 32, 1024

_Print = NDArray[np.uint8]


def run(spec: FindCopiesSpec, emit: Emit, stop: StopToken) -> None:
    """Carry out a search; see `FindCopiesSpec`.

    Raises:
        Stopped: soon after `stop` was requested; what was read until then is kept for the next search.
        StorageError: a file of the spec cannot be read or written.
    """
    photos = read_copy_photos(to_path(spec.photos))
    by_content: dict[bytes, list[CopyPhoto]] = defaultdict(list)
    for photo in photos:
        by_content[photo.sha256].append(photo)
    cache = FingerprintCache(to_path(spec.cache))
    _read_missing(spec, by_content, cache, emit, stop)
    gone = set(cache.missing(list(by_content)))
    contents = sorted(sha for sha in by_content if sha not in gone)
    pairs = find_copies(cache.read(contents), contents, _Meters(emit, stop))
    groups = group_copies(pairs, contents)
    found = CopiesFound(
        groups=_groups_of_photos(groups, contents, by_content),
        pairs=tuple(_pairs_of_photos(pairs, contents, by_content)),
        contents=tuple(sorted(by_content)),
        n_photos=len(photos),
        n_unreadable=len(gone),
    )
    if gone:
        text = f"{len(gone)} photos could not be read now; only exact copies of them were looked for."
        emit(Notice(level="warning", text=text))
    write_copies(to_path(spec.out), found)
    emit(ResultReady(kind="copies", path=spec.out))


class _Meters:
    """Tells each phase of the search and ends it on request."""

    def __init__(self, emit: Emit, stop: StopToken) -> None:
        self._emit = emit
        self._stop = stop
        self._meter: Meter | None = None

    def begin(self, phase: str, total: int) -> None:
        self._stop.raise_if_set()
        self._meter = Meter(self._emit, phase, total)

    def add(self, n: int) -> None:
        self._stop.raise_if_set()
        if self._meter is not None:
            self._meter.add(n)


def _read_missing(
    spec: FindCopiesSpec,
    by_content: dict[bytes, list[CopyPhoto]],
    cache: FingerprintCache,
    emit: Emit,
    stop: StopToken,
) -> None:
    """The cache holds a fingerprint of every content that can be read."""
    wanted = cache.missing(list(by_content))
    meter = Meter(emit, READING, len(wanted))
    n_threads = min(_MAX_THREADS, os.cpu_count() or 1)

    def read(chunk: Sequence[bytes]) -> list[tuple[bytes, _Print | None]]:
        if stop.is_set():
            return []
        return [(sha, _fingerprint(spec, sha, by_content[sha])) for sha in chunk]

    with ThreadPoolExecutor(n_threads, thread_name_prefix="read-photo") as pool:
        for begin in range(0, len(wanted), _KEEP_EVERY):
            stop.raise_if_set()
            some = wanted[begin : begin + _KEEP_EVERY]
            fresh: list[tuple[bytes, _Print]] = []
            for done in pool.map(read, [some[i : i + _CHUNK] for i in range(0, len(some), _CHUNK)]):
                fresh.extend((sha, row) for sha, row in done if row is not None)
                meter.add(len(done))
            if fresh:
                cache.append([sha for sha, _ in fresh], np.stack([row for _, row in fresh]))
    stop.raise_if_set()


def _fingerprint(spec: FindCopiesSpec, sha: bytes, photos: Sequence[CopyPhoto]) -> _Print | None:
    """From the thumbnail if there is one, else from the first file that still holds the content; None: from neither."""
    try:
        return fingerprint(open_image(thumb_path(to_path(spec.thumbs), sha)).image)
    except DamagedInput:
        pass
    for photo in photos:
        try:
            content = read_regular(photo.path)
            if hashlib.sha256(content).digest() == sha:
                return fingerprint(open_image(content, min_long_side=LONG_SIDE).image)
        except DamagedInput:
            continue
    return None


def _groups_of_photos(
    groups: Sequence[tuple[int, ...]], contents: Sequence[bytes], by_content: dict[bytes, list[CopyPhoto]]
) -> tuple[tuple[int, ...], ...]:
    """Groups of contents as groups of photos, and those of photos that only share their content."""
    grouped = {contents[row] for group in groups for row in group}
    shas = [[contents[row] for row in group] for group in groups]
    shas += [[sha] for sha, photos in by_content.items() if len(photos) > 1 and sha not in grouped]
    out = [tuple(photo.photo_id for sha in group for photo in by_content[sha]) for group in shas]
    return tuple(sorted(out, key=min))


def _pairs_of_photos(
    pairs: Sequence[CopyPair], contents: Sequence[bytes], by_content: dict[bytes, list[CopyPhoto]]
) -> list[FoundPair]:
    """One pair of photos for each pair of contents, and each further photo of a content with the first one."""
    first_of = {sha: photos[0].photo_id for sha, photos in by_content.items()}
    out = [
        FoundPair(
            first=first_of[contents[pair.first]],
            second=first_of[contents[pair.second]],
            kinds=pair.kinds,
            similarity=pair.similarity,
        )
        for pair in pairs
    ]
    for photos in by_content.values():
        out.extend(
            FoundPair(first=photos[0].photo_id, second=photo.photo_id, kinds=("exact",), similarity=1.0)
            for photo in photos[1:]
        )
    return sorted(out, key=lambda pair: (pair.first, pair.second))
