"""Where new photos are dropped to be classified, with buttons for those who would rather choose."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gui.core.icons import icon
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, row


class ClassifyDrop(QWidget):
    """A dashed area that fills its place; `chosen` carries `files` or `folder`. The drop itself is the page's."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._area = QFrame()
        self._area.setProperty("role", "drop")
        sign = label()
        sign.setPixmap(icon("scan-search", "accent").pixmap(48, 48))
        text = label(self.tr("Drop new photos or folders here"), "title")
        hint = label(
            self.tr("The model says what they show and how sure it is. The photos stay where they are."), "muted"
        )
        files = button(self.tr("Choose photos…"), "primary", icon_name="image-plus")
        files.clicked.connect(self._files)
        folder = button(self.tr("Choose a folder…"), icon_name="folder-plus")
        folder.clicked.connect(self._folder)
        box = QVBoxLayout(self._area)
        box.setSpacing(GAP)
        box.addStretch(2)
        for part in (sign, text, hint):
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addSpacing(GAP)
        box.addLayout(row(None, files, folder, None))
        box.addStretch(3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_MARGIN, 0, PAGE_MARGIN, 0)
        outer.addWidget(self._area)

    def set_hot(self, *, hot: bool) -> None:
        """Whether files are being dragged over the page."""
        self._area.setProperty("hot", "true" if hot else "false")
        self._area.style().unpolish(self._area)
        self._area.style().polish(self._area)

    @Slot()
    def _files(self) -> None:
        self.chosen.emit("files")

    @Slot()
    def _folder(self) -> None:
        self.chosen.emit("folder")
