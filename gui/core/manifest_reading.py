"""Photos and labels on their way in from a manifest: reading it, importing its photos, taking in what it says."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.changes import Changes
from engine.base.events import AnyEvent, Ended, FilesRefused, FilesSkipped, PhotosFound
from gui.core.job_thread import Job
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.jobs.spec import ImportSpec
    from engine.project.exchange import ReadPlan, ReadSummary
    from engine.project.photos import ImportSession
    from engine.project.project import Project


class ManifestRun(QObject):
    """A plan being carried out, one undo step in all; it owns itself until it has ended.

    `finished` carries (ReadSummary, Ended of the last job, or None if no photo had to come in); what was read before a
    stop or a crash is kept, with what the manifest says of it.
    """

    finished = Signal(object, object)

    def __init__(self, session: Session, plan: ReadPlan, *, replace: bool) -> None:
        super().__init__(session)
        self._session = session
        self._plan = plan
        self._replace = replace
        self._import: ImportSession | None = None
        self._specs: list[ImportSpec] = []
        self._job: Job | None = None

        def begin(project: Project) -> tuple[ImportSession, tuple[ImportSpec, ...]]:
            return project.exchange.begin(plan), project.exchange.import_specs(plan)

        session.store.ask(begin, self._start, context=self)

    def _start(self, made: tuple[ImportSession, tuple[ImportSpec, ...]]) -> None:
        self._import = made[0]
        self._specs = list(made[1])
        self._go_on(None)

    def _go_on(self, ended: Ended | None) -> None:
        if not self._specs or (ended is not None and ended.reason != "finished"):
            self._finish(ended)
            return
        job = self._session.jobs.start(self._specs.pop(0), title=self.tr("Importing photos"), role="import")
        self._job = job
        job.event.connect(self._take)
        job.ended.connect(self._job_ended)

    @Slot(object)
    def _job_ended(self, ended: Ended) -> None:
        self._go_on(ended)

    @Slot(object)
    def _take(self, event: AnyEvent) -> None:
        under_way, plan = self._import, self._plan
        assert under_way is not None
        if isinstance(event, PhotosFound | FilesRefused | FilesSkipped):
            self._session.store.ask(lambda project: project.exchange.ingest(event, under_way, plan))

    def _finish(self, ended: Ended | None) -> None:
        under_way, plan, replace = self._import, self._plan, self._replace
        assert under_way is not None

        def finish(project: Project) -> tuple[ReadSummary, Changes]:
            return project.exchange.finish(plan, under_way, replace=replace)

        self._session.store.ask(finish, partial(self._tell, ended), context=self)

    def _tell(self, ended: Ended | None, done: tuple[ReadSummary, Changes]) -> None:
        self.finished.emit(done[0], ended)
        self.deleteLater()
