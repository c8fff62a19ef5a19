"""A question to the project that takes a job to answer: prepared and read by the project, worked out in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.errors import AppError
from engine.base.events import Ended
from gui.core.job_thread import Job
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.jobs.spec import AnySpec
    from engine.project.project import Project


class AskedJob(QObject):
    """One question at a time; what goes wrong is on the notice board.

    Signals:
        began: the `Job`, to be followed and stopped.
        found: what `read` gave, where the job has finished.
        over: it has come to an end, whatever that was; after `found`.
    """

    began = Signal(object)
    found = Signal(object)
    over = Signal()

    def __init__(self, session: Session, title: str, parent: QObject) -> None:
        """`title`: what the job strip says."""
        super().__init__(parent)
        self._session = session
        self._title = title
        self._busy = False
        self._is_wanted = False
        self._job: Job | None = None
        self._read: Callable[[Project], object] = bool
        session.project_opened.connect(self._leave_project)
        session.project_closed.connect(self._leave_project)

    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._busy

    def let_go(self) -> None:
        """The answer that is to come would be to a question of yesterday, and is not told; its job goes on."""
        self._is_wanted = False

    def ask(self, prepare: Callable[[Project], AnySpec], read: Callable[[Project], object]) -> None:
        """The job that `prepare` gives is carried out, then `read` gives the answer; nothing if one is under way."""
        if self._busy:
            return
        self._busy = self._is_wanted = True
        self._read = read
        self._session.store.ask(prepare, self._begin, context=self, on_error=self._fail)

    def _begin(self, spec: AnySpec) -> None:
        self._job = self._session.jobs.start(spec, title=self._title, role="light")
        self._job.ended.connect(self._ended)
        self.began.emit(self._job)

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        self._job = None
        if ended.reason == "finished":
            self._session.store.ask(self._read, self._tell, context=self, on_error=self._fail)
        else:
            self._finish()

    @Slot()
    def _leave_project(self) -> None:
        """What the former project was asked is not answered any more; a job of it ends by itself."""
        if self._busy and self._job is None:
            self._finish()

    def _tell(self, answer: object) -> None:
        if self._is_wanted:
            self.found.emit(answer)
        self._finish()

    def _fail(self, error: AppError) -> None:
        self._session.notices.error(error)
        self._finish()

    def _finish(self) -> None:
        self._busy = False
        self.over.emit()
