"""The class list as a view: choose what to show, rename in place, drop folders or photos to make or fill a class."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from engine.base.ids import ClassId
from gui.core import theme
from gui.core.drops import has_files, paths_in
from gui.models.class_model import ClassModel, Entry
from gui.models.photo_model import PHOTO_IDS_MIME, photo_ids_in
from gui.widgets.class_delegate import ClassDelegate


class ClassList(QListView):
    """Knows a ClassModel, never a project.

    Signals:
        entry_chosen: `Entry` of the line that became current.
        files_dropped: (paths as bytes, ClassId or None for a new class).
        photos_dropped: (photo ids, ClassId or None for a new class).
        remove_wanted: ClassId, from the Delete key.
        drag_changed: whether something that can be dropped here is being dragged over the list.
        menu_wanted: (ClassId or None, global position) for a context menu.
    """

    entry_chosen = Signal(object)
    files_dropped = Signal(object, object)
    photos_dropped = Signal(object, object)
    remove_wanted = Signal(object)
    drag_changed = Signal(bool)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, model: ClassModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Classes"))
        self._delegate = ClassDelegate(self)
        self._dragging = False
        self._wanted: Entry | None = None
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.selectionModel().currentChanged.connect(self._tell_current)
        model.modelReset.connect(self._restore)

    def class_model(self) -> ClassModel:
        """The model given at construction."""
        model = self.model()
        assert isinstance(model, ClassModel)
        return model

    def current_entry(self) -> Entry | None:
        """The chosen line."""
        index = self.currentIndex()
        return self.class_model().entry(index.row()) if index.isValid() else None

    def current_class(self) -> ClassId | None:
        """The chosen class, None if a fixed line is chosen."""
        entry = self.current_entry()
        return entry.class_id if entry is not None else None

    def choose_row(self, row: int) -> None:
        """The line at this position is the chosen one."""
        self.setCurrentIndex(self.class_model().index(row))

    def rename_current(self) -> None:
        """The chosen class's name can be typed over."""
        if self.current_class() is not None:
            self.edit(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.current_class() is not None:
            self.remove_wanted.emit(self.current_class())
            return
        if event.text() and event.text().isprintable() and not event.text().isspace():
            event.ignore()  # class keys and single-letter commands belong to the page, not to a search by typing
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if is_acceptable(event):
            self._dragging = True
            self.drag_changed.emit(True)
            event.acceptProposedAction()
            self.viewport().update()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if not is_acceptable(event):
            event.ignore()
            return
        index = self._class_index(event.position().toPoint())
        self._delegate.hot_row = index.row() if index is not None else -1
        event.acceptProposedAction()
        self.viewport().update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drag_over()

    def dropEvent(self, event: QDropEvent) -> None:
        index = self._class_index(event.position().toPoint())
        self._drag_over()
        self.take_drop(event, self.class_model().entry(index.row()).class_id if index is not None else None)

    def take_drop(self, event: QDropEvent, target: ClassId | None) -> None:
        """The drop is accepted and told of, as one for this class or, without one, for a new class."""
        ids = photo_ids_in(event.mimeData())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if ids:
            self.photos_dropped.emit(ids, target)
        else:
            self.files_dropped.emit(paths_in(event.mimeData()), target)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._dragging or self._delegate.hot_row >= 0:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.viewport().rect().adjusted(4, 4, -5, -5)
        pen = painter.pen()
        pen.setColor(theme.colour("accent"))
        pen.setWidth(2)
        painter.setPen(pen)
        painter.drawRoundedRect(area, 8, 8)

    def _class_index(self, where: QPoint) -> QModelIndex | None:
        index = self.indexAt(where)
        if not index.isValid() or self.class_model().entry(index.row()).kind != "class":
            return None
        return index

    def _drag_over(self) -> None:
        self._dragging = False
        self.drag_changed.emit(False)
        self._delegate.hot_row = -1
        self.viewport().update()

    @Slot()
    def _tell_current(self) -> None:
        entry = self.current_entry()
        if entry is not None and not entry.same_line(self._wanted):
            self._wanted = entry
            self.entry_chosen.emit(entry)

    @Slot()
    def _restore(self) -> None:
        # A reset forgets the choice; the same line is chosen again, or the first if it is gone.
        if self.class_model().rowCount():
            self.choose_row(max(0, self.class_model().row_of(self._wanted)))

    @Slot(QPoint)
    def _ask_menu(self, where: QPoint) -> None:
        index = self._class_index(where)
        if index is not None:
            self.setCurrentIndex(index)
        target = self.class_model().entry(index.row()).class_id if index is not None else None
        self.menu_wanted.emit(target, self.viewport().mapToGlobal(where))


def is_acceptable(event: QDropEvent) -> bool:
    """Whether the drag carries files, or photos of the project."""
    return event.mimeData().hasFormat(PHOTO_IDS_MIME) or has_files(event.mimeData())
