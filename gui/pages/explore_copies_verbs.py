"""What can be decided about copies: which stay, which are none, which label is right; each one undo step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.base.changes import Changes
from engine.base.errors import AppError
from engine.base.ids import ClassId, PhotoId
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.project.copies import CopyGroup
    from engine.project.project import Project


class CopyVerbs(QObject):
    """Decisions are saved in their order while the screen moves on.

    Signals:
        decided: before it is saved; whether nothing is left to decide about the group.
        refused: one could not be saved, or has changed nothing.
    """

    decided = Signal(bool)
    refused = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    def keep(self, group: CopyGroup, photo_id: PhotoId) -> None:
        """This photo stays, the others of the group are left out."""
        choice = (photo_id, _others(group, photo_id))
        self._decide(lambda project: project.copies.keep_one([choice]))

    def keep_all(self, group: CopyGroup) -> None:
        """All of the group are to stay."""
        ids = [copy.photo.id for copy in group.counted]
        self._decide(lambda project: project.copies.keep_all(ids))

    def set_apart(self, group: CopyGroup, photo_id: PhotoId) -> None:
        """This photo is no copy of the others."""
        others = [copy.photo.id for copy in group.copies if copy.photo.id != photo_id]
        self._decide(lambda project: project.copies.set_apart([photo_id], others), is_all=len(others) == 1)

    def set_all_apart(self, group: CopyGroup) -> None:
        """No photo of the group is a copy of another."""
        ids = [copy.photo.id for copy in group.copies]
        self._decide(lambda project: project.copies.set_apart(ids, ids))

    def label_all(self, group: CopyGroup, class_id: ClassId) -> None:
        """All of the group that count are of this class."""
        ids = [copy.photo.id for copy in group.counted]
        self._decide(lambda project: project.labels.set(ids, class_id), is_all=False)

    def ask_keep_best(self, groups: Sequence[CopyGroup]) -> None:
        """After a question, the best photo of each group that is to decide and does not contradict itself stays."""
        from gui.dialogs.confirm import ConfirmDialog

        clear = [group for group in groups if not group.settled and not group.in_conflict]
        if not clear:
            self._session.notices.info(self.tr("There is no group left whose photos agree."))
            return
        choices = [(group.best, _others(group, group.best)) for group in clear]
        n = sum(len(others) for _, others in choices)
        in_groups = self.tr("%n group(s)", "", len(clear))
        dialog = ConfirmDialog(
            self._window,
            self.tr("Leave out %n photo(s)?", "", n),
            self.tr(
                "Of each of {0} the photo with most pixels stays, or the largest file where they are equal; one with a"
                " label goes before any without. The others are left out of everything, with the reason; no file is"
                " touched, and one undo brings them all back."
            ).format(in_groups)
            + " "
            + self.tr("Groups with different labels are not touched."),
            yes=self.tr("Leave them out"),
            no=self.tr("Cancel"),
            kind="primary",
        )
        dialog.accepted.connect(partial(self._keep_best, choices))
        dialog.open()

    def _keep_best(self, choices: Sequence[tuple[PhotoId, Sequence[PhotoId]]]) -> None:
        self._session.store.ask(lambda project: project.copies.keep_one(choices), self._tell_done, context=self)

    def _tell_done(self, changes: Changes) -> None:
        if changes:
            self._session.notices.success(changes.title + ".", action_text=self.tr("Undo"), action=self._undo)

    def _undo(self) -> None:
        self._session.store.ask(lambda project: project.history.undo())

    def _decide(self, verb: Callable[[Project], Changes], *, is_all: bool = True) -> None:
        self._session.store.ask(verb, self._saved, context=self, on_error=self._failed)
        self.decided.emit(is_all)

    def _saved(self, changes: Changes) -> None:
        if not changes:
            self.refused.emit()
            self._session.notices.info(self.tr("Nothing was changed: files that are equal always stay copies."))

    def _failed(self, error: AppError) -> None:
        self.refused.emit()
        self._session.notices.error(error)


def _others(group: CopyGroup, photo_id: PhotoId) -> list[PhotoId]:
    return [copy.photo.id for copy in group.counted if copy.photo.id != photo_id]
