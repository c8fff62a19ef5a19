"""What can be said of chosen photos beside their class: a tag, a group, why they are left out; with a way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.base.changes import Changes
from engine.base.ids import PhotoId
from engine.recipe.group_cfg import BY_HAND
from gui.core.group_reading import GroupsByHand, groups_by_hand
from gui.core.session import Session
from gui.core.tag_reading import TagUse, tag_uses

if TYPE_CHECKING:
    from engine.project.project import Project


class MarkVerbs(QObject):
    """Asks on `window`, then does it as one undo step."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    def ask_exclude(self, ids: Sequence[PhotoId], offered: str = "") -> None:
        """A dialog asks why the photos are to be left out; `offered` stands in its field."""
        if ids:
            then = partial(self._open_exclude, tuple(ids), offered)
            self._session.store.ask(lambda project: project.browse.reasons(), then, context=self)

    def ask_tag(self, ids: Sequence[PhotoId]) -> None:
        """A dialog asks for a tag to give to the photos, or to take away."""
        if ids:
            then = partial(self._open_tag, tuple(ids))
            self._session.store.ask(lambda project: tag_uses(project, ids), then, context=self)

    def ask_together(self, ids: Sequence[PhotoId]) -> None:
        """A dialog asks for the name of the group that the photos belong to."""
        if ids:
            self._session.store.ask(groups_by_hand, partial(self._open_together, tuple(ids)), context=self)

    def carry_out(self, verb: Callable[[Project], Changes]) -> None:
        """The step is taken, and told with a way back."""
        self._session.store.ask(verb, self._tell, context=self)

    def _open_exclude(self, ids: tuple[PhotoId, ...], offered: str, known: Sequence[tuple[str, int]]) -> None:
        from gui.dialogs.exclude_photos import ExcludeDialog

        dialog = ExcludeDialog(self._window, len(ids), offered, [name for name, _ in known])
        dialog.chosen.connect(lambda reason: self.carry_out(lambda project: project.labels.exclude(ids, reason)))
        dialog.open()

    def _open_tag(self, ids: tuple[PhotoId, ...], tags: Sequence[TagUse]) -> None:
        from gui.dialogs.tag_photos import TagDialog

        dialog = TagDialog(self._window, len(ids), tags)
        dialog.added.connect(lambda tag: self.carry_out(lambda project: project.tags.add(ids, tag)))
        dialog.removed.connect(lambda tag: self.carry_out(lambda project: project.tags.remove(ids, tag)))
        dialog.open()

    def _open_together(self, ids: tuple[PhotoId, ...], groups: GroupsByHand) -> None:
        from gui.dialogs.keep_together import KeepTogetherDialog

        dialog = KeepTogetherDialog(self._window, len(ids), groups.names, used=groups.used)
        dialog.chosen.connect(lambda name: self.carry_out(lambda project: project.columns.set(ids, BY_HAND, name)))
        dialog.open()

    def _tell(self, changes: Changes) -> None:
        if changes:
            self._session.notices.success(changes.title + ".", action_text=self.tr("Undo"), action=self._undo)

    def _undo(self) -> None:
        self._session.store.ask(lambda project: project.history.undo())
