"""Gets the light lane's process ready once a project with a model is open, so that the first drop need not wait."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.core.session import Session

if TYPE_CHECKING:
    from engine.store.rows import RunRow


class WarmUp(QObject):
    """Once in the life of the window; a job that comes meanwhile waits for what it would have to do itself."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._done = False
        session.project_opened.connect(self._look)

    @Slot()
    def _look(self) -> None:
        if not self._done:
            self._session.store.ask(lambda project: project.runs.current(), self._start, context=self)

    def _start(self, current: RunRow | None) -> None:
        if current is None or self._done:
            return
        from engine.base.dirs import machine_dir
        from engine.jobs.spec import MeasureSpec
        from engine.recipe.recipe import from_json

        self._done = True
        spec = MeasureSpec(recipe=from_json(current.recipe), machine=os.fsencode(machine_dir()))
        self._session.jobs.start(spec, title=self.tr("Getting ready"), role="light", quiet=True)
