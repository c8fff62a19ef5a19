"""The offer to compare all photos by what a network sees, with its progress once it was taken."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.core.comparing import Comparing
from gui.widgets.cards import GAP, row
from gui.widgets.empty_state import EmptyState
from gui.widgets.job_place import JobPlace

WIDTH = 480


class CompareOffer(QWidget):
    """Says what the comparison answers; its button begins it."""

    def __init__(self, comparing: Comparing, heading: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparing = comparing
        self.offer = EmptyState("scan-search", heading, text, (("compare", self.tr("Compare the photos")),))
        self.offer.chosen.connect(self._start)
        self._progress = JobPlace(narrow=True)
        self._progress.setFixedWidth(WIDTH)
        comparing.began.connect(self._progress.follow)
        comparing.over.connect(self._show_busy)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 4 * GAP)
        box.addWidget(self.offer, 1)
        box.addLayout(row(None, self._progress, None))
        if comparing.job is not None:
            self._progress.follow(comparing.job)
        self._show_busy()

    @Slot()
    def _start(self) -> None:
        self._comparing.start()
        self._show_busy()

    @Slot()
    def _show_busy(self) -> None:
        self.offer.set_busy(busy=self._comparing.is_busy())
