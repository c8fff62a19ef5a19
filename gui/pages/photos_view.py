"""The parts of the Photos page and where they stand; what they do is the page's business."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gui.core.session import Session
from gui.core.settings import PHOTO_SPLIT, THUMB_SIZE
from gui.models.class_model import ClassModel
from gui.models.photo_model import PhotoModel
from gui.pages.photos_header import PhotosHeader
from gui.pages.photos_side import ClassSide
from gui.verbs.locate import LocateBanner
from gui.widgets.banner import Banner
from gui.widgets.empty_state import EmptyState
from gui.widgets.filter_chip import FilterChip
from gui.widgets.photo_grid import PhotoGrid
from gui.widgets.photo_viewer import PhotoViewer


class PhotosView(QWidget):
    """Class list at the left; at the right a header over one of: grid, large photo, two kinds of nothing."""

    def __init__(self, session: Session, photos: PhotoModel, classes: ClassModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = session.settings
        side = self._settings.get(THUMB_SIZE)
        self.side = ClassSide(classes)
        self.header = PhotosHeader(side)
        self.chip = FilterChip()
        self._is_narrowed = False
        self.grid = PhotoGrid(photos, session.thumbs, side=side)
        self.viewer = PhotoViewer()
        self.no_photos = EmptyState(
            "image-plus",
            self.tr("No photos yet"),
            self.tr(
                "Drop a folder here. If it has a sub-folder for each class, the classes come with it; otherwise you "
                "label the photos afterwards. The photos stay where they are."
            ),
            (("import_folder", self.tr("Choose a folder…")), ("import_files", self.tr("Choose photos…"))),
        )
        self._nothing = EmptyState("search", self.tr("Nothing here"), self.tr("No photo matches what you asked for."))
        self._stack = QStackedWidget()
        for widget in (self.grid, self.no_photos, self._nothing, self.viewer):
            self._stack.addWidget(widget)
        self.refused = Banner(self.tr("Show files"))
        self._lay_out(LocateBanner(session))

    def is_large(self) -> bool:
        """Whether one photo is shown large."""
        return self._stack.currentWidget() is self.viewer

    def show_large(self) -> None:
        """The large photo takes the place of the grid."""
        self.header.hide()
        self.chip.hide()
        self._stack.setCurrentWidget(self.viewer)
        self.viewer.setFocus()

    def show_grid(self) -> None:
        """The grid is back in the place of the large photo."""
        if self.is_large():
            self.header.show()
            self.chip.setVisible(self._is_narrowed)
            self._stack.setCurrentWidget(self.grid)
            self.grid.setFocus()

    def show_listed(self, n_listed: int, n_in_project: int) -> None:
        """The right part for a list of this length: the photos, or why there are none. A large photo stays."""
        if self.is_large() and n_listed:
            return
        self.header.setVisible(n_in_project > 0)
        self._stack.setCurrentWidget(self.grid if n_listed else self._nothing if n_in_project else self.no_photos)

    def show_narrowing(self, title: str, n: int) -> None:
        """A chip says what the `n` photos of the grid have in common; none for an empty title."""
        self._is_narrowed = bool(title)
        self.chip.show_title("" if self.is_large() else title, n)

    def show_refused(self, n: int) -> None:
        """A strip tells of files that could not become photos, where there are any."""
        self.refused.show_text(self.tr("Left out, because they cannot be used: %n file(s).", "", n) if n else "")

    def _lay_out(self, banner: LocateBanner) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(banner)
        column.addWidget(self.header)
        column.addWidget(self.chip)
        column.addWidget(self.refused)
        column.addWidget(self._stack, 1)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self.side)
        self._splitter.addWidget(right)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setCollapsible(0, False)
        self._splitter.setSizes(self._settings.get(PHOTO_SPLIT))
        self._splitter.splitterMoved.connect(self._splitter_moved)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._splitter)

    @Slot()
    def _splitter_moved(self) -> None:
        self._settings.set(PHOTO_SPLIT, self._splitter.sizes())
