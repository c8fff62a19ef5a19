"""Thumbnails in memory: loaded by two threads, newest request first, forgotten when they take too much room."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from engine.base.errors import AppError

if TYPE_CHECKING:
    from PIL import Image

N_THREADS = 2
MAX_BYTES = 192 * 1024 * 1024
LoadThumb = Callable[[Path, bytes, Path], "Image.Image"]


class HasPicture(Protocol):
    """A photo of the project, or any other file; `sha256` of its content, or of whatever names it for good."""

    @property
    def path(self) -> bytes: ...

    @property
    def sha256(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ThumbKey:
    """A thumbnail: the photo's content and the side of the square it must fit, in device pixels."""

    sha256: bytes
    side: int


class ThumbCache(QObject):
    """Pixmaps by content and size. `pixmap` answers at once, with None where loading has only begun.

    `ready` carries the sha256 of a photo whose thumbnail has arrived or has failed (then `problem` tells why).
    """

    ready = Signal(object)
    _loaded = Signal(object, object)

    def __init__(
        self,
        load: LoadThumb | None = None,
        *,
        max_bytes: int = MAX_BYTES,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._load = load or _load_thumb
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._folder: Path | None = None
        self._pixmaps: OrderedDict[ThumbKey, QPixmap] = OrderedDict()
        self._problems: dict[bytes, str] = {}
        self._sides: dict[bytes, int] = {}
        self._wanted: OrderedDict[ThumbKey, Path] = OrderedDict()
        self._running: set[ThumbKey] = set()
        self._held: WeakKeyDictionary[object, set[bytes]] = WeakKeyDictionary()
        self._n_loaders = 0
        self._lock = Lock()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(N_THREADS)
        self._loaded.connect(self._keep)

    def set_folder(self, folder: Path | None) -> None:
        """Thumbnails come from this folder from now on; what belonged to another project is forgotten."""
        with self._lock:
            self._wanted.clear()
        self._folder = folder
        self._pixmaps.clear()
        self._problems.clear()
        self._sides.clear()
        self._n_bytes = 0

    def pixmap(self, row: HasPicture, side: int) -> QPixmap | None:
        """The photo's thumbnail, at most `side` device pixels wide and high; None while it loads or if it cannot be.

        While the wanted size loads, the size that was shown before serves, to be stretched.
        """
        key = ThumbKey(row.sha256, side)
        found = self._pixmaps.get(key)
        if found is not None:
            self._pixmaps.move_to_end(key)
            return found
        if row.sha256 in self._problems:
            return None
        self._want(key, Path(os.fsdecode(row.path)))
        other = self._sides.get(row.sha256)
        return self._pixmaps.get(ThumbKey(row.sha256, other)) if other else None

    def problem(self, sha256: bytes) -> str:
        """Why there is no thumbnail; empty if none has failed."""
        return self._problems.get(sha256, "")

    def keep_only(self, visible: set[bytes]) -> None:
        """Requests for photos that are not in `visible` are given up, unless they are held or being loaded already."""
        kept = visible.union(*self._held.values())
        with self._lock:
            for key in [key for key in self._wanted if key.sha256 not in kept]:
                del self._wanted[key]

    def hold(self, holder: object, photos: set[bytes]) -> None:
        """No other view makes requests for these photos be given up, until the holder holds others or is gone."""
        self._held[holder] = photos

    def is_idle(self) -> bool:
        """Whether nothing is being loaded or waits to be."""
        with self._lock:
            return not self._wanted and not self._running

    def shut_down(self) -> None:
        """No thumbnail is being loaded any more."""
        with self._lock:
            self._wanted.clear()
        self._pool.waitForDone()

    def _want(self, key: ThumbKey, original: Path) -> None:
        if self._folder is None:
            return
        with self._lock:
            if key in self._running:
                return
            self._wanted[key] = original
            # The newest request is the likeliest to be on the screen.
            self._wanted.move_to_end(key, last=False)
            needs_loader = self._n_loaders < N_THREADS
            self._n_loaders += needs_loader
        if needs_loader:
            self._pool.start(_Loader(self, self._folder))

    def next_request(self) -> tuple[ThumbKey, Path] | None:
        """The next thumbnail a loader should get, None if it is done; called by the loaders' threads."""
        with self._lock:
            if not self._wanted:
                self._n_loaders -= 1
                return None
            key, original = self._wanted.popitem(last=False)
            self._running.add(key)
            return key, original

    def load(self, folder: Path, key: ThumbKey, original: Path) -> None:
        """The thumbnail is read and on its way to the GUI thread; called by the loaders' threads."""
        try:
            found: QImage | str = _fitted(self._load(folder, key.sha256, original), key.side)
        except AppError as error:
            found = error.user_text()
        except Exception as error:  # noqa: BLE001 - the border of a pool thread: a photo that cannot be shown gets a badge
            found = repr(error)
        self._loaded.emit((folder, key), found)

    @Slot(object, object)
    def _keep(self, about: tuple[Path, ThumbKey], found: QImage | str) -> None:
        folder, key = about
        with self._lock:
            self._running.discard(key)
        if folder != self._folder:
            return
        if isinstance(found, str):
            self._problems[key.sha256] = found
        else:
            self._add(key, QPixmap.fromImage(found))
        self.ready.emit(key.sha256)

    def _add(self, key: ThumbKey, pixmap: QPixmap) -> None:
        self._pixmaps[key] = pixmap
        self._sides[key.sha256] = key.side
        self._n_bytes += _size_of(pixmap)
        while self._n_bytes > self._max_bytes and len(self._pixmaps) > 1:
            old, gone = self._pixmaps.popitem(last=False)
            self._n_bytes -= _size_of(gone)
            if self._sides.get(old.sha256) == old.side:
                del self._sides[old.sha256]


class _Loader(QRunnable):
    """Loads request after request until none is left."""

    def __init__(self, cache: ThumbCache, folder: Path) -> None:
        super().__init__()
        self._cache = cache
        self._folder = folder

    def run(self) -> None:
        while request := self._cache.next_request():
            self._cache.load(self._folder, *request)


def _load_thumb(folder: Path, sha256: bytes, original: Path) -> Image.Image:
    # Here and not above: Pillow is not needed before the first photo is on the screen.
    from engine.image.thumbs import load_thumb

    return load_thumb(folder, sha256, original)


def qimage_of(photo: Image.Image) -> QImage:
    """A copy of the photo as a `QImage` (RGB32)."""
    rgb = photo if photo.mode == "RGB" else photo.convert("RGB")
    # Qt wants the fourth byte full: with BGRX it is zero, and a pale photo that is enlarged comes out as noise.
    data = rgb.convert("RGBA").tobytes("raw", "BGRA")
    return QImage(data, rgb.width, rgb.height, 4 * rgb.width, QImage.Format.Format_RGB32).copy()


def _fitted(photo: Image.Image, side: int) -> QImage:
    image = qimage_of(photo)
    # Scaled here, in the loader's thread, so that painting copies pixels and does nothing else.
    return image.scaled(
        QSize(side, side),
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def _size_of(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4
