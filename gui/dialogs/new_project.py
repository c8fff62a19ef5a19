"""Name and place of a new project; Enter accepts what is proposed."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLineEdit, QWidget

from engine.base.dirs import default_projects_dir
from gui.core.places import friendly, is_name_possible, typed
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import button, label, row

SUFFIX = ".fieldmark"


translate = QCoreApplication.translate


class NewProjectDialog(Dialog):
    """`chosen` carries the folder of the project to be made, ending in `.fieldmark`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None, *, name: str = "", text: str = "", place: Path | None = None) -> None:
        """`text`: a sentence on top about what happens next."""
        super().__init__(
            parent,
            translate("Dialog", "New project"),
            accept_text=translate("Dialog", "Create project"),
            width=520,
        )
        if text:
            self.body.addWidget(label(text, "muted", wrap=True))
        self._name = QLineEdit(name)
        self._name.setAccessibleName(self.tr("Name of the project"))
        self._name.setPlaceholderText(self.tr("For example: North Sea survey 2026"))
        self._place = QLineEdit(str(place or default_projects_dir()))
        self._place.setAccessibleName(self.tr("Folder in which the project is made"))
        browse = button(self.tr("Browse…"))
        browse.clicked.connect(self._browse)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("Name"), self._name)
        form.addRow(self.tr("Place"), row(self._place, browse))
        self.body.addLayout(form)
        self._problem = label("", "muted", wrap=True)
        self.body.addWidget(self._problem)
        self._name.textChanged.connect(self._check)
        self._place.textChanged.connect(self._check)
        self._check()
        self._name.selectAll()
        self._name.setFocus()

    def folder(self) -> Path:
        """The folder that the fields describe."""
        return typed(self._place.text()) / (safe_name(self._name.text()) + SUFFIX)

    def accept(self) -> None:
        self.chosen.emit(self.folder())
        super().accept()

    @Slot()
    def _check(self) -> None:
        # One look at the disk per keystroke is one stat call; anything slower belongs off this thread.
        problem = ""
        if not safe_name(self._name.text()):
            problem = self.tr("A project needs a name.")
        elif not is_name_possible(self.folder()):
            problem = self.tr("There cannot be such a folder; give the whole path, and shorter names.")
        elif self.folder().exists():
            problem = self.tr("There is already a project of that name in this place.")
        self._problem.setText(problem or self.tr("Will be made as {0}").format(friendly(str(self.folder()))))
        assert self.accept_button is not None
        self.accept_button.setEnabled(not problem)

    @Slot()
    def _browse(self) -> None:
        picker = QFileDialog(self, self.tr("Place of the project"), self._place.text())
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        picker.fileSelected.connect(self._place.setText)
        picker.open()


def safe_name(name: str) -> str:
    """The name without what a folder name cannot hold."""
    return re.sub(r"[\\/:*?\"<>|\x00-\x1f]+", " ", name).strip(" .")
