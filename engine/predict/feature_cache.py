"""Features on disk by photo content, so that each photo goes through a backbone once, whatever is trained on it.

A cache is two files that only grow: `rows.f16` (one row of float16 a photo) and `index.bin` (SHA-256 of the photo and
CRC-32 of its row). A writer that dies leaves at most a torn tail, which the next one cuts off; a row that is not what
was written fails its checksum and counts as absent. Deleting the folder costs time, never a result.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from engine.base.errors import StorageError
from engine.recipe.recipe import InputCfg

# Raised whenever opening, squaring or running photos changes what comes out.
PIPELINE_VERSION = 1
SHA_BYTES, CRC_BYTES = 32, 4
_ENTRY = np.dtype([("sha", np.uint8, SHA_BYTES), ("crc", "<u4")])
_ROW = np.dtype("<f2")


class FeatureKey(msgspec.Struct, frozen=True, kw_only=True):
    """All that features depend on besides the photo."""

    backbone: str
    weights: str
    input: InputCfg
    pipeline: int = PIPELINE_VERSION

    def name(self) -> str:
        """Name of the folder in which such features are kept."""
        digest = hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()
        return f"{self.backbone}-{self.input.size}-{digest[:16]}"


class FeatureCache:
    """Features of one key; several processes may read and append at once.

    Args:
        folder: of all caches; the key's own folder in it is made if needed.
        n_features: width of a row.

    Raises:
        StorageError: the folder cannot be made or read.
    """

    def __init__(self, folder: Path, key: FeatureKey, n_features: int) -> None:
        self._folder = folder / key.name()
        self._rows = self._folder / "rows.f16"
        self._index = self._folder / "index.bin"
        self._width = n_features
        self._row_of: dict[bytes, int] = {}
        self._crcs: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        self._good: set[bytes] = set()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._load()
        except OSError as error:
            raise _refused(error) from error

    def missing(self, shas: Sequence[bytes]) -> list[bytes]:
        """Those of `shas` without usable features, each once, in order."""
        self._verify(shas)
        return [sha for sha in dict.fromkeys(shas) if sha not in self._good]

    def read(self, shas: Sequence[bytes]) -> NDArray[np.float32]:
        """(n, d) float32 features of photos that are not `missing`.

        Raises:
            KeyError: one is missing.
            StorageError: the disk refused.
        """
        self._verify(shas)
        if absent := [sha for sha in shas if sha not in self._good]:
            raise KeyError(absent[0].hex())
        at = np.fromiter((self._row_of[sha] for sha in shas), dtype=np.int64, count=len(shas))
        if not len(at):
            return np.zeros((0, self._width), dtype=np.float32)
        return np.asarray(self._matrix()[at], dtype=np.float32)

    def append(self, shas: Sequence[bytes], features: NDArray[np.float32]) -> None:
        """The features are kept, as float16, and can be read by this and other processes.

        Args:
            shas: n digests of 32 bytes.
            features: (n, d), finite, within float16's +-65504.
        Raises:
            StorageError: the disk refused; what was kept before is intact.
        """
        rows = np.ascontiguousarray(features, dtype=_ROW)
        if not np.isfinite(rows).all():
            raise ValueError("features are not finite in float16")
        entries = np.zeros(len(shas), dtype=_ENTRY)
        for at, sha in enumerate(shas):
            entries[at] = (np.frombuffer(sha, dtype=np.uint8), zlib.crc32(rows[at].tobytes()))
        try:
            with FileLock(self._folder / "lock"):
                n_whole = self._n_whole()
                # Rows first: an entry without its row would promise what is not there.
                _append_at(self._rows, n_whole * self._width * _ROW.itemsize, rows.tobytes())
                _append_at(self._index, n_whole * _ENTRY.itemsize, entries.tobytes())
            self._load()
        except OSError as error:
            raise _refused(error) from error
        # Known to be right without reading them back.
        self._good.update(shas)

    def _n_whole(self) -> int:
        """Number of rows that both files hold completely."""
        n_rows = _size(self._rows) // (self._width * _ROW.itemsize)
        return min(n_rows, _size(self._index) // _ENTRY.itemsize)

    def _load(self) -> None:
        """Take in what any process has appended since."""
        n_known, n_whole = len(self._crcs), self._n_whole()
        if n_whole == n_known:
            return
        if n_whole < n_known:
            # Somebody deleted the cache meanwhile, as is allowed at any time.
            self._row_of, self._good, n_known = {}, set(), 0
            self._crcs = self._crcs[:0]
        fresh = np.fromfile(self._index, dtype=_ENTRY, count=n_whole - n_known, offset=n_known * _ENTRY.itemsize)
        self._crcs = np.concatenate([self._crcs, fresh["crc"]])
        for at, sha in enumerate(fresh["sha"], start=n_known):
            # Of two rows for one photo the later counts: it was written because the earlier had failed its check.
            self._row_of[sha.tobytes()] = at

    def _matrix(self) -> NDArray[np.float16]:
        return np.memmap(self._rows, dtype=_ROW, mode="r", shape=(len(self._crcs), self._width))

    def _verify(self, shas: Sequence[bytes]) -> None:
        """Rows not seen before are compared with their checksums; those that fail are forgotten."""
        fresh = [sha for sha in dict.fromkeys(shas) if sha in self._row_of and sha not in self._good]
        if not fresh:
            return
        try:
            matrix = self._matrix()
        except (OSError, ValueError) as error:
            raise _refused(error) from error
        for sha in fresh:
            row = self._row_of[sha]
            if zlib.crc32(matrix[row].tobytes()) == self._crcs[row]:
                self._good.add(sha)
            else:
                del self._row_of[sha]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _append_at(path: Path, offset: int, data: bytes) -> None:
    """`path` holds its first `offset` bytes followed by `data`: whatever a dead writer left behind them is gone."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    with os.fdopen(fd, "r+b") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(data)


def _refused(error: Exception) -> StorageError:
    return StorageError(
        "The cache of what the backbone sees in your photos could not be used.",
        safe="Your photos and labels are unchanged.",
        advice="Check that the project's disk is connected and has free space, then try again.",
        details=repr(error),
    )
