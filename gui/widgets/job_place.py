"""Where a page shows the job it waits for: its progress and a way to stop it; no room is taken while there is none."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.core.job_thread import Job
from gui.widgets.fetch_row import FetchRow


class JobPlace(QWidget):
    """Hidden until `follow`, and again when the job has ended."""

    def __init__(self, *, narrow: bool = False, parent: QWidget | None = None) -> None:
        """`narrow`: for a column."""
        super().__init__(parent)
        self._narrow = narrow
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.hide()

    @Slot(object)
    def follow(self, job: Job) -> None:
        """The job's progress is shown until it ends."""
        line = FetchRow(job, narrow=self._narrow)
        line.over.connect(self._end)
        self._box.addWidget(line)
        self.show()

    @Slot()
    def _end(self) -> None:
        line = self.sender()
        assert isinstance(line, FetchRow)
        line.hide()
        line.deleteLater()
        self.hide()
