"""Draws copies: a line for a group, and a photo of the chosen group large with what was done to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engine.store.rows import PhotoRow
from gui.core import icons, theme
from gui.core.copy_words import standing_of, title_of
from gui.core.thumbs import ThumbCache
from gui.models.copy_model import CopyGroupModel, CopyModel

if TYPE_CHECKING:
    from engine.project.copies import Copy, CopyGroup

PAD = 8
LINE = 20
DOT = 10
MARK = 16
SMALL = 44
N_SMALL = 2
ROW_HEIGHT = SMALL + 2 * PAD
FRAME = 2 * PAD + 4
Index = QModelIndex | QPersistentModelIndex


class CopyGroupDelegate(QStyledItemDelegate):
    """A line: two of the photos, their labels, how many there are, and whether anything is left to decide."""

    def __init__(self, thumbs: ThumbCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbs = thumbs

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        group: CopyGroup = index.data(CopyGroupModel.GROUP)
        area = option.rect.adjusted(4, 1, -4, -1)
        paint_ground(painter, area, option)
        left = area.left() + PAD
        for copy in group.copies[:N_SMALL]:
            place = QRect(left, area.center().y() - SMALL // 2 + 1, SMALL, SMALL)
            paint_photo(painter, place, copy.photo, self._thumbs)
            left += SMALL + 4
        words = QRect(left + 4, area.top() + PAD - 1, area.right() - PAD - MARK - left - 8, LINE)
        metrics = option.fontMetrics
        painter.setPen(theme.colour("text"))
        text = metrics.elidedText(title_of(group), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        words.translate(0, LINE + 2)
        painter.setPen(theme.colour("warning" if group.in_conflict else "text_muted"))
        text = metrics.elidedText(standing_of(group), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        self._paint_mark(painter, area, group)

    def _paint_mark(self, painter: QPainter, area: QRect, group: CopyGroup) -> None:
        if not (group.in_conflict or group.settled):
            return
        name, token = ("triangle-alert", "warning") if group.in_conflict else ("circle-check", "success")
        place = QRect(area.right() - PAD - MARK, area.center().y() - MARK // 2 + 1, MARK, MARK)
        painter.drawPixmap(place, icons.pixmap(name, MARK, token, painter.device().devicePixelRatioF()))


class CopyDelegate(QStyledItemDelegate):
    """A tile at least `width` wide: the photo within a square of `side`, its label, what was done, facts and place."""

    def __init__(self, thumbs: ThumbCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self.side = self.width = 240

    def tile_size(self) -> QSize:
        """Width and height of a tile with its margins."""
        return QSize(max(self.width, self.side + FRAME), self.side + PAD + FRAME + 4 * LINE)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.tile_size()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        copy: Copy = index.data(CopyModel.COPY)
        size = self.tile_size()
        left = option.rect.left() + (option.rect.width() - size.width()) // 2
        tile = QRect(left, option.rect.top(), size.width(), size.height()).adjusted(2, 2, -2, -2)
        paint_ground(painter, tile, option)
        place = QRect(tile.center().x() - self.side // 2, tile.top() + PAD, self.side, self.side)
        painter.setOpacity(0.35 if copy.photo.state == "excluded" else 1.0)
        paint_photo(painter, place, copy.photo, self._thumbs)
        painter.setOpacity(1.0)
        if index.data(CopyModel.BEST):
            self._paint_best(painter, place, option)
        line = QRect(tile.left() + PAD, place.bottom() + PAD // 2, tile.width() - 2 * PAD, LINE)
        self._paint_label(painter, line, option, index)
        painter.setPen(theme.colour("text_muted"))
        *facts, path = index.data(CopyModel.LINES)
        elide = Qt.TextElideMode
        for text, mode in (*((fact, elide.ElideRight) for fact in facts), (path, elide.ElideMiddle)):
            line.translate(0, LINE)
            shown = option.fontMetrics.elidedText(text, mode, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_best(self, painter: QPainter, place: QRect, option: QStyleOptionViewItem) -> None:
        text = self.tr("Best")
        width = option.fontMetrics.horizontalAdvance(text) + 2 * PAD
        chip = QRect(place.right() - width - 3, place.top() + 4, width, LINE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(chip, LINE / 2, LINE / 2)
        painter.setPen(theme.colour("on_accent"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_label(self, painter: QPainter, line: QRect, option: QStyleOptionViewItem, index: Index) -> None:
        colour: str = index.data(CopyModel.COLOUR)
        indent = 0
        if colour:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.class_colour(colour))
            painter.drawEllipse(line.left() + 1, line.center().y() - DOT // 2 + 1, DOT, DOT)
            indent = DOT + 6
        painter.setPen(theme.colour("text"))
        words = line.adjusted(indent, 0, 0, 0)
        text = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)


def paint_ground(painter: QPainter, area: QRect, option: QStyleOptionViewItem) -> None:
    """What lies under a chosen or touched item."""
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
    hot = bool(option.state & QStyle.StateFlag.State_MouseOver)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if selected or focused or hot:
        painter.setBrush(theme.colour("accent_soft" if selected else "hover"))
        painter.setPen(theme.colour("accent") if focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, 8, 8)


def paint_photo(painter: QPainter, place: QRect, photo: PhotoRow, thumbs: ThumbCache) -> None:
    """The photo within the square, or the ground where it is still being read."""
    found = thumbs.pixmap(photo, round(place.width() * painter.device().devicePixelRatioF()))
    if found is None:
        painter.fillRect(place, theme.colour("photo_ground"))
        return
    size = found.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
    where = QRect(0, 0, size.width(), size.height())
    where.moveCenter(place.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(where, found)
