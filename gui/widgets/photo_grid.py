"""A grid of photos over a PhotoModel: uniform tiles, thumbnails loaded for what is in sight, selection by id."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from engine.base.ids import PhotoId
from gui.core import theme
from gui.core.thumbs import ThumbCache
from gui.models.photo_model import PhotoModel
from gui.widgets.photo_delegate import PhotoDelegate
from gui.widgets.tile_view import TileView

_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
SIZES = (96, 128, 160, 208, 272, 352)


class PhotoGrid(TileView):
    """Shows any PhotoModel; knows no project.

    `photo_activated` carries the PhotoId of an entered or double-clicked photo; `photos_selected` the selected ids in
    the order of the grid; `photo_current` the id of the current photo or None; `zoomed` the new tile side.
    """

    photo_activated = Signal(object)
    photos_selected = Signal(object)
    photo_current = Signal(object)
    zoomed = Signal(int)

    def __init__(
        self,
        model: PhotoModel,
        thumbs: ThumbCache,
        *,
        side: int = 160,
        captions: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("photo_grid")
        self.setAccessibleName(self.tr("Photos"))
        self._thumbs = thumbs
        self._delegate = PhotoDelegate(thumbs, side, self)
        self._delegate.n_captions = captions
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setViewportMargins(8, 8, 0, 0)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setModel(model)
        self.set_side(side)
        self._tidy = QTimer(self)
        self._tidy.setSingleShot(True)
        self._tidy.setInterval(60)
        self._tidy.timeout.connect(self._forget_unseen)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.activated.connect(self._activate)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.selectionModel().currentChanged.connect(self._tell_current)
        thumbs.ready.connect(self._thumb_ready)

    def photo_model(self) -> PhotoModel:
        """The model given at construction."""
        model = self.model()
        assert isinstance(model, PhotoModel)
        return model

    def side(self) -> int:
        """Side of the picture square in device-independent pixels."""
        return self._delegate.side

    def set_side(self, side: int) -> None:
        """Tiles have this picture side from now on; the photo that was in the middle stays in sight."""
        keep = self.indexAt(self.viewport().rect().center())
        changed = side != self._delegate.side
        self._delegate.side = side
        size = self._delegate.tile_size()
        self.set_tile_size(QSize(size.width() + 4, size.height() + 4))
        if keep.isValid():
            self.scrollTo(keep, QAbstractItemView.ScrollHint.PositionAtCenter)
        if changed:
            self.zoomed.emit(side)

    def zoom(self, steps: int) -> None:
        """Larger tiles by that many of the fixed sizes; smaller if negative."""
        nearest = min(range(len(SIZES)), key=lambda at: abs(SIZES[at] - self.side()))
        self.set_side(SIZES[max(0, min(len(SIZES) - 1, nearest + steps))])

    def selected_ids(self) -> tuple[PhotoId, ...]:
        """The selected photos in the order of the grid."""
        model = self.photo_model()
        selection = self.selectionModel().selection()
        # By stretches: asking for each index would make 100,000 objects of a selected list.
        stretches = sorted((selection.at(at).top(), selection.at(at).bottom()) for at in range(selection.count()))
        return tuple(PhotoId(int(photo_id)) for top, bottom in stretches for photo_id in model.ids()[top : bottom + 1])

    def current_id(self) -> PhotoId | None:
        """The photo that the keys act on when nothing else is selected."""
        index = self.currentIndex()
        return self.photo_model().id_at(index.row()) if index.isValid() else None

    def select_ids(self, ids: Sequence[int], current: int | None = None) -> None:
        """Exactly these photos are selected (those listed); `current` or the first of them is current and in sight."""
        model = self.photo_model()
        rows = model.positions_of(ids)
        chosen = QItemSelection()
        for begin, end in _runs(rows):
            chosen.merge(
                QItemSelection(model.index(begin), model.index(end)),
                QItemSelectionModel.SelectionFlag.Select,
            )
        at = model.position_of(current) if current is not None else (rows[0] if rows else -1)
        if at >= 0:
            self.selectionModel().setCurrentIndex(model.index(at), QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(model.index(at))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def go_to_row(self, row: int) -> None:
        """The photo at this position (clipped to the list) is the only one selected, and current."""
        n_rows = self.model().rowCount()
        if n_rows:
            index = self.model().index(max(0, min(n_rows - 1, row)), 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Qt's search by typing would swallow the keys that assign classes.
        typed = event.text() and event.text().isprintable() and not event.modifiers() & _COMMAND
        if typed or event.key() == Qt.Key.Key_Backspace:
            event.ignore()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._activate(self.currentIndex())
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
            return
        super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tidy.start()

    def startDrag(self, supported: Qt.DropAction) -> None:
        from PySide6.QtGui import QDrag

        indexes = self.selectionModel().selectedIndexes()
        if not indexes:
            return
        drag = QDrag(self)
        drag.setMimeData(self.photo_model().mimeData(indexes))
        drag.setPixmap(self._drag_picture(len(indexes)))
        drag.exec(Qt.DropAction.CopyAction)

    def _drag_picture(self, n: int) -> QPixmap:
        from PySide6.QtGui import QPainter

        text = self.tr("%n photo(s)", "", n)
        metrics = self.fontMetrics()
        made = QPixmap(metrics.horizontalAdvance(text) + 24, metrics.height() + 14)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(made.rect(), 8, 8)
        painter.setPen(theme.colour("on_accent"))
        painter.drawText(made.rect(), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
        return made

    @Slot(QModelIndex)
    def _activate(self, index: QModelIndex) -> None:
        self.photo_activated.emit(self.photo_model().id_at(index.row()))

    @Slot()
    def _tell_selection(self) -> None:
        self.photos_selected.emit(self.selected_ids())

    @Slot()
    def _tell_current(self) -> None:
        self.photo_current.emit(self.current_id())

    @Slot()
    def _scrolled(self) -> None:
        self._tidy.start()

    @Slot()
    def _forget_unseen(self) -> None:
        model = self.photo_model()
        seen = (model.row_of(model.id_at(row)) for row in self.visible_rows())
        self._thumbs.keep_only({row.sha256 for row in seen if row is not None})

    @Slot(object)
    def _thumb_ready(self, sha256: bytes) -> None:
        # One repaint for all thumbnails that arrive before the next frame.
        if self.isVisible():
            self.viewport().update()


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Stretches of consecutive numbers as (first, last)."""
    made: list[tuple[int, int]] = []
    for row in rows:
        if made and made[-1][1] == row - 1:
            made[-1] = (made[-1][0], row)
        else:
            made.append((row, row))
    return made
