"""Photos decoded once to the training resolution, kept on disk as raw pixels and read by all epochs and runs.

One file of records for each size and fit, and beside it an index of what each record holds. A record counts once its
index entry is on disk, which is written after the record: what a crash leaves half written is written again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import DamagedInput, StorageError
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.predict.features import Photo, decoded
from engine.recipe.recipe import InputCfg

# Raised when decoding changes, so that pixels of an earlier version are not mixed with new ones.
PIPELINE = 1
DIGEST_BYTES = 32
# Records written between two flushes to the disk.
CHUNK = 64
# Never more than this, and never more than half of the free disk.
MAX_BYTES = 40 * 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """Decoded photos by content.

    `data`: (r, side, side, 3) uint8, a memory map. `row_of`: record of each content. `refused`: contents that could not
    be had, with the reason.
    """

    data: NDArray[np.uint8]
    row_of: dict[bytes, int]
    refused: dict[bytes, DamagedInput]


def decode_all(folder: Path, photos: Sequence[Photo], cfg: InputCfg, meter: Meter, stop: StopToken) -> Pixels:
    """Every distinct content among `photos` is in the cache below `folder`, or refused with a reason.

    Files of other sizes are deleted, longest unused first, where room is needed.

    Args:
        photos: all with `sha256`; of several files with one content, the next is tried where one could not be read.
        meter: told of each content, those that were here already included.
    Raises:
        StorageError: no room, or the disk refused.
        Stopped: on request; what was decoded until then stays.
    """
    record = cfg.size * cfg.size * 3
    name = f"{cfg.size}-{cfg.fit}-{PIPELINE}"
    store = _Store(folder / f"{name}.pixels", folder / f"{name}.index", record)
    with _told("The photos could not be kept for training."):
        folder.mkdir(parents=True, exist_ok=True)
        row_of = store.rows()
        places: dict[bytes, list[Photo]] = {}
        for photo in photos:
            assert photo.sha256 is not None
            places.setdefault(photo.sha256, []).append(photo)
        missing = {sha: here for sha, here in places.items() if sha not in row_of}
        meter.add(len(places) - len(missing))
        _make_room(folder, name, len(missing) * record)
        refused = _fill(store, row_of, missing, cfg, meter, stop)
        # The time says which files were used last.
        for path in (store.data, store.index):
            path.touch()
        data = np.memmap(store.data, dtype=np.uint8, mode="r") if row_of else np.zeros(0, dtype=np.uint8)
    shape = (len(data) // record, cfg.size, cfg.size, 3)
    return Pixels(data=data[: shape[0] * record].reshape(shape), row_of=row_of, refused=refused)


@dataclass(frozen=True, slots=True)
class _Store:
    data: Path
    index: Path
    record: int

    def rows(self) -> dict[bytes, int]:
        """The record of each content; entries beyond the end of either file do not count."""
        try:
            digests, n_bytes = self.index.read_bytes(), self.data.stat().st_size
        except FileNotFoundError:
            return {}
        n = min(len(digests) // DIGEST_BYTES, n_bytes // self.record)
        return {digests[at * DIGEST_BYTES : (at + 1) * DIGEST_BYTES]: at for at in range(n)}

    def append(self, first: int, digests: list[bytes], pixels: list[NDArray[np.uint8]]) -> None:
        """The records stand from `first` on, and count."""
        _write(self.data, first * self.record, b"".join(one.tobytes() for one in pixels))
        _write(self.index, first * DIGEST_BYTES, b"".join(digests))


def _write(path: Path, offset: int, data: bytes) -> None:
    with open(path, "r+b" if path.exists() else "x+b") as out:
        out.truncate(offset)
        out.seek(offset)
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _fill(
    store: _Store,
    row_of: dict[bytes, int],
    missing: dict[bytes, list[Photo]],
    cfg: InputCfg,
    meter: Meter,
    stop: StopToken,
) -> dict[bytes, DamagedInput]:
    refused: dict[bytes, DamagedInput] = {}
    digests: list[bytes] = []
    pixels: list[NDArray[np.uint8]] = []

    def keep() -> None:
        first = len(row_of)
        store.append(first, digests, pixels)
        row_of.update((sha, first + at) for at, sha in enumerate(digests))
        digests.clear()
        pixels.clear()

    # Copies of a content are tried in turn, in rounds: mostly there is one round.
    waiting = dict(missing)
    attempt = 0
    while waiting:
        photos = [places[attempt] for places in waiting.values()]
        with contextlib.closing(decoded(photos, cfg, stop)) as reads:
            for photo, found, why in reads:
                assert photo.sha256 is not None
                if found is None:
                    assert why is not None
                    refused[photo.sha256] = why
                    continue
                refused.pop(photo.sha256, None)
                digests.append(photo.sha256)
                pixels.append(found)
                meter.add()
                if len(digests) == CHUNK:
                    keep()
        if digests:
            keep()
        attempt += 1
        waiting = {sha: waiting[sha] for sha in refused if sha in waiting and len(waiting[sha]) > attempt}
    meter.add(len(refused))
    return refused


def _make_room(folder: Path, name: str, n_bytes: int) -> None:
    """There is room for so many bytes more, other sizes having been deleted where that was needed.

    Raises:
        StorageError: there is none.
    """
    others = sorted(
        (path for path in folder.glob("*.pixels") if path.stem != name), key=lambda path: path.stat().st_mtime
    )
    own = folder / f"{name}.pixels"
    used = own.stat().st_size if own.exists() else 0
    while _lacking(folder, used + sum(path.stat().st_size for path in others), n_bytes) and others:
        oldest = others.pop(0)
        oldest.with_suffix(".index").unlink(missing_ok=True)
        oldest.unlink(missing_ok=True)
    if _lacking(folder, used, n_bytes):
        raise StorageError(
            f"There is not enough room on the disk to train at this size: {n_bytes / 1e9:.1f} GB are needed.",
            safe="Your photos and labels are unchanged.",
            advice="Free some space, or choose a smaller photo size in the recipe.",
        )


def _lacking(folder: Path, used: int, n_bytes: int) -> bool:
    return used + n_bytes > MAX_BYTES or n_bytes > shutil.disk_usage(folder).free / 2


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            what,
            safe="Your photos and labels are unchanged.",
            advice="Check that the disk with the project is connected and has free space, then try again.",
            details=repr(error),
        ) from error
