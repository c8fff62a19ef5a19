"""The list of groups of copies, and the board on which the photos of one lie side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from engine.base.ids import PhotoId
from gui.core.thumbs import ThumbCache
from gui.models.copy_model import CopyGroupModel, CopyModel
from gui.widgets.copy_delegates import FRAME, CopyDelegate, CopyGroupDelegate
from gui.widgets.tile_view import TileView

LEAST_SIDE, MOST_SIDE = 140, 384
# A group of more photos than this scrolls; smaller pictures would show no difference.
MOST_BESIDE = 3


class CopyGroupList(QListView):
    """`stepped` carries -1 or 1 where Left or Right mean a photo of the chosen group."""

    stepped = Signal(int)

    def __init__(self, model: CopyGroupModel, thumbs: ThumbCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Groups of copies"))
        self.setModel(model)
        self.setItemDelegate(CopyGroupDelegate(thumbs, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        thumbs.ready.connect(self._thumb_ready)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
            return
        super().keyPressEvent(event)

    @Slot(object)
    def _thumb_ready(self, sha256: bytes) -> None:
        if self.isVisible():
            self.viewport().update()


class CopyBoard(TileView):
    """The photos of a `CopyModel`, as large as they fit; `chosen` carries the id of the one that was chosen or None."""

    chosen = Signal(object)

    def __init__(self, model: CopyModel, thumbs: ThumbCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Photos of the group"))
        self._copies = model
        self._delegate = CopyDelegate(thumbs, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setModel(model)
        model.modelReset.connect(self._begin)
        self.selectionModel().currentChanged.connect(self._tell)
        thumbs.ready.connect(self._thumb_ready)

    def photo_id(self) -> PhotoId | None:
        """The photo that is chosen."""
        index = self.currentIndex()
        return self._copies.copy(index.row()).photo.id if index.isValid() else None

    def choose(self, row: int) -> None:
        """The photo at this position (clipped to the group) is chosen."""
        n = self._copies.rowCount()
        if n:
            index = self._copies.index(max(0, min(n - 1, row)), 0)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    @Slot(int)
    def step(self, by: int) -> None:
        """The photo that many places on is chosen."""
        self.choose(self.currentIndex().row() + by)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        n = self._copies.rowCount()
        beside = max(1, min(MOST_BESIDE, n))
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if n > MOST_BESIDE else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(policy)
        below = self._delegate.tile_size().height() - self._delegate.side
        column = self.viewport().width() // beside
        room = min(column - FRAME, self.viewport().height() - below)
        self._delegate.side = max(LEAST_SIDE, min(MOST_SIDE, room))
        self._delegate.width = min(column, MOST_SIDE + FRAME)
        self.set_tile_size(self._delegate.tile_size())

    @Slot()
    def _begin(self) -> None:
        self._fit()
        self.choose(self._copies.best_row())
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.photo_id())

    @Slot(object)
    def _thumb_ready(self, sha256: bytes) -> None:
        if self.isVisible():
            self.viewport().update()
