"""One photo, as large as the room allows, with zoom and pan."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.core import theme

MAX_SCALE = 16.0
STEP = 1.25


class PhotoCanvas(QWidget):
    """Shows a picture fitted into the widget, or magnified around a point; scale 1: one image pixel a screen pixel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 72)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Photo"))
        self._pixmap: QPixmap | None = None
        self._text = ""
        self._scale = 0.0  # 0: fitted
        self._centre = QPointF()
        self._grab: QPoint | None = None

    def set_image(self, image: QImage) -> None:
        """The picture is shown, fitted; a picture of the same size keeps the zoom, to compare neighbours."""
        same = self._pixmap is not None and self._pixmap.size() == image.size() and self._scale > 0
        self._pixmap = QPixmap.fromImage(image)
        self._text = ""
        if not same:
            self.fit()
        self.update()

    def set_preview(self, pixmap: QPixmap) -> None:
        """A thumbnail stands in until the picture has been read."""
        self._pixmap = pixmap
        self._text = ""
        self.fit()

    def set_text(self, text: str) -> None:
        """Words instead of a picture: it is being read, or cannot be."""
        self._pixmap = None
        self._text = text
        self.update()

    def fit(self) -> None:
        """The whole picture is in sight."""
        self._scale = 0.0
        self.update()

    def zoom(self, factor: float, around: QPointF | None = None) -> None:
        """Larger or smaller; the image point under `around` (widget coordinates; the middle if None) stays there."""
        if self._pixmap is None:
            return
        focus = around or QPointF(self.rect().center())
        before = self._shown_scale()
        after = max(self._fitted_scale(), min(MAX_SCALE, before * factor))
        if after <= self._fitted_scale():
            self.fit()
            return
        middle = QPointF(self.rect().center())
        point = self._shown_centre() + (focus - middle) / before
        self._scale = after
        self._centre = point - (focus - middle) / after
        self._keep_inside()
        self.update()

    def zoom_to_pixels(self) -> None:
        """One image pixel a screen pixel."""
        if self._pixmap is not None:
            self.zoom(1.0 / self.devicePixelRatioF() / self._shown_scale())

    def is_fitted(self) -> bool:
        """Whether the whole picture is in sight."""
        return self._scale == 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("viewer_ground"))
        if self._pixmap is None:
            painter.setPen(theme.colour("viewer_text"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(32, 32, -32, -32), flags, self._text)
            return
        scale = self._shown_scale()
        size = QSizeF(self._pixmap.size()) * scale
        corner = QPointF(self.rect().center()) - self._shown_centre() * scale
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 3)
        painter.drawPixmap(QRectF(corner, size), self._pixmap, QRectF(self._pixmap.rect()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._keep_inside()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(STEP if event.angleDelta().y() > 0 else 1 / STEP, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self.is_fitted():
            self._grab = event.position().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is not None:
            here = event.position().toPoint()
            self._centre -= QPointF(here - self._grab) / self._scale
            self._grab = here
            self._keep_inside()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grab = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.is_fitted():
            self.zoom(1.0 / self._shown_scale(), event.position())
        else:
            self.fit()

    def _fitted_scale(self) -> float:
        if self._pixmap is None or self._pixmap.isNull():
            return 1.0
        room = self.rect().adjusted(16, 16, -16, -16)
        return min(room.width() / self._pixmap.width(), room.height() / self._pixmap.height())

    def _shown_scale(self) -> float:
        return self._scale or self._fitted_scale()

    def _shown_centre(self) -> QPointF:
        if self._scale or self._pixmap is None:
            return self._centre
        return QPointF(self._pixmap.width() / 2, self._pixmap.height() / 2)

    def _keep_inside(self) -> None:
        if self._pixmap is None or self.is_fitted():
            return
        half_x, half_y = self.width() / 2 / self._scale, self.height() / 2 / self._scale
        width, height = self._pixmap.width(), self._pixmap.height()
        x = width / 2 if width <= 2 * half_x else min(max(self._centre.x(), half_x), width - half_x)
        y = height / 2 if height <= 2 * half_y else min(max(self._centre.y(), half_y), height - half_y)
        self._centre = QPointF(x, y)
