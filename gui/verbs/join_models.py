"""Joining models into a row of the table of all models, and taking them apart again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from engine.base.ids import RunId
from engine.insight.ensemble import Combined
from engine.project.joined_runs import InViews
from engine.store.rows import PhotoFilter, RunRow
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.project.project import Project

Found = tuple[frozenset[RunId], frozenset[str]]


class JoinModelsVerb(QObject):
    """Asks on `window`; the project remembers what is joined."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    def ask(self, runs: Sequence[RunRow], preset: Collection[RunId]) -> None:
        """The dialog is open, with the models of `preset` ticked."""
        self._session.store.ask(_read(runs), partial(self._open, tuple(runs), tuple(preset)), context=self)

    @Slot(object)
    def join(self, combined: Combined) -> None:
        """They are a row of the table from now on."""
        self._session.store.ask(lambda project: project.comparisons.join(combined), context=self)

    def remove(self, made: Combined | InViews) -> None:
        """The row goes; the models it was made of stay."""
        if isinstance(made, Combined):
            self._session.store.ask(lambda project: project.comparisons.part_again(made.name), context=self)
        else:
            self._session.store.ask(lambda project: project.comparisons.forget_in_views(made), context=self)

    def _open(self, runs: tuple[RunRow, ...], preset: tuple[RunId, ...], found: Found) -> None:
        from gui.dialogs.join_models import Joinable, JoinModelsDialog

        crossed, taken = found
        models = [Joinable(run.id, run.name, run.id in crossed) for run in runs]
        dialog = JoinModelsDialog(self._window, models, preset, taken)
        dialog.chosen.connect(self.join)
        dialog.open()


def _read(runs: Sequence[RunRow]) -> Callable[[Project], Found]:
    """Which of the runs have cross-validated answers, and the names of those that are joined already."""

    def read(project: Project) -> Found:
        crossed = frozenset(run.id for run in runs if _is_crossed(project, run.id))
        return crossed, frozenset(one.name for one in project.comparisons.joins())

    return read


def _is_crossed(project: Project, run_id: RunId) -> bool:
    return len(project.browse.ids(PhotoFilter(run_id=run_id, part="cv", state="labelled", limit=1))) > 0
