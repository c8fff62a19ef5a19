"""Features of any number of photos, in order: files are read and decoded on threads while the backbone works."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import DamagedInput
from engine.base.stop import StopToken
from engine.image.opening import open_image
from engine.image.source import read_regular
from engine.image.squares import square
from engine.predict.extractor import Extractor
from engine.recipe.recipe import InputCfg

MAX_THREADS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A file to be read; with `sha256`, only content of that digest is accepted."""

    path: bytes
    sha256: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of a photo: its (d,) float32 features, or why there are none."""

    photo: Photo
    features: NDArray[np.float32] | None
    refused: DamagedInput | None = None


def features_of(
    photos: Iterable[Photo], extractor: Extractor, cfg: InputCfg, stop: StopToken
) -> Generator[Seen, None, None]:
    """One `Seen` for each photo, in order. Memory does not grow with their number.

    Args:
        photos: taken a few batches ahead of what is given back.
        cfg: how a photo becomes the extractor's input; its `size` must be the extractor's.
    Raises:
        Stopped: between two photos, within the time of a batch.
    """
    batches: deque[list[_Read]] = deque()
    n_views = 2 if cfg.views == "flip" else 1

    def pixels() -> Iterator[NDArray[np.uint8]]:
        for batch in _batches(_read_all(photos, cfg, stop), extractor.batch):
            batches.append(batch)
            views = np.stack([read.pixels for read in batch if read.pixels is not None]) if _any_good(batch) else None
            if views is not None:
                yield views
                if n_views == 2:
                    yield views[:, :, ::-1]

    given = extractor.features(pixels())
    for first in given:
        yield from _refused_only(batches)
        mean = first if n_views == 1 else (first + next(given)) / 2.0
        yield from _with_features(batches.popleft(), mean)
    yield from _refused_only(batches)


def decoded(
    photos: Iterable[Photo], cfg: InputCfg, stop: StopToken
) -> Generator[tuple[Photo, NDArray[np.uint8] | None, DamagedInput | None], None, None]:
    """Each photo as the network's input, (side, side, 3) uint8, or why there is none; in order, read on threads.

    Raises:
        Stopped: between two photos.
    """
    for read in _read_all(photos, cfg, stop):
        yield read.photo, read.pixels, read.refused


@dataclass(frozen=True, slots=True)
class _Read:
    photo: Photo
    pixels: NDArray[np.uint8] | None
    refused: DamagedInput | None = None


def _any_good(batch: list[_Read]) -> bool:
    return any(read.pixels is not None for read in batch)


def _refused_only(batches: deque[list[_Read]]) -> Iterator[Seen]:
    """The batches at the front that hold no usable photo: the extractor never saw them."""
    while batches and not _any_good(batches[0]):
        for read in batches.popleft():
            yield Seen(photo=read.photo, features=None, refused=read.refused)


def _with_features(batch: list[_Read], features: NDArray[np.float32]) -> Iterator[Seen]:
    rows = iter(features)
    for read in batch:
        row = next(rows) if read.pixels is not None else None
        yield Seen(photo=read.photo, features=row, refused=read.refused)


def _batches(reads: Iterator[_Read], size: int) -> Iterator[list[_Read]]:
    while batch := list(islice(reads, size)):
        yield batch


def _read_all(photos: Iterable[Photo], cfg: InputCfg, stop: StopToken) -> Iterator[_Read]:
    """Photos read on threads, in order, at most a few a thread ahead."""
    n_threads = min(MAX_THREADS, os.cpu_count() or 1)
    waiting: deque[Future[_Read]] = deque()
    source = iter(photos)
    pool = ThreadPoolExecutor(n_threads, thread_name_prefix="decode")
    try:
        for photo in islice(source, 4 * n_threads):
            waiting.append(pool.submit(_read, photo, cfg))
        while waiting:
            stop.raise_if_set()
            read = waiting.popleft().result()
            for photo in islice(source, 1):
                waiting.append(pool.submit(_read, photo, cfg))
            yield read
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _read(photo: Photo, cfg: InputCfg) -> _Read:
    """The photo as the backbone's input, read and decoded once."""
    try:
        content = read_regular(photo.path)
        if photo.sha256 is not None and hashlib.sha256(content).digest() != photo.sha256:
            raise DamagedInput(
                "changed",
                "The file has changed since it was imported.",
                advice="Import it again, so that Fieldmark sees what it shows now.",
            )
        image = open_image(content, min_side=cfg.size).image
        return _Read(photo, square(image, cfg.size, cfg.fit))
    except DamagedInput as error:
        return _Read(photo, None, error)
