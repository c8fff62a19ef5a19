"""A few photos in a row under a heading, to compare another photo with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.store.rows import PhotoRow
from gui.core import theme
from gui.core.thumbs import ThumbCache

SIDE = 64
GAP = 6
HEADING = 20


class PhotoStrip(QWidget):
    """Paints thumbnails; takes no clicks."""

    def __init__(self, thumbs: ThumbCache, n: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self._n = n
        self._heading = ""
        self._rows: tuple[PhotoRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        thumbs.ready.connect(self._thumb_ready)

    def show_photos(self, heading: str, rows: Sequence[PhotoRow]) -> None:
        """The strip shows these photos under this heading."""
        self._heading = heading
        self._rows = tuple(rows)
        self.setAccessibleName(heading)
        self.setToolTip(heading)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._n * (SIDE + GAP) - GAP, HEADING + SIDE)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * (SIDE + GAP), HEADING + SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.colour("text_muted"))
        room = QRect(0, 0, self.width(), HEADING)
        shown = self.fontMetrics().elidedText(self._heading, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for at, row in enumerate(self._rows):
            place = QRect(at * (SIDE + GAP), HEADING, SIDE, SIDE)
            if place.right() > self.width():
                break
            self._paint_photo(painter, place, row)

    def _paint_photo(self, painter: QPainter, place: QRect, row: PhotoRow) -> None:
        painter.fillRect(place, theme.colour("photo_ground"))
        found = self._thumbs.pixmap(row, round(SIDE * self.devicePixelRatioF()))
        if found is not None:
            size = found.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            where = QRect(0, 0, size.width(), size.height())
            where.moveCenter(place.center())
            painter.drawPixmap(where, found)

    @Slot(object)
    def _thumb_ready(self, sha256: bytes) -> None:
        if any(row.sha256 == sha256 for row in self._rows):
            self.update()
