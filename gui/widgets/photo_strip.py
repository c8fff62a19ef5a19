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
CAPTION = 20


class PhotoStrip(QWidget):
    """Paints thumbnails; takes no clicks."""

    def __init__(
        self,
        thumbs: ThumbCache,
        n: int,
        *,
        side: int = SIDE,
        headed: bool = True,
        captions: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """`headed`: there is room for the heading; `captions`: for a line under each photo."""
        super().__init__(parent)
        self._thumbs = thumbs
        self._n = n
        self._side = side
        self._line = CAPTION if captions else 0
        self._top = HEADING if headed else 0
        self._captions: tuple[str, ...] = ()
        self._heading = ""
        self._rows: tuple[PhotoRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        thumbs.ready.connect(self._thumb_ready)

    def show_photos(self, heading: str, rows: Sequence[PhotoRow], captions: Sequence[str] = ()) -> None:
        """The strip shows these photos under this heading, each with its line if there is room for one."""
        self._heading = heading
        self._rows = tuple(rows)
        self._captions = tuple(captions)
        self._thumbs.hold(self, {row.sha256 for row in rows})
        self.setAccessibleName(heading)
        self.setAccessibleDescription(", ".join(captions))
        self.setToolTip(heading)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._n * (self._side + GAP) - GAP, self._top + self._side + self._line)

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * (self._side + GAP), self._top + self._side + self._line)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.colour("text_muted"))
        room = QRect(0, 0, self.width(), self._top)
        shown = self.fontMetrics().elidedText(
            self._heading if self._top else "", Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for at, row in enumerate(self._rows):
            place = QRect(at * (self._side + GAP), self._top, self._side, self._side)
            if place.right() > self.width():
                break
            self._paint_photo(painter, place, row)
            if at < len(self._captions) and self._line:
                self._paint_caption(painter, place.translated(0, self._side), self._captions[at])

    def _paint_caption(self, painter: QPainter, place: QRect, text: str) -> None:
        painter.setPen(theme.colour("text_muted"))
        room = QRect(place.left(), place.top(), place.width(), self._line)
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_photo(self, painter: QPainter, place: QRect, row: PhotoRow) -> None:
        painter.fillRect(place, theme.colour("photo_ground"))
        found = self._thumbs.pixmap(row, round(self._side * self.devicePixelRatioF()))
        if found is not None:
            size = found.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            where = QRect(0, 0, size.width(), size.height())
            where.moveCenter(place.center())
            painter.drawPixmap(where, found)

    @Slot(object)
    def _thumb_ready(self, sha256: bytes) -> None:
        if any(row.sha256 == sha256 for row in self._rows):
            self.update()
