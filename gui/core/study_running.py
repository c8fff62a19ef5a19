"""Studies carried out in the background: one run after the other, by priority, until all are done or somebody stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.dirs import recipes_dir
from engine.base.errors import AppError, StorageError
from engine.base.events import Ended
from engine.base.ids import RunId
from engine.recipe.recipe import Recipe
from engine.recipe.shelf import recipe_called
from engine.recipe.study_plan import StudyPlan, expand
from gui.core.session import Session
from gui.core.training import TrainingRun

if TYPE_CHECKING:
    from engine.project.project import Project
    from engine.project.study_queue import StudyQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyStep:
    """The run under way: number `number` of the `n` of its study. `resume`: the run that goes on, if it is one."""

    study: str
    run_name: str
    name: str
    number: int
    n: int
    recipe: Recipe
    resume: RunId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Following:
    """What the queue says: the run to train now, the studies it still holds, those that it has just let go of because
    nothing of them is left, and those that their budget ended.
    """

    step: StudyStep | None
    studies: tuple[str, ...]
    gone: tuple[str, ...]
    cut_short: frozenset[str]


class StudyRunning(QObject):
    """Trains what studies plan. A training that the user begins meanwhile goes in between: runs are queued one by one.

    Signals:
        changed: which studies are being carried out, or which run is under way, is different now.
        progressed: `Phase` of the run under way.
        over: (name of a study, whether its budget ended it) where nothing of it is left to train.
    """

    changed = Signal()
    progressed = Signal(object)
    over = Signal(str, bool)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._queue: StudyQueue | None = None
        self._studies: tuple[str, ...] = ()
        self._step: StudyStep | None = None
        self._run: TrainingRun | None = None
        self._stopped: set[str] = set()
        self._is_stopping = False
        self._asking = False
        session.project_opened.connect(self._forget)
        session.project_closed.connect(self._forget)

    def studies(self) -> tuple[str, ...]:
        """The studies that are being carried out, in their order."""
        return self._studies

    def step(self) -> StudyStep | None:
        """The run under way."""
        return self._step

    def start(self, plan: StudyPlan) -> None:
        """The study is carried out too, by its priority; what is done of it is passed over."""
        from engine.project.study_queue import StudyQueue

        if self._queue is None:
            self._queue = StudyQueue()
        queue = self._queue
        self._stopped.discard(plan.name)
        self._studies = (*(name for name in self._studies if name != plan.name), plan.name)
        self._session.store.ask(
            lambda _: queue.add(plan, expand(plan, found_recipe)),
            lambda _: self._added(plan.name),
            context=self,
            on_error=lambda error: self._refused(plan.name, error),
        )
        self.changed.emit()

    def _added(self, study: str) -> None:
        """The queue holds it, unless it was stopped meanwhile."""
        if study not in self._stopped and study not in self._studies:
            # The queue had let go of it when it was started again.
            self._studies = (*self._studies, study)
        self._go_on()

    def stop(self, study: str) -> None:
        """Nothing more of the study is begun, and its run under way is stopped; it can go on later."""
        queue = self._queue
        if queue is None or study not in self._studies:
            return
        self._studies = tuple(name for name in self._studies if name != study)
        self._stopped.add(study)
        self._session.store.ask(lambda _: queue.take_off(study))
        if self._step is not None and self._step.study == study:
            self._stop_run()
        self.changed.emit()

    def _stop_run(self) -> None:
        if self._run is not None and self._run.job is not None:
            self._is_stopping = True
            self._run.job.cancel()

    def _go_on(self) -> None:
        queue = self._queue
        if queue is None or self._run is not None or self._asking:
            return
        self._asking = True
        self._session.store.ask(
            lambda project: following(project, queue), self._begin, context=self, on_error=self._failed
        )

    def _begin(self, found: _Following) -> None:
        self._asking = False
        # What was started or stopped since the queue was asked, it does not know of yet.
        gone = [name for name in found.gone if name in self._studies]
        held = [name for name in found.studies if name in self._studies]
        self._studies = (*held, *(name for name in self._studies if name not in (*held, *gone)))
        self._step, self._is_stopping = found.step, False
        if found.step is not None:
            step = found.step
            self._run = TrainingRun(
                self._session,
                None if step.resume is not None else step.recipe,
                name=step.run_name,
                title=step.run_name,
                resume=step.resume,
                takes_over=False,
            )
            self._run.began.connect(self._began)
            self._run.refused.connect(self._run_refused)
            self._run.progressed.connect(self.progressed)
            self._run.ended.connect(self._ended)
        self.changed.emit()
        for name in gone:
            self.over.emit(name, name in found.cut_short)

    @Slot(object, object)
    def _began(self, run_id: RunId, job: object) -> None:
        if self._step is not None and self._step.study in self._stopped:
            # It was stopped while the project wrote its list of photos.
            self._stop_run()

    @Slot(object)
    def _run_refused(self, error: AppError) -> None:
        """One row that cannot be trained must not take the others with it; a disk that refuses one refuses all."""
        if isinstance(error, StorageError):
            self._failed(error)
            return
        self._session.notices.error(error)
        self._run = self._step = None
        self._go_on()

    @Slot(object, object)
    def _ended(self, run_id: RunId, ended: Ended) -> None:
        self._run = self._step = None
        if ended.reason == "cancelled" and not self._is_stopping:
            # Stopped from elsewhere, as when the window is closed: then nothing else is to begin.
            self._forget()
            return
        self._go_on()
        self.changed.emit()

    def _refused(self, study: str, error: AppError) -> None:
        """The plan cannot be carried out as it is."""
        self._studies = tuple(name for name in self._studies if name != study)
        self._session.notices.error(error)
        self.changed.emit()

    def _failed(self, error: AppError) -> None:
        self._session.notices.error(error)
        self._forget()

    @Slot()
    def _forget(self) -> None:
        self._queue = None
        self._studies = ()
        self._step = self._run = None
        self._stopped.clear()
        self._is_stopping = self._asking = False
        self.changed.emit()


def following(project: Project, queue: StudyQueue) -> _Following:
    """What is trained next; called on the store thread, which alone touches the queue."""
    before = queue.studies()
    found = queue.next(project)
    gone = tuple(name for name in before if name not in queue.studies())
    if found is None:
        return _Following(step=None, studies=queue.studies(), gone=gone, cut_short=queue.cut_short())
    one = found.one
    step = StudyStep(
        study=found.study,
        run_name=project.studies.run_name(found.study, one.planned),
        name=one.planned.name,
        number=found.number,
        n=found.n,
        recipe=project.studies.recipe_of(one.planned),
        resume=one.run.id if one.state == "interrupted" and one.run is not None else None,
    )
    return _Following(step=step, studies=queue.studies(), gone=gone, cut_short=queue.cut_short())


def found_recipe(name: str) -> Recipe:
    """The recipe of that name, of the user's own too."""
    return recipe_called(name, recipes_dir())
