"""Saying what changed between two runs, and showing the photos of a number that is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from engine.base.ids import RunId
from gui.core.picking import show_among
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.run_changes import RunChanges
    from gui.dialogs.run_changes import ChangedPhotos


class RunChangesVerb(QObject):
    """Opens its dialog on `window`."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    def ask(self, before: RunId, after: RunId) -> None:
        """The dialog says what changed from the one run to the other."""

        def read(project: Project) -> RunChanges:
            from engine.project.run_changes import run_changes

            return run_changes(project, before, after)

        self._session.store.ask(read, self._open, context=self)

    def _open(self, found: RunChanges) -> None:
        from gui.dialogs.run_changes import RunChangesDialog

        dialog = RunChangesDialog(found, self._window)
        dialog.photos_wanted.connect(self._show)
        dialog.open()

    @Slot(object)
    def _show(self, wanted: ChangedPhotos) -> None:
        show_among(self._session, wanted.ids, wanted.title, excluded=wanted.excluded)
