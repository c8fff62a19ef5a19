"""Importing: a preview of what was dropped or chosen, the import itself, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.base.fspath import to_bytes
from gui.core.notices import Notice
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.base.events import Ended, RefusedFile
    from engine.project.photos import ImportSummary
    from gui.core.importing import ImportRun
    from gui.dialogs.import_preview import ImportChoice


class ImportVerb(QObject):
    """Brings photos into the open project."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    @Slot()
    def choose_folder(self) -> None:
        """The user picks a folder; then as if it had been dropped."""
        picker = QFileDialog(self._window, self.tr("Folder with photos"))
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        picker.fileSelected.connect(self._picked_folder)
        picker.open()

    @Slot()
    def choose_files(self) -> None:
        """The user picks files; then as if they had been dropped."""
        picker = QFileDialog(self._window, self.tr("Photos"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFiles)
        picker.filesSelected.connect(self._picked_files)
        picker.open()

    def preview(self, roots: Sequence[bytes]) -> None:
        """The preview of a drop is open; accepting it imports."""
        from gui.dialogs.import_preview import ImportPreviewDialog

        roots = tuple(roots)
        dialog = ImportPreviewDialog(self._session, roots, self._window)
        dialog.chosen.connect(lambda choice: self._start_chosen(roots, choice))
        dialog.open()

    def start(self, roots: Sequence[bytes], *, use_layout: bool = True, copy_in: bool = False) -> ImportRun:
        """The import runs; a notice tells what came of it."""
        from gui.core.importing import ImportRun

        run = ImportRun(self._session, tuple(roots), use_layout=use_layout, copy_in=copy_in)
        run.finished.connect(self._tell)
        return run

    def _start_chosen(self, roots: tuple[bytes, ...], choice: ImportChoice) -> None:
        self.start(roots, use_layout=choice.use_layout, copy_in=choice.copy_in)

    @Slot(str)
    def _picked_folder(self, folder: str) -> None:
        self.preview((to_bytes(folder),))

    @Slot(list)
    def _picked_files(self, files: list[str]) -> None:
        self.preview(tuple(to_bytes(file) for file in files))

    @Slot(object, object)
    def _tell(self, summary: ImportSummary, ended: Ended) -> None:
        text = self.tr("%n photo(s) added", "", summary.added)
        if summary.already_here:
            text += ", " + self.tr("%n already here", "", summary.already_here)
        if summary.refused:
            text += ", " + self.tr("%n file(s) cannot be used", "", len(summary.refused))
        if ended.reason == "cancelled":
            text = self.tr("Import stopped: {0}").format(text)
        refused = summary.refused
        self._session.notices.post(
            Notice(
                level="warning" if refused and not summary.added else "success",
                text=text + ".",
                advice=conflict_text(summary.conflicts),
                action_text=self.tr("Show files") if refused else "",
                action=(lambda: self.show_refused(refused)) if refused else None,
            )
        )

    def show_refused(self, files: Sequence[RefusedFile]) -> None:
        """The list of files that cannot be used is open."""
        from gui.dialogs.refused_files import RefusedFilesDialog

        RefusedFilesDialog(files, self._window).open()


def conflict_text(conflicts: Sequence[str]) -> str:
    """The first photos that are here under another class, in words; empty if there are none."""
    if not conflicts:
        return ""
    more = f" (+{len(conflicts) - 2:,})" if len(conflicts) > 2 else ""
    return "; ".join(conflicts[:2]) + more
