"""The current photo of a grid shown large: its picture, its facts and the model's opinion, each as it arrives."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.base.ids import PhotoId
from engine.store.rows import ClassRow
from gui.core.full_photo import FullPhotoLoader
from gui.core.session import Session
from gui.core.tag_reading import Said, said_of
from gui.models.photo_model import PhotoModel
from gui.pages.photos_opinion import opinion_of
from gui.widgets.photo_grid import PhotoGrid
from gui.widgets.photo_viewer import Opinion, PhotoViewer


class LargePhoto(QObject):
    """Feeds a viewer from a grid."""

    def __init__(self, session: Session, grid: PhotoGrid, viewer: PhotoViewer) -> None:
        super().__init__(viewer)
        self._session = session
        self._grid = grid
        self._viewer = viewer
        self._loader = FullPhotoLoader(parent=self)
        self._loader.loaded.connect(viewer.show_image)

    def forget(self) -> None:
        """Another project is open."""
        self._loader.forget()

    def show_current(self, classes: tuple[ClassRow, ...]) -> None:
        """The viewer shows the grid's current photo; what has not arrived follows."""
        model: PhotoModel = self._grid.photo_model()
        current = self._grid.current_id()
        row = model.row_of(current) if current is not None else None
        if current is None or row is None:
            return
        new = self._viewer.photo_id() != current
        found = next((known for known in classes if known.id == row.class_id), None)
        self._viewer.show_photo(row, model.label_text(row), found, model.position_of(current), model.rowCount())
        if new:
            side = round(self._grid.side() * self._viewer.devicePixelRatioF())
            preview = self._session.thumbs.pixmap(row, side)
            if preview is not None:
                self._viewer.show_preview(preview)
            self._loader.request(row)
            self._session.store.ask(
                lambda project: opinion_of(project, current), self._show_opinion, context=self._viewer
            )

        # Not only for a new photo: it may have been tagged while it is shown.
        self._session.store.ask(lambda project: said_of(project, current), self._show_said, context=self._viewer)

    def _show_said(self, said: Said) -> None:
        if said.photo_id == self._viewer.photo_id():
            self._viewer.show_said(said.tags, said.values)

    def _show_opinion(self, found: tuple[PhotoId, Opinion | None]) -> None:
        photo_id, opinion = found
        if photo_id == self._viewer.photo_id():
            self._viewer.show_opinion(opinion)
