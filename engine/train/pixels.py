"""Photos decoded once to the training resolution, kept on disk as raw pixels and read by all epochs and runs.

One file of records for each size and fit, and beside it an index of what each record holds. A record counts once its
index entry is on disk, which is written after the record: what a crash leaves half written is written again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock
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


def decode_all(
    folder: Path,
    photos: Sequence[Photo],
    cfg: InputCfg,
    meter: Meter,
    stop: StopToken,
    *,
    heed: Callable[[], object] = lambda: None,
) -> Pixels:
    """Every distinct content among `photos` is in the cache below `folder`, or refused with a reason.

    Files of other sizes are deleted, longest unused first, where room is needed; if that is not enough, what this one
    holds of other photos. Several processes may do this at once.

    Args:
        photos: all with `sha256`; of several files with one content, the next is tried where one could not be read.
        meter: told of each content, those that were here already included.
        heed: called after each photo that was read; may raise.
    Raises:
        StorageError: no room, or the disk refused.
        Stopped: on request; what was decoded until then stays.
    """
    record = cfg.size * cfg.size * 3
    name = f"{cfg.size}-{cfg.fit}-{PIPELINE}"
    places: dict[bytes, list[Photo]] = {}
    for photo in photos:
        assert photo.sha256 is not None
        places.setdefault(photo.sha256, []).append(photo)
    refused: dict[bytes, DamagedInput] = {}
    with _told("The photos could not be kept for training."):
        folder.mkdir(parents=True, exist_ok=True)
        store = _Store(folder / f"{name}.pixels", folder / f"{name}.index", record)
        known = _with_room(store, places)
        meter.add(len(known))
        while missing := {sha: here for sha, here in places.items() if sha not in known and sha not in refused}:
            refused |= _fill(store, missing, cfg, meter, stop, heed)
            # Looked up anew: another process may have begun the file anew meanwhile.
            known = places.keys() & store.rows().keys()
        row_of, data = store.opened()
    shape = (len(data) // record, cfg.size, cfg.size, 3)
    return Pixels(data=data[: shape[0] * record].reshape(shape), row_of=row_of, refused=refused)


class _Store:
    """The two files of one size and fit."""

    def __init__(self, data: Path, index: Path, record: int) -> None:
        self.data = data
        self.index = index
        self.record = record
        self._lock = FileLock(data.with_suffix(".lock"))

    def rows(self) -> dict[bytes, int]:
        """The record of each content; entries beyond the end of either file do not count."""
        try:
            digests, n = self.index.read_bytes(), self._n_whole()
        except FileNotFoundError:
            return {}
        return {digests[at * DIGEST_BYTES : (at + 1) * DIGEST_BYTES]: at for at in range(n)}

    def append(self, digests: list[bytes], pixels: list[NDArray[np.uint8]]) -> None:
        """The records are in the file, and count."""
        with self._lock:
            first = self._n_whole()
            _write(self.data, first * self.record, b"".join(one.tobytes() for one in pixels))
            _write(self.index, first * DIGEST_BYTES, b"".join(digests))

    def opened(self) -> tuple[dict[bytes, int], NDArray[np.uint8]]:
        """The record of each content, and the records as a memory map that fits them; the files count as used now."""
        with self._lock:
            row_of = self.rows()
            if not row_of:
                return {}, np.zeros(0, dtype=np.uint8)
            # The time says which files were used last.
            for path in (self.data, self.index):
                path.touch()
            return row_of, np.memmap(self.data, dtype=np.uint8, mode="r")

    def forget(self) -> None:
        """The file holds nothing; processes that have it mapped keep what they see."""
        with self._lock:
            self.index.unlink(missing_ok=True)
            self.data.unlink(missing_ok=True)

    def _n_whole(self) -> int:
        """Records that both files hold completely."""
        try:
            return min(self.index.stat().st_size // DIGEST_BYTES, self.data.stat().st_size // self.record)
        except FileNotFoundError:
            return 0


def _write(path: Path, offset: int, data: bytes) -> None:
    with open(path, "r+b" if path.exists() else "x+b") as out:
        out.truncate(offset)
        out.seek(offset)
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _fill(
    store: _Store,
    missing: dict[bytes, list[Photo]],
    cfg: InputCfg,
    meter: Meter,
    stop: StopToken,
    heed: Callable[[], object],
) -> dict[bytes, DamagedInput]:
    """The missing contents are in the store, but for those that are given back with the reason."""
    refused: dict[bytes, DamagedInput] = {}
    digests: list[bytes] = []
    pixels: list[NDArray[np.uint8]] = []

    def keep() -> None:
        store.append(digests, pixels)
        digests.clear()
        pixels.clear()

    # Copies of a content are tried in turn, in rounds: mostly there is one round.
    waiting = dict(missing)
    attempt = 0
    while waiting:
        photos = [places[attempt] for places in waiting.values()]
        with contextlib.closing(decoded(photos, cfg, stop)) as reads:
            for photo, found, why in reads:
                heed()
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


def _with_room(store: _Store, places: Mapping[bytes, object]) -> set[bytes]:
    """Those contents that are here already; there is room for the others.

    Raises:
        StorageError: there is none.
    """
    known = places.keys() & store.rows().keys()
    n_bytes = (len(places) - len(known)) * store.record
    if not n_bytes or _make_room(store, n_bytes):
        return known
    # What is left is this file: of no use for these photos, if they alone would fit.
    n_bytes = len(places) * store.record
    if n_bytes <= MAX_BYTES and n_bytes <= (_free(store) + _used(store)) / 2:
        store.forget()
        return set()
    raise StorageError(
        f"There is not enough room on the disk to train at this size: {n_bytes / 1e9:.1f} GB are needed.",
        safe="Your photos and labels are unchanged.",
        advice="Free some space, or choose a smaller photo size in the recipe.",
    )


def _make_room(store: _Store, n_bytes: int) -> bool:
    """Whether there is room for so many bytes more, other sizes having been deleted where that was needed."""
    others = sorted(
        (path for path in store.data.parent.glob("*.pixels") if path != store.data),
        key=lambda path: path.stat().st_mtime,
    )
    while True:
        used = _used(store) + sum(path.stat().st_size for path in others)
        if used + n_bytes <= MAX_BYTES and n_bytes <= _free(store) / 2:
            return True
        if not others:
            return False
        oldest = others.pop(0)
        oldest.with_suffix(".index").unlink(missing_ok=True)
        oldest.unlink(missing_ok=True)


def _used(store: _Store) -> int:
    return store.data.stat().st_size if store.data.exists() else 0


def _free(store: _Store) -> int:
    return shutil.disk_usage(store.data.parent).free


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
