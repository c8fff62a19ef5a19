"""Offers to go on with a training that was interrupted, as soon as its project is open again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from engine.store.rows import RunRow
from gui.core.notices import Notice
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.project.project import Project


class ResumeOffer(QObject):
    """Listens for projects being opened; a run that the user has stopped is no reason to ask."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        session.project_opened.connect(self._look)

    @Slot()
    def _look(self) -> None:
        project = self._session.project
        if project is not None and not project.read_only:
            self._session.store.ask(_interrupted, self._offer, context=self)

    def _offer(self, run: RunRow | None) -> None:
        if run is None:
            return
        self._session.notices.post(
            Notice(
                level="warning",
                text=self.tr("The training “{0}” was interrupted when Fieldmark was last open.").format(run.name),
                safe=self.tr("What it had learned is saved."),
                action_text=self.tr("Go on with it"),
                action=lambda: self._session.resume_run.emit(run.id),
            )
        )


def _interrupted(project: Project) -> RunRow | None:
    """The newest run that can go on and was not stopped by the user; called on the store thread."""
    return next((run for run in project.runs.resumable() if run.state == "crashed"), None)
