"""One large photo at a time, read off the GUI thread by the decoder that training uses; the newest request wins."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage

from engine.base.errors import AppError
from engine.base.fspath import to_path
from engine.base.ids import PhotoId
from gui.core.thumbs import qimage_of

if TYPE_CHECKING:
    from PIL import Image

# Beyond this no screen shows more, and a photo of 100 megapixels would take 400 MB.
MAX_SIDE = 4096
N_KEPT = 3


class HasFile(Protocol):
    """A photo of the project, or any other file with a number of its own."""

    @property
    def id(self) -> PhotoId: ...

    @property
    def path(self) -> bytes: ...


class FullPhotoLoader(QObject):
    """`loaded` carries (PhotoId, QImage upright, at most 4096 px a side) or (PhotoId, str: why it cannot be shown)."""

    loaded = Signal(object, object)
    _read = Signal(object, object)

    def __init__(self, open_photo: Callable[[Path], Image.Image] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open = open_photo or _open_photo
        self._kept: OrderedDict[PhotoId, QImage] = OrderedDict()
        self._next: tuple[PhotoId, Path] | None = None
        self._lock = Lock()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._read.connect(self._keep)

    def request(self, row: HasFile) -> None:
        """`loaded` follows for this photo unless another one is requested before."""
        found = self._kept.get(row.id)
        if found is not None:
            self.loaded.emit(row.id, found)
            return
        with self._lock:
            idle = self._next is None
            self._next = (row.id, to_path(row.path))
        if idle:
            self._pool.start(_Reader(self))

    def forget(self) -> None:
        """Nothing is kept: another project is open, or files have changed."""
        self._kept.clear()

    def shut_down(self) -> None:
        """Nothing is being read any more."""
        with self._lock:
            self._next = None
        self._pool.waitForDone()

    def read_next(self) -> None:
        """The newest request is read and on its way to the GUI thread; called by the reader's thread."""
        with self._lock:
            wanted, self._next = self._next, None
        if wanted is None:
            return
        photo_id, path = wanted
        try:
            found: QImage | str = _limited(qimage_of(self._open(path)))
        except AppError as error:
            found = error.user_text()
        except Exception as error:  # noqa: BLE001 - the border of a pool thread: the viewer says why it shows nothing
            found = repr(error)
        self._read.emit(photo_id, found)

    @Slot(object, object)
    def _keep(self, photo_id: PhotoId, found: QImage | str) -> None:
        if isinstance(found, QImage):
            self._kept[photo_id] = found
            while len(self._kept) > N_KEPT:
                self._kept.popitem(last=False)
        self.loaded.emit(photo_id, found)


class _Reader(QRunnable):
    def __init__(self, loader: FullPhotoLoader) -> None:
        super().__init__()
        self._loader = loader

    def run(self) -> None:
        self._loader.read_next()


def _open_photo(path: Path) -> Image.Image:
    # Here and not above: Pillow is not needed before the first photo is opened.
    from engine.image.opening import open_image

    return open_image(path).image


def _limited(image: QImage) -> QImage:
    if max(image.width(), image.height()) <= MAX_SIDE:
        return image
    return image.scaled(
        QSize(MAX_SIDE, MAX_SIDE), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
