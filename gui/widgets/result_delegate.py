"""How a classified photo looks in the table: thumbnail and name, class with its colour, confidence as a bar."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.core import icons, theme
from gui.core.score_text import percent
from gui.core.thumbs import ThumbCache
from gui.models.result_model import Result, ResultModel

ROW_HEIGHT = 52
THUMB = 40
PAD = 8
DOT = 10
BAR = 6
PERCENT_ROOM = 44


class ResultDelegate(QStyledItemDelegate):
    """Paints all columns of a `ResultModel`."""

    def __init__(self, thumbs: ThumbCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self._colours: Sequence[str] = ()

    def set_colours(self, colours: Sequence[str]) -> None:
        """`#rrggbb` of each class, in the order of the probabilities."""
        self._colours = colours

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        widths = {ResultModel.PHOTO: 240, ResultModel.CLASS: 170, ResultModel.CONFIDENCE: 150}
        return QSize(widths.get(index.column(), 170), ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        result: Result | None = index.data(ResultModel.RESULT)
        if result is None:
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.colour("accent_soft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, theme.colour("hover"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = option.rect.adjusted(PAD, 0, -PAD, 0)
        if index.column() == ResultModel.PHOTO:
            self._paint_photo(painter, option, room, result)
        elif index.column() == ResultModel.CLASS:
            self._paint_class(painter, option, room, index)
        elif index.column() == ResultModel.CONFIDENCE:
            self._paint_confidence(painter, room, result, sure=bool(index.data(ResultModel.SURE)))
        else:
            _words(painter, option, room, str(index.data()), "text_muted")

    def _paint_photo(self, painter: QPainter, option: QStyleOptionViewItem, room: QRect, result: Result) -> None:
        ratio = painter.device().devicePixelRatioF()
        place = QRect(room.left(), room.center().y() - THUMB // 2 + 1, THUMB, THUMB)
        found = self._thumbs.pixmap(result, round(THUMB * ratio))
        if found is None:
            painter.fillRect(place, theme.colour("photo_ground"))
        else:
            size = found.size().scaled(THUMB, THUMB, Qt.AspectRatioMode.KeepAspectRatio)
            where = QRect(0, 0, size.width(), size.height())
            where.moveCenter(place.center())
            painter.drawPixmap(where, found)
        _words(painter, option, room.adjusted(THUMB + PAD + 4, 0, 0, 0), result.name, "text")

    def _paint_class(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        room: QRect,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        result: Result = index.data(ResultModel.RESULT)
        sure = bool(index.data(ResultModel.SURE))
        sign = QRect(room.left(), room.center().y() - DOT // 2 + 1, DOT, DOT)
        if sure:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.class_colour(self._colours[result.photo.top]))
            painter.drawEllipse(sign)
        else:
            side = DOT + 4
            picture = icons.pixmap("circle-help", side, "warning", painter.device().devicePixelRatioF())
            painter.drawPixmap(sign.adjusted(-2, -2, 2, 2), picture)
        _words(painter, option, room.adjusted(DOT + PAD, 0, 0, 0), str(index.data()), "text" if sure else "warning")

    def _paint_confidence(self, painter: QPainter, room: QRect, result: Result, *, sure: bool) -> None:
        words = QRect(room.right() - PERCENT_ROOM, room.top(), PERCENT_ROOM, room.height())
        painter.setPen(theme.colour("text"))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(result.confidence))
        ground = QRect(room.left(), room.center().y() - BAR // 2 + 1, words.left() - room.left() - PAD, BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        painter.drawRoundedRect(ground, BAR / 2, BAR / 2)
        ground.setWidth(max(BAR, round(ground.width() * result.confidence)))
        painter.setBrush(theme.colour("accent" if sure else "warning"))
        painter.drawRoundedRect(ground, BAR / 2, BAR / 2)


def _words(painter: QPainter, option: QStyleOptionViewItem, room: QRect, text: str, token: str) -> None:
    painter.setPen(theme.colour(token))
    shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
