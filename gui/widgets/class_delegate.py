"""Draws a line of the class list: colour or icon, name, key, count."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.core import icons, theme
from gui.models.class_model import ClassModel, Entry

HEIGHT = 34
HEADING_HEIGHT = 36
PAD = 10
MARK = 16
COUNT_WIDTH = 52
KEY_SIDE = 20


class ClassDelegate(QStyledItemDelegate):
    """`hot_row` is the row a drag hovers over, -1 for none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hot_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        entry: Entry = index.data(ClassModel.ENTRY)
        return QSize(120, HEADING_HEIGHT if entry.kind == "heading" else HEIGHT)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        editor.setGeometry(option.rect.adjusted(PAD + MARK + 2, 1, -8, -1))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: Entry = index.data(ClassModel.ENTRY)
        area = option.rect.adjusted(4, 1, -4, -1)
        if entry.kind == "heading":
            painter.save()
            font = QFont(option.font)
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(theme.colour("text_muted"))
            painter.drawText(area.adjusted(PAD - 2, 10, 0, 0), Qt.AlignmentFlag.AlignVCenter, entry.text)
            painter.restore()
            return
        self._ground(painter, area, option, hot=index.row() == self.hot_row)
        self._mark(painter, area, entry)
        self._texts(painter, area, option.fontMetrics, entry)

    def _ground(self, painter: QPainter, area: QRect, option: QStyleOptionViewItem, *, hot: bool) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or over or hot:
            painter.setPen(theme.colour("accent") if hot or (focused and selected) else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft" if selected or hot else "hover"))
            painter.drawRoundedRect(area, 6, 6)

    def _mark(self, painter: QPainter, area: QRect, entry: Entry) -> None:
        mark = QRect(area.left() + PAD - 4, area.center().y() - MARK // 2 + 1, MARK, MARK)
        if entry.row is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.class_colour(entry.row.colour))
            painter.drawEllipse(mark.adjusted(2, 2, -2, -2))
            return
        warn = entry.kind == "problems" and entry.count
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(mark, icons.pixmap(entry.icon, MARK, "danger" if warn else "text_muted", ratio))

    def _texts(self, painter: QPainter, area: QRect, metrics: QFontMetrics, entry: Entry) -> None:
        right = area.right() - PAD
        painter.setPen(theme.colour("text_muted"))
        count = QRect(right - COUNT_WIDTH, area.top(), COUNT_WIDTH, area.height())
        painter.drawText(count, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{entry.count:,}")
        right -= metrics.horizontalAdvance(f"{entry.count:,}") + PAD
        if entry.row is not None and entry.row.key:
            box = QRect(right - KEY_SIDE, area.center().y() - KEY_SIDE // 2 + 1, KEY_SIDE, KEY_SIDE)
            painter.setBrush(theme.colour("sunken"))
            painter.setPen(theme.colour("border"))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(theme.colour("text_muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, entry.row.key.upper())
            right -= KEY_SIDE + PAD
        left = area.left() + PAD + MARK + 4
        painter.setPen(theme.colour("text"))
        text = metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, area.top(), right - left, area.height()), Qt.AlignmentFlag.AlignVCenter, text)
