"""What can be done to classes: make, fill, rename, edit, merge, remove; and the refit that follows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.base.changes import Changes
from engine.base.events import Ended
from engine.base.fspath import shown
from engine.base.ids import ClassId, PhotoId, RunId
from engine.store.rows import ClassRow, RunRow
from gui.core.importing import ImportRun
from gui.core.notices import Notice
from gui.core.session import Session
from gui.core.training import TrainingRun
from gui.verbs.drops import is_for_window
from gui.verbs.import_photos import conflict_text

if TYPE_CHECKING:
    from engine.project.photos import ImportSummary
    from gui.dialogs.class_properties import ClassProperties
    from gui.dialogs.new_class import ClassChoice


class ClassVerbs(QObject):
    """`rows` are the classes as they are now; the page keeps them up to date."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.rows: tuple[ClassRow, ...] = ()

    def row(self, class_id: ClassId) -> ClassRow | None:
        """The class as it is now, None if it is gone."""
        return next((row for row in self.rows if row.id == class_id), None)

    def ask_new(
        self,
        *,
        roots: Sequence[bytes] = (),
        ids: Sequence[PhotoId] = (),
        target: ClassRow | None = None,
    ) -> None:
        """The dialog for a new class is open, for dropped files, for photos of the project, or for an empty class."""
        from gui.dialogs.new_class import NewClassDialog

        dialog = NewClassDialog(
            self._session,
            self.rows,
            roots=tuple(roots),
            ids=tuple(ids),
            name=_name_from(roots),
            target=target,
            parent=self._window,
        )
        dialog.chosen.connect(self.carry_out)
        dialog.open()

    def files_on(self, roots: Sequence[bytes], target: ClassId | None) -> None:
        """Files were dropped on a class, or for a new one: a preview opens, unless it is a project or a model."""
        if is_for_window(roots):
            self._session.files_dropped.emit(roots)
            return
        self.ask_new(roots=roots, target=self.row(target) if target is not None else None)

    def photos_on(self, ids: Sequence[PhotoId], target: ClassId | None) -> None:
        """Photos of the project were dropped on a class: they get its label. On the list: a new class."""
        if target is None:
            self.ask_new(ids=ids)
            return
        self._session.store.ask(lambda project: project.labels.set(ids, target), self._tell_done)

    def carry_out(self, choice: ClassChoice) -> None:
        """What the dialog decided is done, as one undo step."""
        if choice.roots:
            run = ImportRun(self._session, choice.roots, into_class=choice.name, use_layout=False)
            run.finished.connect(lambda summary, ended: self._imported(choice.name, summary, ended))
        elif choice.existing is not None:
            target = choice.existing
            self._session.store.ask(
                lambda project: project.labels.set(choice.ids, target), lambda _: self._refit(choice.name)
            )
        else:
            self._session.store.ask(
                lambda project: project.classes.add_with_photos(choice.name, choice.ids),
                lambda _: self._refit(choice.name) if choice.ids else None,
            )

    def rename(self, class_id: ClassId, name: str) -> None:
        """The class has another name."""
        self._session.store.ask(lambda project: project.classes.rename(class_id, name))

    def edit(self, class_id: ClassId) -> None:
        """Name, key and colour of the class can be changed."""
        from gui.dialogs.class_properties import ClassPropertiesDialog

        row = self.row(class_id)
        if row is not None:
            dialog = ClassPropertiesDialog(row, self._window)
            dialog.chosen.connect(lambda wanted: self._apply(row, wanted))
            dialog.open()

    def merge(self, class_id: ClassId) -> None:
        """The user chooses the class that takes this one's photos."""
        from gui.dialogs.merge_class import MergeClassDialog

        row = self.row(class_id)
        others = [other for other in self.rows if other.id != class_id]
        if row is not None and others:
            dialog = MergeClassDialog(row, others, self._window)
            dialog.chosen.connect(lambda target: self._merge(class_id, target))
            dialog.open()

    def remove(self, class_id: ClassId) -> None:
        """The class goes; its photos stay, without a label. Undo brings all back, so nothing is asked."""
        self._session.store.ask(lambda project: project.classes.remove(class_id), self._tell_done)

    def undo(self) -> None:
        """The last step is taken back."""
        self._session.store.ask(lambda project: project.history.undo())

    def _merge(self, source: ClassId, target: ClassId) -> None:
        self._session.store.ask(lambda project: project.classes.merge(source, target), self._tell_done)

    def _apply(self, row: ClassRow, wanted: ClassProperties) -> None:
        store = self._session.store
        if wanted.name != row.name:
            store.ask(lambda project: project.classes.rename(row.id, wanted.name))
        if wanted.key != row.key:
            store.ask(lambda project: project.classes.set_key(row.id, wanted.key))
        if wanted.colour != row.colour:
            store.ask(lambda project: project.classes.recolour(row.id, wanted.colour))

    def _tell_done(self, changes: Changes) -> None:
        if changes:
            self._session.notices.success(changes.title + ".", action_text=self.tr("Undo"), action=self.undo)

    def _imported(self, name: str, summary: ImportSummary, ended: Ended) -> None:
        if summary.op is None:
            self._session.notices.warning(
                self.tr("Nothing was added to “{0}”.").format(name), advice=conflict_text(summary.conflicts)
            )
            return
        text = self.tr("“{0}”: %n new photo(s)", "", summary.added).format(name)
        if summary.already_here:
            text += ", " + self.tr("%n already here", "", summary.already_here)
        if summary.refused:
            text += ", " + self.tr("%n file(s) cannot be used", "", len(summary.refused))
        self._session.notices.post(
            Notice(
                level="success",
                text=text + ".",
                advice=conflict_text(summary.conflicts),
                action_text=self.tr("Undo"),
                action=self.undo,
            )
        )
        if ended.reason == "finished":
            self._refit(name)

    def _refit(self, name: str) -> None:
        """The model in use learns the class at once, if there is one."""
        self._session.store.ask(
            lambda project: project.runs.current(), lambda current: self._start_refit(name, current), context=self
        )

    def _start_refit(self, name: str, current: RunRow | None) -> None:
        if current is None:
            return
        from engine.recipe.recipe import from_json

        old = current.id
        run = TrainingRun(
            self._session,
            from_json(current.recipe),
            name=self.tr("With {0}").format(name),
            start_from=old,
            role="light",
            title=self.tr("Learning “{0}”").format(name),
        )
        run.refused.connect(self._session.notices.error)
        run.ended.connect(lambda new, ended: self._refitted(old, new, ended))

    def _refitted(self, old: RunId, new: RunId, ended: Ended) -> None:
        if ended.reason == "finished":
            self._session.show_before_after.emit(old, new)


def _name_from(roots: Sequence[bytes]) -> str:
    """The name a drop suggests: that of its folder, or of the folder its files are in."""
    if not roots:
        return ""
    first = roots[0].rstrip(b"/")
    folder = first if os.path.isdir(first) else os.path.dirname(first)
    return shown(os.path.basename(folder)).replace("_", " ").strip()
