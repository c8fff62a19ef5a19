"""Name, key and colour of a class."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QFormLayout, QGridLayout, QLineEdit, QToolButton, QWidget

from engine.store.rows import ClassRow
from gui.core import theme
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import label

PER_LINE = 10
# These single keys are commands of the Photos page.
RESERVED_KEYS = "uxp?"


translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassProperties:
    """What the class is to be from now on."""

    name: str
    key: str
    colour: str


class ClassPropertiesDialog(Dialog):
    """`chosen` carries `ClassProperties`."""

    chosen = Signal(object)

    def __init__(self, row: ClassRow, parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            translate("Dialog", "Class"),
            accept_text=translate("Dialog", "Save"),
        )
        self._name = QLineEdit(row.name)
        self._name.setAccessibleName(self.tr("Name"))
        self._name.setMaxLength(100)
        self._key = QLineEdit(row.key)
        self._key.setAccessibleName(self.tr("Key"))
        self._key.setMaxLength(1)
        self._key.setFixedWidth(48)
        self._colours = QButtonGroup(self)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        form.addRow(self.tr("Name"), self._name)
        form.addRow(self.tr("Key"), self._key)
        form.addRow(self.tr("Colour"), self._swatches(row.colour))
        self.body.addLayout(form)
        self._hint = label("", "muted", wrap=True)
        self.body.addWidget(self._hint)
        self._name.textChanged.connect(self._check)
        self._key.textChanged.connect(self._check)
        self._check()
        self._name.selectAll()

    def accept(self) -> None:
        self.chosen.emit(
            ClassProperties(
                name=self._name.text().strip(),
                key=self._key.text().strip().lower(),
                colour=self._colours.checkedButton().objectName(),
            )
        )
        super().accept()

    def _swatches(self, current: str) -> QWidget:
        area = QWidget()
        grid = QGridLayout(area)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        from engine.project.classes import COLOURS

        colours = COLOURS if current in COLOURS else (current, *COLOURS)
        for at, value in enumerate(colours):
            made = QToolButton()
            made.setObjectName(value)
            made.setCheckable(True)
            made.setChecked(value == current)
            made.setIcon(_swatch(value))
            made.setIconSize(QSize(18, 18))
            made.setAccessibleName(self.tr("Colour {0}").format(at + 1))
            made.setToolTip(value)
            self._colours.addButton(made)
            grid.addWidget(made, at // PER_LINE, at % PER_LINE)
        return area

    @Slot()
    def _check(self) -> None:
        key = self._key.text().strip().lower()
        problem = ""
        if not self._name.text().strip():
            problem = self.tr("A class needs a name.")
        elif key and (key in RESERVED_KEYS or not key.isalnum()):
            problem = self.tr("Choose a digit, or a letter other than U, X and P, which have a meaning already.")
        self._hint.setText(problem or self.tr("Press the key to give the selected photos this label."))
        assert self.accept_button is not None
        self.accept_button.setEnabled(not problem)


def _swatch(value: str) -> QIcon:
    made = QPixmap(36, 36)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.class_colour(value))
    painter.drawEllipse(2, 2, 32, 32)
    painter.end()
    return QIcon(made)
