"""Mending the labels of the photos chosen in a grid: keys, a menu, and a notice with the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton

from engine.base.changes import Changes
from engine.base.ids import ClassId, PhotoId
from engine.store.rows import ClassRow
from gui.core.session import Session
from gui.widgets.cards import button
from gui.widgets.photo_grid import PhotoGrid

if TYPE_CHECKING:
    from engine.project.project import Project


class Mending(QObject):
    """Changes the chosen photos of `grid`, or its current one; `row` is where the first of them stood."""

    def __init__(self, session: Session, grid: PhotoGrid, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._grid = grid
        self._classes: tuple[ClassRow, ...] = ()
        self.row = 0
        self.menu = QMenu(grid)
        self.menu.aboutToShow.connect(self._fill_menu)

    def set_classes(self, classes: Sequence[ClassRow]) -> None:
        """These are the classes that a photo can be given."""
        self._classes = tuple(classes)

    def classes(self) -> tuple[ClassRow, ...]:
        """The classes a photo can be given."""
        return self._classes

    def make_button(self) -> QPushButton:
        """A button that opens the menu of classes."""
        made = button(self.tr("Change label"), icon_name="tag", tip=self.tr("Or press the key of the right class"))
        made.setMenu(self.menu)
        return made

    def relabel(self, class_id: ClassId) -> None:
        """The chosen photos get this label."""
        self._change(lambda project, ids: project.labels.set(ids, class_id))

    def mark_unsure(self) -> None:
        """The chosen photos are set aside as unsure."""
        self._change(lambda project, ids: project.labels.mark_unsure(ids))

    def exclude(self) -> None:
        """The chosen photos are left out of everything."""
        self._change(lambda project, ids: project.labels.exclude(ids))

    def take_key(self, event: QKeyEvent) -> bool:
        """The label that the key stands for is given; False if it stands for none."""
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        key = event.text().lower() if plain else ""
        found = next((made for made in self._classes if key and made.key.lower() == key), None)
        if found is not None:
            self.relabel(found.id)
        elif key == "u":
            self.mark_unsure()
        elif key == "x":
            self.exclude()
        else:
            return False
        return True

    def _change(self, verb: Callable[[Project, Sequence[PhotoId]], Changes]) -> None:
        current = self._grid.current_id()
        ids = self._grid.selected_ids() or ((current,) if current is not None else ())
        if ids:
            self.row = max(0, self._grid.photo_model().position_of(ids[0]))
            self._session.store.ask(lambda project: verb(project, ids), self._tell, context=self)

    def _tell(self, changes: Changes) -> None:
        if changes:
            self._session.notices.success(
                changes.title + ".", action_text=self.tr("Undo"), action=partial(self._session.store.ask, _undo)
            )

    @Slot()
    def _fill_menu(self) -> None:
        self.menu.clear()
        for made in self._classes:
            text = f"{made.name}\t{made.key.upper()}" if made.key else made.name
            self.menu.addAction(text, partial(self.relabel, made.id))
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Unsure") + "\tU", self.mark_unsure)
        self.menu.addAction(self.tr("Exclude") + "\tX", self.exclude)


def _undo(project: Project) -> Changes:
    return project.history.undo()
