"""What a drop on the window does: open a project, turn to a model, read a table, or import photos."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from engine.base.fspath import shown
from engine.data.names import is_model, is_project, tells_of_photos
from gui.core.session import Session
from gui.verbs.import_photos import ImportVerb
from gui.verbs.projects import ProjectVerbs


def is_for_window(roots: Sequence[bytes]) -> bool:
    """Whether a project or a model is among what was dropped, which is never photos for a class."""
    return any(is_model(root) or is_project(root) for root in roots)


class DropVerb(QObject):
    """`show_model` is called with the path of a dropped model, `read_table` with that of a table or a file of labels.

    Both while a project is open.
    """

    def __init__(
        self,
        session: Session,
        projects: ProjectVerbs,
        imports: ImportVerb,
        show_model: Callable[[bytes], None],
        read_table: Callable[[bytes], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._projects = projects
        self._imports = imports
        self._show_model = show_model
        self._read_table = read_table

    def promise(self, roots: Sequence[bytes]) -> str:
        """What dropping these on the window would do, for a project is open."""
        special = _special(roots)
        if special is not None:
            name = shown(os.path.basename(special))
            words = self.tr("Drop to classify with {0}") if is_model(special) else self.tr("Drop to open {0}")
            return words.format(name)
        if _is_table(roots):
            return self.tr("Drop to read {0}").format(shown(os.path.basename(roots[0])))
        project = self._session.project
        return self.tr("Drop to import into {0}").format(project.name if project is not None else "")

    @Slot(object)
    def take(self, roots: Sequence[bytes]) -> None:
        """The drop is carried out: a project or a model among it goes before photos."""
        special = _special(roots)
        if special is None:
            if self._session.project is None:
                self._projects.ask_new_for(roots)
            elif _is_table(roots):
                self._read_table(roots[0])
            else:
                self._imports.preview(roots)
            return
        if is_model(special):
            self._take_model(special)
        else:
            self._take_project(Path(os.fsdecode(special)))
        if len(roots) > 1:
            self._session.notices.info(
                self.tr("Only “{0}” was taken from the drop.").format(shown(os.path.basename(special))),
                advice=self.tr("Drop the other things again, without it."),
            )

    def _take_project(self, folder: Path) -> None:
        project = self._session.project
        if project is not None and project.folder == folder:
            self._session.notices.info(self.tr("“{0}” is the project that is open.").format(project.name))
        else:
            self._projects.open(folder)

    def _take_model(self, path: bytes) -> None:
        if self._session.project is not None:
            self._show_model(path)
            return
        self._session.notices.info(
            self.tr("“{0}” is a saved model, not photos.").format(shown(os.path.basename(path))),
            advice=self.tr("Open a project first, then Classify > Open a model file."),
        )


def _is_table(roots: Sequence[bytes]) -> bool:
    """Whether one file was dropped that says something of photos."""
    return len(roots) == 1 and tells_of_photos(roots[0]) and os.path.isfile(roots[0])


def _special(roots: Sequence[bytes]) -> bytes | None:
    """The first project of a drop, or else its first model, or else nothing."""
    project = next((root for root in roots if is_project(root)), None)
    return project or next((root for root in roots if is_model(root)), None)
