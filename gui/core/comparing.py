"""Comparing all photos by what a network sees: asked for by several tabs, carried out once, told to all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from gui.core.asked_job import AskedJob
from gui.core.job_thread import Job
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.jobs.spec import AnySpec
    from engine.project.explore import Comparison
    from engine.project.project import Project


class Comparing(QObject):
    """`began` carries the `Job`; `over` follows when it has come to an end, whatever that was."""

    began = Signal(object)
    over = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.job: Job | None = None
        self._asked = AskedJob(session, self.tr("Comparing photos"), self)
        self._asked.began.connect(self._begin)
        self._asked.over.connect(self._end)

    def is_busy(self) -> bool:
        """Whether photos are being compared."""
        return self._asked.is_busy()

    @Slot()
    def start(self) -> None:
        """All photos are compared, unless they are already."""
        self._asked.ask(_prepare, _read)

    @Slot(object)
    def _begin(self, job: Job) -> None:
        self.job = job
        self.began.emit(job)

    @Slot()
    def _end(self) -> None:
        self.job = None
        self.over.emit()


def _prepare(project: Project) -> AnySpec:
    return project.explore.features_spec()


def _read(project: Project) -> Comparison | None:
    return project.explore.compared()
