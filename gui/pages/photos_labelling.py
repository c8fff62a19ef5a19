"""Labelling by key: each label is committed before the screen moves on, and keys pressed meanwhile wait their turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.base.changes import Changes
from engine.base.errors import AppError
from engine.base.ids import ClassId, PhotoId
from gui.core.session import Session
from gui.core.settings import ADVANCE
from gui.models.photo_model import PhotoModel

if TYPE_CHECKING:
    from engine.project.project import Project

LabelVerb = Callable[["Project", Sequence[PhotoId]], Changes]


class Labelling(QObject):
    """Gives labels to the photos that `targets()` names at the moment a key's turn comes.

    `is_settled()` says whether a photo stays where it is in the list when its label changes. `moved_on` carries the
    row to go to; `left_list` the row whose photo goes away, so that the next one comes to its place with the reload.
    """

    moved_on = Signal(int)
    left_list = Signal(int)

    def __init__(
        self,
        session: Session,
        model: PhotoModel,
        targets: Callable[[], tuple[PhotoId, ...]],
        is_settled: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self._targets = targets
        self._is_settled = is_settled
        self._waiting: list[LabelVerb] = []
        self._saving = False

    def assign(self, class_id: ClassId) -> None:
        """The photos get the class."""
        self._run(lambda project, ids: project.labels.set(ids, class_id))

    def mark_unsure(self) -> None:
        """The photos are set aside as unsure."""
        self._run(lambda project, ids: project.labels.mark_unsure(ids))

    def clear_label(self) -> None:
        """The photos have no label."""
        self._run(lambda project, ids: project.labels.clear(ids))

    def exclude_or_include(self) -> None:
        """The photos are left out of everything, or come back if all of them were left out."""
        self._run(lambda project, ids: project.labels.exclude_or_include(ids))

    def reloaded(self) -> None:
        """The list shows what was saved; the next waiting key has its turn."""
        self._saving = False
        self._next()

    def _run(self, verb: LabelVerb) -> None:
        # A key pressed while a label is being saved means the photo that comes after it.
        if self._saving:
            self._waiting.append(verb)
            return
        ids = self._targets()
        if not ids:
            return
        self._saving = True
        row = self._model.position_of(ids[0])
        self._session.store.ask(
            lambda project: verb(project, ids),
            partial(self._saved, len(ids) == 1, row),
            context=self,
            on_error=self._failed,
        )

    def _saved(self, single: bool, row: int, changes: Changes) -> None:
        if not single and changes:
            self._session.notices.success(changes.title + ".", action_text=self.tr("Undo"), action=self._undo)
        if changes and not self._is_settled():
            self.left_list.emit(row)
            return
        if single and self._session.settings.get(ADVANCE):
            self.moved_on.emit(row + 1)
        self.reloaded()

    def _failed(self, error: AppError) -> None:
        self._saving = False
        self._waiting.clear()
        self._session.notices.error(error)

    def _next(self) -> None:
        if self._waiting and not self._saving:
            self._run(self._waiting.pop(0))

    def _undo(self) -> None:
        self._session.store.ask(lambda project: project.history.undo())
