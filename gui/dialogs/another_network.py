"""Which other network than those of the list is wanted, by its name in timm."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from gui.dialogs.dialog import Dialog
from gui.widgets.cards import label

translate = QCoreApplication.translate
PREFIX = "timm/"


class AnotherNetworkDialog(Dialog):
    """`chosen` carries the name in recipes, `timm/NAME`."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(
            parent, translate("Dialog", "Another network"), accept_text=translate("Dialog", "Look it up"), width=520
        )
        text = self.tr(
            "Recipes can build on any classification network of the library timm, about a thousand of them. The"
            " licence is told before anything is fetched."
        )
        self.body.addWidget(label(text, "muted", wrap=True))
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the network"))
        self.name.setPlaceholderText(self.tr("Its name in timm, for example resnet18"))
        self.name.textChanged.connect(self._check)
        self.body.addWidget(self.name)
        self.accepted.connect(self._choose)
        self._check()
        self.name.setFocus()

    @Slot()
    def _check(self) -> None:
        assert self.accept_button is not None
        self.accept_button.setEnabled(bool(self._typed()))

    def _typed(self) -> str:
        return self.name.text().strip().removeprefix(PREFIX)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(PREFIX + self._typed())
