"""Tags of the chosen photos: one more, with those in use to choose from, or one less."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from gui.core.tag_reading import TagUse
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import button, label, row

translate = QCoreApplication.translate
MAX_LENGTH = 80
MOST_SHOWN = 8


class TagDialog(Dialog):
    """`added` and `removed` carry the tag; the dialog closes with either."""

    added = Signal(str)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None, n: int, tags: Sequence[TagUse]) -> None:
        super().__init__(parent, translate("Dialog", "Tag %n photo(s)", "", n), accept_text=translate("Dialog", "Tag"))
        self.tag = QLineEdit()
        self.tag.setMaxLength(MAX_LENGTH)
        self.tag.setAccessibleName(self.tr("Tag"))
        self.tag.setPlaceholderText(self.tr("For example: night, needs a second look"))
        known = QCompleter([use.name for use in tags], self.tag)
        known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        known.setFilterMode(Qt.MatchFlag.MatchContains)
        self.tag.setCompleter(known)
        self.tag.textChanged.connect(self._allow)
        self.body.addWidget(self.tag)
        self._add_removal(n, [use for use in tags if use.n_chosen][:MOST_SHOWN])
        self.accepted.connect(self._add)
        self._allow()
        self.tag.setFocus()

    def _add_removal(self, n: int, tags: Sequence[TagUse]) -> None:
        if tags:
            self.body.addSpacing(8)
            self.body.addWidget(label(self.tr("Tags they have"), "section"))
        for use in tags:
            off = button(self.tr("Remove"), "quiet", icon_name="x")
            off.setAutoDefault(False)
            off.setAccessibleName(self.tr("Remove the tag {0}").format(use.name))
            off.setObjectName(use.name)
            off.clicked.connect(self._remove)
            count = label(self.tr("{0} of {1}").format(f"{use.n_chosen:,}", f"{n:,}"), "muted")
            self.body.addLayout(row(label(use.name), count, None, off))

    @Slot()
    def _allow(self) -> None:
        assert self.accept_button is not None
        self.accept_button.setEnabled(bool(self.tag.text().strip()))

    @Slot()
    def _add(self) -> None:
        if self.tag.text().strip():
            self.added.emit(self.tag.text().strip())

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self.sender().objectName())
        self.reject()
