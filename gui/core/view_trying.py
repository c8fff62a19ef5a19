"""Asking the worker what looking at each photo several times brings a run's model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.errors import AppError
from engine.base.events import Ended, Phase
from engine.base.ids import RunId
from engine.jobs.spec import ScoreViewsSpec
from engine.recipe.views_cfg import ViewsCfg
from gui.core.job_thread import Job
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.insight.view_gain import ViewGain
    from engine.project.project import Project


class ViewTrier(QObject):
    """One try at a time.

    Signals:
        progressed: `Phase`.
        found: `ViewGain`.
        refused: the sentence why there is none; empty where the user has stopped it.
    """

    progressed = Signal(object)
    found = Signal(object)
    refused = Signal(str)

    def __init__(self, session: Session, run_id: RunId, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run_id = run_id
        self._job: Job | None = None
        self._busy = self._unwanted = False

    @Slot(object)
    def try_out(self, views: ViewsCfg) -> None:
        """A try of these views begins, unless one is under way."""
        if self._busy:
            return
        self._busy, self._unwanted = True, False

        def prepare(project: Project) -> ScoreViewsSpec:
            return project.runs.views_spec(self._run_id, views)

        self._session.store.ask(prepare, self._begin, context=self, on_error=self._refuse)

    @Slot()
    def stop(self) -> None:
        """The try under way ends soon."""
        self._unwanted = True
        if self._job is not None:
            self._job.cancel()

    def _begin(self, spec: ScoreViewsSpec) -> None:
        job = self._session.jobs.start(spec, title=self.tr("Looking several times"), role="light", quiet=True)
        self._job = job
        job.event.connect(self._tell)
        job.ended.connect(self._ended)
        if self._unwanted:
            job.cancel()

    @Slot(object)
    def _tell(self, event: object) -> None:
        if isinstance(event, Phase):
            self.progressed.emit(event)

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        self._job = None
        if ended.reason != "finished":
            self._busy = False
            self.refused.emit(f"{ended.user_text} {ended.advice}".strip())
            return

        def read(project: Project) -> ViewGain | None:
            return project.runs.view_gain(self._run_id)

        self._session.store.ask(read, self._show, context=self, on_error=self._refuse)

    def _show(self, gain: ViewGain | None) -> None:
        self._busy = False
        if gain is None:
            self.refused.emit(self.tr("What was found could not be read. Try it again."))
        else:
            self.found.emit(gain)

    def _refuse(self, error: AppError) -> None:
        self._busy = False
        self.refused.emit(error.user_text())
