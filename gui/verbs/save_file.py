"""Saving something that is on the screen: where to, in which form, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.base.fspath import to_bytes
from gui.core.file_saving import FileSaver
from gui.core.notices import Notice
from gui.core.session import Session
from gui.verbs.reveal import reveal


class SaveFileVerb(QObject):
    """Asks where to, saves there, and tells; a notice says why if it could not be done."""

    def __init__(self, session: Session, window: QWidget, *, title: str, told: str) -> None:
        """`title`: of the question where to; `told`: what is said of the saved file, whose name replaces {0}."""
        super().__init__(window)
        self._session = session
        self._window = window
        self._title, self._told = title, told
        self._saver = FileSaver(self)
        self._saver.saved.connect(self._saved)
        self._saver.failed.connect(session.notices.error)

    def _ask(self, ending: str, save: Callable[[Path], None]) -> None:
        """The user says where; then it is saved there. `ending`: of the file's name, which tells its form."""
        picker = QFileDialog(self._window, self._title)
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setNameFilter(f"*.{ending}")
        picker.setDefaultSuffix(ending)
        picker.fileSelected.connect(lambda file: save(Path(file)))
        picker.open()

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self._session.notices.post(
            Notice(
                level="success",
                text=self._told.format(path.name),
                action_text=self.tr("Show in its folder"),
                action=partial(reveal, to_bytes(path)),
            )
        )
