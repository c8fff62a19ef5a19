"""Saving what classifying needs elsewhere: the table of results, and the model as one file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.base.events import ClassifiedPhoto, Ended
from engine.base.fspath import to_bytes
from engine.base.ids import RunId
from engine.data.names import MODEL_SUFFIX
from gui.core.notices import Notice
from gui.core.results_saving import ResultsSaver
from gui.core.session import Session
from gui.verbs.reveal import reveal

if TYPE_CHECKING:
    from engine.jobs.spec import ExportSpec


class SaveResultsVerb(QObject):
    """Asks where to, saves there, and tells; a notice says why if it could not be done."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._saver = ResultsSaver(self)
        self._saver.saved.connect(self._table_saved)
        self._saver.failed.connect(session.notices.error)

    def choose_table(self, classes: Sequence[str], photos: Sequence[ClassifiedPhoto]) -> None:
        """The user says where the table goes."""
        pattern = self.tr("Table ({0})").format("*.csv")
        picker = self._picker(self.tr("Save the table"), pattern, "csv")
        picker.fileSelected.connect(lambda file: self.save_table(Path(file), classes, photos))

    def save_table(self, path: Path, classes: Sequence[str], photos: Sequence[ClassifiedPhoto]) -> None:
        """The photos are on their way into a CSV file."""
        self._saver.save(path, classes, photos)

    def choose_model(self, run_id: RunId) -> None:
        """The user says where the model goes."""
        pattern = self.tr("Models ({0})").format(f"*{MODEL_SUFFIX}")
        picker = self._picker(self.tr("Save the model"), pattern, MODEL_SUFFIX.removeprefix("."))
        picker.fileSelected.connect(lambda file: self.save_model(run_id, Path(file)))

    def save_model(self, run_id: RunId, path: Path) -> None:
        """The run's model is on its way into one file that works without the project."""
        self._session.store.ask(
            lambda project: project.runs.export_spec(run_id, path), lambda spec: self._export(spec, path), context=self
        )

    @Slot(object)
    def _table_saved(self, path: Path) -> None:
        self._tell(path, self.tr("The table was saved as {0}.").format(path.name))

    def _export(self, spec: ExportSpec, path: Path) -> None:
        job = self._session.jobs.start(spec, title=self.tr("Saving the model"), role="light")
        job.ended.connect(lambda ended: self._exported(ended, path))

    def _exported(self, ended: Ended, path: Path) -> None:
        if ended.reason == "finished":
            self._tell(path, self.tr("The model was saved as {0}. It works without this project.").format(path.name))

    def _tell(self, path: Path, text: str) -> None:
        show = partial(reveal, to_bytes(path))
        action_text = self.tr("Show in its folder")
        self._session.notices.post(Notice(level="success", text=text, action_text=action_text, action=show))

    def _picker(self, title: str, pattern: str, suffix: str) -> QFileDialog:
        picker = QFileDialog(self._window, title)
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setNameFilter(pattern)
        picker.setDefaultSuffix(suffix)
        picker.open()
        return picker
