"""Trying out what the score would be if classes were one, and merging them after a question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from engine.base.ids import ClassId, RunId
from engine.store.rows import ClassRow
from gui.core.score_text import Part
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.base.changes import Changes
    from gui.dialogs.merge_trial import MergeChoice


class MergeTrialVerb(QObject):
    """Asks on `window`, carries it out as one step, and tells."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    def ask(self, run_id: RunId, part: Part, classes: Sequence[ClassRow], preset: Collection[ClassId]) -> None:
        """The dialog that tries it out is open, with the classes of `preset` ticked."""
        from gui.dialogs.merge_trial import MergeTrialDialog

        dialog = MergeTrialDialog(self._session, run_id, part, classes, preset, self._window)
        dialog.chosen.connect(self._confirm)
        dialog.open()

    @Slot(object)
    def _confirm(self, choice: MergeChoice) -> None:
        from gui.dialogs.confirm import ConfirmDialog

        names = self.tr(" and ").join(one.name for one in choice.sources)
        n_photos = sum(one.n_photos for one in choice.sources)
        text = self.tr("%n photo(s) of {0} get the label {1}; of these classes only {1} is left.", "", n_photos)
        question = ConfirmDialog(
            self._window,
            self.tr("Merge {0} into {1}?").format(names, choice.target.name),
            text.format(names, choice.target.name) + " " + self.tr("This can be undone."),
            yes=self.tr("Merge"),
            no=self.tr("Keep them apart"),
        )
        question.accepted.connect(partial(self.merge, choice))
        question.open()

    def merge(self, choice: MergeChoice) -> None:
        """The classes are one."""
        sources, target = [one.id for one in choice.sources], choice.target.id
        self._session.store.ask(lambda project: project.classes.merge_all(sources, target), self._tell, context=self)

    def _tell(self, changes: Changes) -> None:
        if changes:
            self._session.notices.success(
                changes.title + ".",
                action_text=self.tr("Undo"),
                action=partial(self._session.store.ask, lambda project: project.history.undo()),
            )
