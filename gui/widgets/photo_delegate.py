"""Draws one photo of a grid: picture, class with its colour, and a badge for what is unusual about it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.store.rows import ClassRow, PhotoRow
from gui.core import icons, theme
from gui.core.thumbs import ThumbCache
from gui.models.photo_model import Caption, PhotoModel

PAD = 8
LINE = 20
DOT = 10
BADGE = 22


class PhotoDelegate(QStyledItemDelegate):
    """Tiles of one size. `side` is the side of the square that the picture must fit, in device-independent pixels."""

    def __init__(self, thumbs: ThumbCache, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self.side = side
        self.n_captions = 0

    def tile_size(self) -> QSize:
        """Width and height of a tile with its margins."""
        return QSize(
            self.side + 2 * PAD,
            self.side + 2 * PAD + LINE * (1 + self.n_captions) + PAD // 2,
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self.tile_size()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        size = self.tile_size()
        left = option.rect.left() + (option.rect.width() - size.width()) // 2
        tile = QRect(left, option.rect.top(), size.width(), size.height()).adjusted(2, 2, -2, -2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        self._paint_ground(
            painter,
            tile,
            selected,
            focused,
            bool(option.state & QStyle.StateFlag.State_MouseOver),
        )
        area = QRect(tile.left() + PAD - 2, tile.top() + PAD - 2, self.side, self.side)
        row: PhotoRow | None = index.data(PhotoModel.ROW)
        if row is None:
            painter.fillRect(area, theme.colour("photo_ground"))
            return
        self._paint_picture(painter, area, row)
        line = QRect(area.left(), area.bottom() + 1 + PAD // 2, area.width(), LINE)
        model = index.model()
        label = model.label_text(row) if isinstance(model, PhotoModel) else ""
        self._paint_label(painter, line, option.fontMetrics, label, index.data(PhotoModel.CLASS))
        caption: Caption | None = index.data(PhotoModel.CAPTION)
        if caption is not None and self.n_captions:
            painter.setPen(theme.colour(caption.token))
            text = option.fontMetrics.elidedText(caption.text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line.translated(0, LINE), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_ground(self, painter: QPainter, tile: QRect, selected: bool, focused: bool, hot: bool) -> None:
        if not (selected or focused or hot):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(
            theme.colour("accent_soft" if selected else "hover") if selected or hot else Qt.BrushStyle.NoBrush
        )
        painter.setPen(theme.colour("accent") if selected or focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(tile, 8, 8)

    def _paint_picture(self, painter: QPainter, area: QRect, row: PhotoRow) -> None:
        ratio = painter.device().devicePixelRatioF()
        found = self._thumbs.pixmap(row, round(self.side * ratio))
        if found is None:
            painter.fillRect(area, theme.colour("photo_ground"))
        else:
            where = QRect(0, 0, *_fit(found, self.side))
            where.moveCenter(area.center())
            painter.setOpacity(0.35 if row.state == "excluded" else 1.0)
            painter.drawPixmap(where, found)
            painter.setOpacity(1.0)
        badge = self._badge(row)
        if badge is not None:
            name, ink = badge
            corner = QRect(area.right() - BADGE - 3, area.top() + 4, BADGE, BADGE)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(corner)
            painter.drawPixmap(corner.adjusted(3, 3, -3, -3), icons.pixmap(name, BADGE - 6, ink, ratio))

    def _badge(self, row: PhotoRow) -> tuple[str, str] | None:
        if row.status != "ok" or self._thumbs.problem(row.sha256):
            return "triangle-alert", "danger"
        if row.state == "excluded":
            return "ban", "text_muted"
        if row.state == "unsure":
            return "circle-help", "warning"
        return None

    def _paint_label(
        self,
        painter: QPainter,
        line: QRect,
        metrics: QFontMetrics,
        label: str,
        found: ClassRow | None,
    ) -> None:
        indent = 0
        if found is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.class_colour(found.colour))
            painter.drawEllipse(line.left() + 1, line.center().y() - DOT // 2 + 1, DOT, DOT)
            indent = DOT + 6
        painter.setPen(theme.colour("text" if found is not None else "text_muted"))
        text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, line.width() - indent)
        painter.drawText(line.adjusted(indent, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)


def _fit(pixmap: QPixmap, side: int) -> tuple[int, int]:
    """Width and height of the picture within the square, never enlarged beyond it."""
    width, height = max(1, pixmap.width()), max(1, pixmap.height())
    scale = side / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
