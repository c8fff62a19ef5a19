"""One training run from the click to the taken-in result: begun and finished by the project, with a job between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.errors import AppError
from engine.base.events import Ended, NetworkReady, Phase, Step
from engine.base.ids import RunId
from engine.jobs.spec import TrainSpec
from gui.core.job_thread import Job, Role
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.recipe.recipe import Recipe


class TrainingRun(QObject):
    """A run under way; keep a reference only to connect: it owns itself until it has ended.

    Signals:
        began: (RunId, Job) once the project has written its list of photos; the job may still wait in its lane.
        refused: `AppError`, instead of anything else: there is too little to learn from. Not put on the notice board.
        ended: (RunId, Ended) after the project has taken the result in (or noted the failure), so that
            `runs.report(run_id)` answers.
        progressed: `Phase`: how far the training is; steps of a network count as one.
    """

    began = Signal(object, object)
    refused = Signal(object)
    ended = Signal(object, object)
    progressed = Signal(object)

    def __init__(
        self,
        session: Session,
        recipe: Recipe | None,
        *,
        name: str = "",
        start_from: RunId | None = None,
        role: Role = "train",
        title: str = "",
        resume: RunId | None = None,
        takes_over: bool = True,
    ) -> None:
        """`start_from`: the run this one extends (adding a class); then `promote` decides which model is used.

        `title`: what the job strip says; empty for the usual. `resume`: the run that goes on from its checkpoint, by
        the recipe it began with; then there is no other. `takes_over`: its model is used once it has finished.
        """
        super().__init__(session)
        self._session = session
        self._role: Role = role
        self._takes_over = takes_over
        self._title = title or self.tr("Training")
        self._run_id: RunId | None = None
        self._n_steps = 0
        self.job: Job | None = None

        def prepare(project: Project) -> tuple[RunId, TrainSpec]:
            if resume is not None:
                return resume, project.runs.resume(resume)
            assert recipe is not None
            return project.runs.begin(recipe, name=name, start_from=start_from, takes_over=takes_over)

        session.store.ask(prepare, self._begin, context=self, on_error=self._refuse)

    def pause(self, *, on: bool) -> None:
        """The job is asked to hold, or to go on; it answers with `Paused`. Jobs that cannot hold go on regardless."""
        if self.job is None:
            return
        if on:
            self.job.stop.pause()
        else:
            self.job.stop.resume()

    def _begin(self, made: tuple[RunId, TrainSpec]) -> None:
        run_id, spec = made
        self._run_id = run_id
        self.job = self._session.jobs.start(spec, title=self._title, role=self._role)
        self.job.event.connect(self._first_event)
        self.job.event.connect(self._tell_progress)
        self.job.ended.connect(self._job_ended)
        self.began.emit(run_id, self.job)

    def _refuse(self, error: AppError) -> None:
        self.refused.emit(error)
        self.deleteLater()

    @Slot(object)
    def _first_event(self, event: object) -> None:
        assert self.job is not None
        assert self._run_id is not None
        run_id = self._run_id
        self.job.event.disconnect(self._first_event)
        self._session.store.ask(lambda project: project.runs.mark_running(run_id))

    @Slot(object)
    def _tell_progress(self, event: object) -> None:
        if isinstance(event, Phase):
            self.progressed.emit(event)
        elif isinstance(event, NetworkReady):
            self._n_steps = event.n_epochs * event.n_steps_per_epoch
        elif isinstance(event, Step) and self.job is not None:
            phase = Phase(
                name=self.tr("Training"), done=event.step, total=self._n_steps, seconds_left=event.seconds_left
            )
            # The job strip knows phases only.
            self.job.phase = phase
            self._session.jobs.progressed.emit(self.job)
            self.progressed.emit(phase)

    @Slot(object)
    def _job_ended(self, ended: Ended) -> None:
        assert self._run_id is not None
        run_id, takes_over = self._run_id, self._takes_over
        self._session.store.ask(
            lambda project: project.runs.finish(run_id, ended, takes_over=takes_over),
            lambda _: self._tell(ended),
            context=self,
            on_error=self._not_taken_in,
        )

    def _not_taken_in(self, error: AppError) -> None:
        """The run has failed then, and is over: what waits for its end must not wait for ever."""
        assert self._run_id is not None
        run_id = self._run_id
        failed = Ended(reason="failed", user_text=error.what, advice=error.advice, details=error.details)
        self._session.notices.error(error)
        self._session.store.ask(
            lambda project: project.runs.finish(run_id, failed),
            lambda _: self._tell(failed),
            context=self,
            on_error=lambda _: self._tell(failed),
        )

    def _tell(self, ended: Ended) -> None:
        self.ended.emit(self._run_id, ended)
        self.deleteLater()
