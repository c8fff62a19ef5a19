"""Photos whose folder has moved or whose disk is not connected: said at the top, mended by pointing at the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.base.changes import Changes
from engine.base.fspath import to_bytes
from gui.core.session import Session
from gui.widgets.banner import Banner

if TYPE_CHECKING:
    from engine.project.browse import SourceRow


class LocateBanner(Banner):
    """Looks when a project is opened and after every change of the photos."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_action_text(self.tr("Locate…"))
        self._session = session
        self._missing: tuple[SourceRow, ...] = ()
        self.pressed.connect(self._ask)
        session.project_opened.connect(self._look)
        session.changed.connect(self._changed)
        if session.project is not None:
            self._look()

    @Slot()
    def _look(self) -> None:
        self._session.store.ask(lambda project: project.browse.sources(), self._show, context=self)

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.photos and self._missing:
            self._look()

    def _show(self, sources: tuple[SourceRow, ...]) -> None:
        self._missing = tuple(source for source in sources if not source.exists and source.n_photos)
        if not self._missing:
            self.show_text("")
            return
        first = self._missing[0]
        n = self.tr("%n photo(s)", "", first.n_photos)
        self.show_text(
            self.tr(
                "The folder {0} cannot be found ({1}). Labels are kept; connect the disk or say where it is now."
            ).format(first.shown, n)
        )

    @Slot()
    def _ask(self) -> None:
        picker = QFileDialog(self, self.tr("Where is {0} now?").format(self._missing[0].shown))
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        picker.fileSelected.connect(self._locate)
        picker.open()

    @Slot(str)
    def _locate(self, folder: str) -> None:
        old = self._missing[0].root
        self._session.store.ask(
            lambda project: project.photos.locate(old, to_bytes(folder)), lambda _: self._look(), context=self
        )
