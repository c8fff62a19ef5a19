"""What Fieldmark is, its versions, and the licences of what it is made of."""

from __future__ import annotations

import importlib.metadata
import platform

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from engine import __version__
from engine.recipe.catalogue import BACKBONES
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import button, label

DISTRIBUTIONS = (
    "PySide6-Essentials",
    "torch",
    "torchvision",
    "timm",
    "openvino",
    "scikit-learn",
    "numpy",
    "pillow",
    "pyqtgraph",
    "safetensors",
    "msgspec",
    "tomli-w",
    "platformdirs",
    "filelock",
)


translate = QCoreApplication.translate


class AboutDialog(Dialog):
    """Versions without importing anything heavy: they come from the installed packages' metadata."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, translate("Dialog", "Fieldmark {0}").format(__version__), width=600)
        self.body.addWidget(
            label(
                self.tr("Teach a computer to tell things apart in photos: on your own machine, without programming."),
                wrap=True,
            )
        )
        self.body.addWidget(
            label(
                self.tr(
                    "Fieldmark is free software under the Apache License 2.0. It uses Qt under the GNU LGPL version 3; "
                    "Qt can be replaced by installing another build of PySide6-Essentials. Icons: Lucide, ISC License."
                ),
                "muted",
                wrap=True,
            )
        )
        self._list = QPlainTextEdit(versions_text())
        self._list.setReadOnly(True)
        self._list.setMinimumHeight(240)
        self._list.setAccessibleName(self.tr("Versions and licences"))
        self.body.addWidget(self._list, 1)
        copy = button(self.tr("Copy"))
        copy.setAutoDefault(False)
        copy.clicked.connect(self._copy)
        self.buttons.insertWidget(0, copy)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._list.toPlainText())


def versions_text() -> str:
    """One line a component: name, version, licence."""
    lines = [f"Python {platform.python_version()}: PSF License", f"PySide6 {pyside_version}"]
    for name in DISTRIBUTIONS:
        try:
            facts = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        lines.append(f"{facts['Name']} {facts['Version']}: {_licence(facts)}")
    lines += [f"{facts.weights_distribution}: {facts.licence}" for facts in BACKBONES.values()]
    return "\n".join(lines)


def _licence(facts: importlib.metadata.PackageMetadata) -> str:
    """The licence in a few words, from whichever field the package uses."""
    for field in ("License-Expression", "License"):
        text = facts.get(field, "")
        if text and text != "UNKNOWN" and "\n" not in text and len(text) < 160:
            return text
    marks = [line.rpartition("::")[2].strip() for line in facts.get_all("Classifier") or () if "License" in line]
    return marks[0] if marks else translate("Dialog", "see the package")
