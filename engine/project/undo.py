"""Undo and redo without limit, over restarts too: each is a new step of the history."""

from __future__ import annotations

from collections.abc import Iterable

from engine.base.changes import Changes
from engine.base.ids import OpId, PhotoId
from engine.project.context import Context
from engine.store import history
from engine.store.rows import HistoryRow


class History:
    """What was done, and the way back."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def undo(self) -> Changes:
        """The last step is taken back; empty changes if there is none."""
        return self._replay(history.undo_target(self._context.db), forward=False)

    def redo(self) -> Changes:
        """The step that was taken back last is done again; empty changes if there is none."""
        return self._replay(history.redo_target(self._context.db), forward=True)

    def undo_title(self) -> str:
        """What undo would take back; empty if nothing."""
        target = history.undo_target(self._context.db)
        return target[1] if target else ""

    def redo_title(self) -> str:
        """What redo would do again; empty if nothing."""
        target = history.redo_target(self._context.db)
        return target[1] if target else ""

    def rows(self, limit: int) -> tuple[HistoryRow, ...]:
        """The newest steps, newest first."""
        return history.history_rows(self._context.db, limit)

    def label_states(self, ids: Iterable[PhotoId], as_of: OpId) -> dict[PhotoId, str]:
        """What each photo's label was after the step `as_of`: labelled, unsure, excluded, unlabelled or absent."""
        return history.label_states(self._context.db, ids, as_of)

    def _replay(self, target: tuple[OpId, str] | None, *, forward: bool) -> Changes:
        if target is None:
            return Changes()
        op, title = target
        with self._context.db.transaction():
            history.replay(
                self._context.db,
                self._context.clock,
                op,
                title,
                forward=forward,
            )
        return Changes(title=title, photos=True, classes=True, labels=True)
