"""Leaving a project while something runs: asked first, stopped in order, nothing lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gui.core.session import Session


class Leaving(QObject):
    """Carries something out once no job runs; asks before it stops a job that the user can see."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._then: Callable[[], object] | None = None
        session.jobs.idle.connect(self._idle)

    def is_under_way(self) -> bool:
        """Whether jobs are being stopped to leave."""
        return self._then is not None

    def leave(self, then: Callable[[], object], *, yes: str) -> None:
        """`then()` is called now, or when the jobs have stopped, or never if the user keeps working.

        `yes`: the answer that stops the job and goes on.
        """
        jobs = self._session.jobs.active()
        seen = [job for job in jobs if not job.quiet]
        if not jobs:
            then()
        elif not seen:
            self._stop(then)
        else:
            self._ask(seen[0].title, then, yes)

    def _ask(self, title: str, then: Callable[[], object], yes: str) -> None:
        from gui.dialogs.confirm import ConfirmDialog

        dialog = ConfirmDialog(
            self._window,
            self.tr("“{0}” is still running").format(title),
            self.tr("If you go on it is stopped. Photos and labels are saved, and what is finished is kept."),
            yes=yes,
            no=self.tr("Keep working"),
        )
        dialog.accepted.connect(lambda: self._stop(then))
        dialog.open()

    def _stop(self, then: Callable[[], object]) -> None:
        if not self._session.jobs.active():
            then()
            return
        self._then = then
        self._session.jobs.cancel_all()

    @Slot()
    def _idle(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()
