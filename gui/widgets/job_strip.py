"""The bottom of the window: what is running, one line a job, and whether everything is saved."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.core.job_thread import Job, JobRunner
from gui.widgets.cards import GAP, Picture, label
from gui.widgets.progress_row import ProgressRow

MAX_ROWS = 3
# Shorter writes are over before the eye has read "Saving": saying so would only flicker.
SAVING_AFTER_MS = 400


class JobStrip(QFrame):
    """Rows for the jobs that are not quiet; the newest three where there are more."""

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._jobs = jobs
        self._rows: dict[Job, ProgressRow] = {}
        self._lines = QVBoxLayout()
        self._lines.setSpacing(GAP)
        self._more = label("", "muted")
        self._more.hide()
        self._saved_icon = Picture("check", 14, "success")
        self._saved = label("", "muted")
        self._saving_timer = QTimer(self)
        self._saving_timer.setSingleShot(True)
        self._saving_timer.setInterval(SAVING_AFTER_MS)
        self._saving_timer.timeout.connect(self._show_saving)
        box = QHBoxLayout(self)
        box.setContentsMargins(2 * GAP, 6, 2 * GAP, 6)
        box.setSpacing(GAP)
        box.addLayout(self._lines, 1)
        box.addWidget(self._more)
        box.addSpacing(GAP)
        box.addWidget(self._saved_icon)
        box.addWidget(self._saved)
        jobs.changed.connect(self._reload)
        jobs.progressed.connect(self._progress)

    def set_state(self, text: str) -> None:
        """What is said at the right end while nothing is being written; empty while no project is open."""
        self._saving_timer.stop()
        self._saved.setText(text)
        self._saved_icon.setVisible(bool(text))

    @Slot(bool)
    def set_busy(self, busy: bool) -> None:
        """The store is at work, or has finished all that was asked."""
        if not self._saved.text():
            return
        if busy:
            self._saving_timer.start()
        else:
            self.set_state(self.tr("Saved"))

    @Slot()
    def _show_saving(self) -> None:
        self._saved.setText(self.tr("Saving…"))
        self._saved_icon.hide()

    @Slot()
    def _reload(self) -> None:
        active = [job for job in self._jobs.active() if not job.quiet]
        for job in [job for job in self._rows if job not in active]:
            row = self._rows.pop(job)
            self._lines.removeWidget(row)
            row.deleteLater()
        for job in active[:MAX_ROWS]:
            row = self._rows.get(job) or self._add(job)
            if job.state == "queued":
                row.set_waiting()
            elif job.state == "stopping":
                row.set_stopping()
        hidden = len(active) - len(self._rows)
        self._more.setText(self.tr("and %n more", "", hidden))
        self._more.setVisible(hidden > 0)

    def _add(self, job: Job) -> ProgressRow:
        row = ProgressRow(job.title)
        row.stop_wanted.connect(job.cancel)
        self._rows[job] = row
        self._lines.addWidget(row)
        return row

    @Slot(object)
    def _progress(self, job: Job) -> None:
        row = self._rows.get(job)
        if row is not None and job.phase is not None and job.state == "running":
            row.set_phase(job.phase)
