"""What every verb of a project needs: the database, the places, the clock."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from engine.base.changes import Changes
from engine.base.clock import Clock
from engine.base.ids import OpId
from engine.project.paths import ProjectPaths
from engine.store import history
from engine.store.db import Database


@dataclass(frozen=True, slots=True)
class Context:
    """Shared by the verb objects of one open project; used on one thread."""

    db: Database
    paths: ProjectPaths
    clock: Clock

    @property
    def folder_bytes(self) -> bytes:
        """The project folder as bytes, for photos that were copied in."""
        return os.fsencode(self.paths.folder)

    def step(self, kind: str, changes: Changes, act: Callable[[OpId], int]) -> Changes:
        """Carry out a user action as one transaction with one entry in the history, named by the title of `changes`.

        Args:
            act: does the work within the step and returns how many things it changed.
        Returns:
            `changes`, or empty changes (and no trace in the history) if `act` changed nothing.
        """
        try:
            with self.db.transaction():
                if not act(history.add_op(self.db, self.clock, kind=kind, title=changes.title)):
                    raise _NothingChanged
        except _NothingChanged:
            return Changes()
        return changes


class _NothingChanged(Exception):
    """Rolls the step back, so that no empty entry appears in the Undo menu."""
