"""Asking the worker for a good learning rate of a recipe on the project's photos."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.errors import AppError
from engine.base.events import Ended, Phase
from engine.jobs.spec import FindRateSpec
from engine.recipe.recipe import Recipe
from gui.core.job_thread import Job
from gui.core.pool_work import on_pool
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.data.rate_found import RateFound
    from engine.project.project import Project


class RateAsker(QObject):
    """One search at a time, on the photos the recipe would be trained on; nothing of it is kept.

    Signals:
        asking: a search was begun; it may wait until a training has ended.
        progressed: `Phase`.
        found: `RateFound`.
        refused: the sentence why there is none; empty where the user has stopped it.
    """

    asking = Signal()
    progressed = Signal(object)
    found = Signal(object)
    refused = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._busy = False
        self._unwanted = False

    @Slot(object)
    def ask(self, recipe: Recipe) -> None:
        """A search for this recipe begins, unless one is under way."""
        project = self._session.project
        if self._busy or project is None:
            return
        self._busy, self._unwanted = True, False
        out = project.paths.tmp / "rates.json"

        def prepare(project: Project) -> FindRateSpec:
            return project.runs.rate_spec(recipe, out)

        self._session.store.ask(prepare, self._begin, context=self, on_error=self._refuse)
        self.asking.emit()

    @Slot()
    def stop(self) -> None:
        """The search under way ends soon."""
        self._unwanted = True
        if self._job is not None:
            self._job.cancel()

    def _begin(self, spec: FindRateSpec) -> None:
        job = self._session.jobs.start(spec, title=self.tr("Finding a learning rate"), role="train", quiet=True)
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
        assert self._job is not None
        spec, self._job = self._job.spec, None
        assert isinstance(spec, FindRateSpec)
        if ended.reason == "finished":
            on_pool(partial(_read, spec.out), self._show, context=self, on_error=self._refuse)
        else:
            self._busy = False
            self.refused.emit(f"{ended.user_text} {ended.advice}".strip())

    def _show(self, rates: RateFound) -> None:
        self._busy = False
        self.found.emit(rates)

    def _refuse(self, error: AppError) -> None:
        self._busy = False
        self.refused.emit(error.user_text())


def _read(out: bytes) -> RateFound:
    import os

    from engine.data.rate_found import read_rates

    return read_rates(Path(os.fsdecode(out)))
