"""A job under way as a line: how much of it is done, the time that is left, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from engine.base.events import Ended, Phase
from gui.core.job_thread import Job
from gui.widgets.progress_row import ProgressRow


class FetchRow(ProgressRow):
    """Follows a job by itself; `over` carries the job and its `Ended`."""

    over = Signal(object, object)

    def __init__(self, job: Job, *, narrow: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(job.title, narrow=narrow, parent=parent)
        self.job = job
        if job.phase is not None:
            self.set_phase(job.phase)
        else:
            self.set_waiting()
        self.stop_wanted.connect(job.cancel)
        job.event.connect(self._tell)
        job.ended.connect(self._end)

    @Slot(object)
    def _tell(self, event: object) -> None:
        if isinstance(event, Phase) and self.job.state == "running":
            self.set_phase(event)

    @Slot(object)
    def _end(self, ended: Ended) -> None:
        self.over.emit(self.job, ended)
