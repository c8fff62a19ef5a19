"""How photos and labels go to another tool: in which form, into which new folder, as copies or links."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from engine.exchange.forms import COMPLETE, FORMS, TITLES, Form, Photos
from gui.core.places import friendly, is_name_possible, typed
from gui.dialogs.dialog import Dialog
from gui.dialogs.new_project import safe_name
from gui.widgets.cards import GAP, button, label, row

if TYPE_CHECKING:
    from engine.store.rows import Counts

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What is to be written, and where; `out` is a new folder."""

    form: Form
    out: Path
    photos: Photos
    bom: bool


class ExportPhotosDialog(Dialog):
    """`chosen` carries an `ExportChoice`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None, counts: Counts, *, name: str, place: Path) -> None:
        """`name`: proposed for the folder; `place`: proposed for the folder it is made in."""
        super().__init__(
            parent,
            translate("Dialog", "Export photos and labels"),
            accept_text=translate("Dialog", "Export"),
            width=600,
        )
        self._counts = counts
        self.form = QComboBox()
        self.form.setAccessibleName(self.tr("Form"))
        for form in FORMS:
            self.form.addItem(TITLES[form], form)
        self._described = label("", "muted", wrap=True)
        self._included = label("", wrap=True)
        self.name = QLineEdit(name)
        self.name.setAccessibleName(self.tr("Name of the new folder"))
        self.place = QLineEdit(str(place))
        self.place.setAccessibleName(self.tr("Folder in which it is made"))
        self.bom = QCheckBox(self.tr("The table is for Excel (begin it with a byte order mark)"))
        self._make_form()
        self._problem = label("", "muted", wrap=True)
        self.body.addWidget(self._problem)
        for field in (self.name, self.place):
            field.textChanged.connect(self._check)
        self.form.currentIndexChanged.connect(self._form_chosen)
        self._form_chosen()
        self.form.setFocus()

    def out(self) -> Path:
        """The folder that the fields describe."""
        return typed(self.place.text()) / safe_name(self.name.text())

    def accept(self) -> None:
        form = cast("Form", self.form.currentData())
        photos: Photos = "link" if self.link.isChecked() else "none" if self.none.isChecked() else "copy"
        self.chosen.emit(ExportChoice(form, self.out(), photos, form == "csv" and self.bom.isChecked()))
        super().accept()

    def _make_form(self) -> None:
        browse = button(self.tr("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        self.copy = QRadioButton(self.tr("Copy the photos"))
        self.link = QRadioButton(self.tr("Link the photos, which takes no room"))
        self.none = QRadioButton(self.tr("Tables only, no photos"))
        self.copy.setChecked(True)
        group = QButtonGroup(self)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * GAP)
        form.setVerticalSpacing(GAP)
        form.addRow(self.tr("Form"), self.form)
        form.addRow("", self._described)
        form.addRow(self.tr("Included"), self._included)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Place"), row(self.place, browse))
        self._link_hint = label(
            self.tr("A linked photo is the file itself: a program that changes it changes yours."), "muted", wrap=True
        )
        self._link_hint.hide()
        self.link.toggled.connect(self._link_hint.setVisible)
        for caption, choice in ((self.tr("Photos"), self.copy), ("", self.link), ("", self.none)):
            group.addButton(choice)
            form.addRow(caption, choice)
        form.addRow("", self._link_hint)
        form.addRow("", self.bom)
        self.body.addLayout(form)

    @Slot()
    def _form_chosen(self) -> None:
        form = cast("Form", self.form.currentData())
        self._described.setText(self._descriptions()[form])
        self._included.setText(self._what_is_included(form))
        self.none.setVisible(form in COMPLETE)
        self.bom.setVisible(form == "csv")
        if form not in COMPLETE and self.none.isChecked():
            self.copy.setChecked(True)
        self._check()

    def _descriptions(self) -> dict[Form, str]:
        return {
            "imagefolder": self.tr("A folder for each part and class, as torchvision and most scripts read them."),
            "csv": self.tr("One table with everything that is known of each photo, and the photos beside it."),
            "fiftyone": self.tr("Class folders: FiftyOne's ImageClassificationDirectoryTree."),
            "fiftyone-json": self.tr("FiftyOneImageClassification: a data folder and labels.json."),
            "huggingface": self.tr(
                "A metadata.csv with a label column for each part, as the datasets library reads it."
            ),
            "coco-camera-traps": self.tr(
                "One JSON file with everything, as MegaDetector and camera-trap tools read it."
            ),
        }

    def _what_is_included(self, form: Form) -> str:
        counts = self._counts
        if form in COMPLETE:
            return self.tr("All %n photo(s), with all that is said of them.", "", counts.n_photos)
        others = counts.n_photos - counts.n_labelled
        text = self.tr("%n labelled photo(s).", "", counts.n_labelled)
        if others:
            text += " " + self.tr("%n other(s) have no place in this form and are left out.", "", others)
        return text

    @Slot()
    def _check(self) -> None:
        # One look at the disk per keystroke is one stat call; anything slower belongs off this thread.
        out, problem = self.out(), ""
        form = cast("Form", self.form.currentData())
        if not (self._counts.n_photos if form in COMPLETE else self._counts.n_labelled):
            problem = self.tr("There is nothing to export in this form yet.")
        elif not safe_name(self.name.text()):
            problem = self.tr("The folder needs a name.")
        elif not is_name_possible(out):
            problem = self.tr("There cannot be such a folder; give the whole path, and shorter names.")
        elif out.exists():
            problem = self.tr("There is something of that name in this place already.")
        elif not out.parent.is_dir():
            problem = self.tr("There is no such place.")
        self._problem.setText(problem or self.tr("Will be made as {0}").format(friendly(str(out))))
        assert self.accept_button is not None
        self.accept_button.setEnabled(not problem)

    @Slot()
    def _browse(self) -> None:
        picker = QFileDialog(self, self.tr("Place of the new folder"), self.place.text())
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        picker.fileSelected.connect(self.place.setText)
        picker.open()
