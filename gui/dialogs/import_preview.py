"""What is about to be imported, and how; Enter imports, also before everything has been looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from engine.base.fspath import shown
from gui.core.importing import DropContents, DropLook
from gui.core.session import Session
from gui.dialogs.dialog import Dialog
from gui.dialogs.drop_summary import DropSummary
from gui.widgets.cards import label

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """How the photos come in."""

    use_layout: bool
    copy_in: bool


class ImportPreviewDialog(Dialog):
    """`chosen` carries an `ImportChoice`."""

    chosen = Signal(object)

    def __init__(self, session: Session, roots: Sequence[bytes], parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            translate("Dialog", "Import photos"),
            accept_text=translate("Dialog", "Import"),
            width=520,
        )
        self.body.addWidget(label(describe(roots), "muted", wrap=True))
        self._look = DropLook(session, roots, self)
        self.summary = DropSummary(self._look)
        self.summary.ready.connect(self._ready)
        self.body.addWidget(self.summary)
        self._layout_box = QCheckBox(self.tr("Use the folder names as classes"))
        self._layout_box.setChecked(True)
        self._layout_box.setVisible(False)
        self._copy_box = QCheckBox(self.tr("Copy the photos into the project folder"))
        self.body.addWidget(self._layout_box)
        self.body.addWidget(self._copy_box)
        assert self.accept_button is not None
        self.accept_button.setFocus()

    def done(self, result: int) -> None:
        self._look.cancel()
        if result == self.DialogCode.Accepted:
            self.chosen.emit(ImportChoice(self._layout_box.isChecked(), self._copy_box.isChecked()))
        super().done(result)

    @Slot(object)
    def _ready(self, contents: DropContents) -> None:
        self._layout_box.setVisible(bool(contents.by_class))
        assert self.accept_button is not None
        self.accept_button.setEnabled(contents.n_photos > 0)


def describe(roots: Sequence[bytes]) -> str:
    """The dropped things by name: `Cod`, or `Cod, Haddock and 3 more`."""
    names = [shown(root.rstrip(b"/")).rpartition("/")[2] for root in roots]
    if len(names) <= 3:
        return ", ".join(names)
    return translate("Dialog", "{0} and {1} more").format(", ".join(names[:2]), len(names) - 2)
