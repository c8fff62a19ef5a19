"""One running piece of work as a line: title, what it is doing, n of m, time left, and a way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from gui.widgets.cards import GAP, button, label, row

# Qt's own QWIDGETSIZE_MAX, which PySide does not name.
QWIDGETSIZE_MAX = 16_777_215

if TYPE_CHECKING:
    from engine.base.events import Phase


class ProgressRow(QWidget):
    """`stop_wanted` is emitted when the user presses Stop; the row then says so until it is removed.

    `narrow`: on two lines, for a column.
    """

    stop_wanted = Signal()

    def __init__(self, title: str, *, narrow: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label(title, "section")
        self._phase = label("", "muted")
        self._count = label("", "muted")
        self._left = label("", "muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(120)
        self._bar.setMaximumWidth(320)
        self._bar.setAccessibleName(self.tr("Progress of {0}").format(title))
        self._stop = button(self.tr("Stop"), tip=self.tr("Stop; what is finished is kept"))
        self._stop.setAccessibleName(self.tr("Stop {0}").format(title))
        self._stop.clicked.connect(self._stop_clicked)
        if narrow:
            self._lay_out_narrow()
        else:
            self._lay_out_wide()

    def _lay_out_wide(self) -> None:
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2 * GAP)
        for part in (self._title, self._phase):
            box.addWidget(part)
        box.addWidget(self._bar, 1)
        for part in (self._count, self._left):
            box.addWidget(part)
        box.addStretch(0)
        box.addWidget(self._stop)

    def _lay_out_narrow(self) -> None:
        self._title.hide()
        self._bar.setMaximumWidth(QWIDGETSIZE_MAX)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(row(self._phase, None, self._count, self._left))
        line = row(self._bar, self._stop, spacing=2 * GAP)
        line.setStretch(0, 1)
        box.addLayout(line)

    def set_phase(self, phase: Phase) -> None:
        """The row shows where the work stands."""
        self._phase.setText(phase.name)
        known = phase.total > 0
        # A bar counts no further than 2 GB.
        scale = 1000 if phase.unit == "bytes" else 1
        self._bar.setRange(0, max(1, phase.total // scale) if known else 0)
        self._bar.setValue(min(phase.done, phase.total) // scale if known else 0)
        done, total = (f"{n / 1e6:,.1f} MB" if phase.unit == "bytes" else f"{n:,}" for n in (phase.done, phase.total))
        self._count.setText(self.tr("{0} of {1}").format(done, total) if known else done)
        self._left.setText(
            "" if phase.seconds_left is None else self.tr("{0} left").format(duration(phase.seconds_left))
        )

    def set_waiting(self) -> None:
        """The work has not begun; something else has to end first."""
        self._phase.setText(self.tr("Waiting for its turn"))

    def set_stopping(self) -> None:
        """A stop was asked for; the work ends soon."""
        self._stop.setEnabled(False)
        self._phase.setText(self.tr("Stopping…"))
        self._left.clear()

    @Slot()
    def _stop_clicked(self) -> None:
        self.set_stopping()
        self.stop_wanted.emit()


def duration(seconds: float) -> str:
    """A time span for people: `12 s`, `3 min`, `1 h 20 min`."""
    whole = max(1, round(seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
