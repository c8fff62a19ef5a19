"""Looking at every photo once, behind the scenes: metadata and quality, for what exploring shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.events import Ended, Phase
from gui.core.job_thread import Job
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.base.changes import Changes
    from engine.jobs.spec import AnySpec
    from engine.project.project import Project


class Looking(QObject):
    """`progressed` carries (photos looked at, photos to look at) while it lasts, (0, 0) when it is over."""

    progressed = Signal(int, int)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._tried: tuple[int, ...] = ()
        self._busy = False

    def want(self, unseen: tuple[int, ...]) -> None:
        """These photos have not been looked at: a look begins, unless it is under way or could do nothing for them."""
        project = self._session.project
        if self._busy or not unseen or unseen == self._tried or project is None or project.read_only:
            return
        self._busy = True
        self._tried = unseen
        self._session.store.ask(_prepare, self._begin, context=self, on_error=self._fail)

    @Slot()
    def forget(self) -> None:
        """Another project is open: its photos have not been tried."""
        self._tried = ()
        self._busy = False

    def _begin(self, spec: AnySpec) -> None:
        job: Job = self._session.jobs.start(spec, title=self.tr("Looking at photos"), role="light", quiet=True)
        job.event.connect(self._tell)
        job.ended.connect(self._ended)

    @Slot(object)
    def _tell(self, event: object) -> None:
        if isinstance(event, Phase) and event.total:
            self.progressed.emit(event.done, event.total)

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        self._over()
        if ended.reason == "finished" and self._session.project is not None:
            self._session.store.ask(_take_in)

    def _fail(self, error: object) -> None:
        self._over()

    def _over(self) -> None:
        self._busy = False
        self.progressed.emit(0, 0)


def _prepare(project: Project) -> AnySpec:
    return project.explore.look_spec()


def _take_in(project: Project) -> Changes:
    return project.explore.take_in()
