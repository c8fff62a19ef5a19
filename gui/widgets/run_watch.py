"""A training as one watches it: where it stands, its curves, its log, and pause, go on and stop while it runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from engine.base.events import Step
from engine.insight.curves import Curves
from engine.insight.verdicts import verdicts
from gui.core.run_log import LogRow, network_text
from gui.core.run_record import RunRecord
from gui.core.sizes import file_size
from gui.core.throttle import Throttle
from gui.models.log_model import LogModel
from gui.widgets.cards import GAP, Card, button, label, row
from gui.widgets.figure_row import FigureRow
from gui.widgets.live_plot import LivePlot
from gui.widgets.progress_row import duration
from gui.widgets.verdict_list import VerdictList

# Numbers that change faster than this cannot be read.
FIGURES_MS = 250
LOG_HEIGHT = 168


class RunWatch(QWidget):
    """Shows a `RunRecord`. `pause_wanted` carries whether to pause or go on; `export_wanted` as the plot's."""

    pause_wanted = Signal(bool)
    stop_wanted = Signal()
    export_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: RunRecord | None = None
        self._class_names: tuple[str, ...] = ()
        self._title = label("", "section")
        self._network = label("", "muted", wrap=True)
        self.pause = button(self.tr("Pause"), icon_name="pause", shortcut="Ctrl+Shift+P")
        self.go_on = button(self.tr("Go on"), "primary", icon_name="play", shortcut="Ctrl+Shift+P")
        self.stop = button(self.tr("Stop"), icon_name="square", tip=self.tr("Stop; the training can be resumed later"))
        self.pause.setToolTip(self.tr("Hold the training and leave the machine to other work (Ctrl+Shift+P)"))
        self.pause.clicked.connect(self._pause)
        self.go_on.clicked.connect(self._go_on)
        self.stop.clicked.connect(self._stop)
        self.figures = FigureRow(
            [
                self.tr("epoch"),
                self.tr("left"),
                self.tr("photos a second"),
                self.tr("memory"),
                self.tr("best epoch"),
                self.tr("of validation right then"),
            ],
            self.tr("The training at the moment"),
        )
        self.verdicts = VerdictList()
        self.plot = LivePlot()
        self.plot.export_wanted.connect(self.export_wanted)
        self.log = LogModel((self.tr("Time"), self.tr("What happened")), self)
        self._refresh = Throttle(FIGURES_MS, self)
        self._refresh.due.connect(self._show_figures)
        card = Card()
        card.body.setSpacing(2 * GAP)
        card.body.addLayout(row(self._title, None, self.pause, self.go_on, self.stop))
        for part in (self._network, self.verdicts, self.figures, self.plot, self._log_view()):
            card.body.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card)

    def record(self) -> RunRecord | None:
        """The training that is shown."""
        return self._record

    def show_record(self, record: RunRecord | None, class_names: Sequence[str] = ()) -> None:
        """That training is shown and followed; None: none is. `class_names`: of its columns, as far as they are known.

        What is wrong with it is said while it is under way; once it has ended, that belongs beside its score.
        """
        self._class_names = tuple(class_names)
        if record is self._record:
            self._refresh.call()
            return
        old, self._record = self._record, record
        if old is not None:
            old.grew.disconnect(self._grew)
            old.logged.disconnect(self._logged)
            old.stand_changed.disconnect(self._show_stand)
        if record is None:
            return
        record.grew.connect(self._grew)
        record.logged.connect(self._logged)
        record.stand_changed.connect(self._show_stand)
        self.plot.show_runs([(record.name, record.curves)])
        self.log.set_rows(record.log)
        self._log_table.scrollToBottom()
        self._show_stand()
        self._show_figures()

    @Slot()
    def _grew(self) -> None:
        self.plot.grown()
        self._refresh.call()

    @Slot(object)
    def _logged(self, row_: LogRow) -> None:
        bar = self._log_table.verticalScrollBar()
        at_end = bar.value() == bar.maximum()
        self.log.append(row_)
        if at_end:
            self._log_table.scrollToBottom()

    @Slot()
    def _show_stand(self) -> None:
        record = self._record
        if record is None:
            return
        names = {
            "waiting": self.tr("Waiting for its turn"),
            "running": self.tr("Training"),
            "pausing": self.tr("Pausing…"),
            "paused": self.tr("Paused"),
            "stopping": self.tr("Stopping…"),
            "ended": self.tr("How it was trained"),
        }
        self._title.setText(f"{record.name}: {names[record.stand]}" if record.stand != "ended" else names["ended"])
        paused, ended = record.stand == "paused", record.stand == "ended"
        self.pause.setVisible(not paused and not ended)
        self.pause.setEnabled(record.stand == "running")
        self.go_on.setVisible(paused)
        self.stop.setVisible(not ended)
        self.stop.setEnabled(record.stand != "stopping")
        self._refresh.call()

    @Slot()
    def _show_figures(self) -> None:
        record = self._record
        if record is None:
            return
        network, step, curves = record.network, record.step, record.curves
        self._network.setVisible(network is not None)
        if network is not None:
            self._network.setText(network_text(network))
        ended = record.stand == "ended"
        self.verdicts.show_verdicts(() if ended else verdicts(curves, self._class_names))
        left = step.seconds_left if step is not None else None
        self.figures.show_values(
            (
                self._epoch_text(),
                None if ended else duration(left) if left is not None else "",
                None if ended else f"{step.images_per_s:,.0f}" if step is not None else "",
                None if ended or (step is not None and not step.memory_bytes) else _memory(step),
                *_best(curves),
            )
        )

    def _epoch_text(self) -> str:
        record = self._record
        assert record is not None
        ends = [column[-1] for column in (record.curves.step_epochs(), record.curves.epochs("val")) if len(column)]
        if not ends:
            return ""
        done = max(ends)
        shown = f"{done:.1f}" if record.stand != "ended" else f"{done:.0f}"
        return shown if record.network is None else self.tr("{0} of {1}").format(shown, record.network.n_epochs)

    def _log_view(self) -> QTableView:
        self._log_table = view = QTableView()
        view.setModel(self.log)
        view.setAccessibleName(self.tr("Log of the training"))
        view.setFixedHeight(LOG_HEIGHT)
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(26)
        head = view.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        return view

    @Slot()
    def _pause(self) -> None:
        if self._record is not None:
            self._record.set_stand("pausing")
            self.pause_wanted.emit(True)

    @Slot()
    def _go_on(self) -> None:
        self.pause_wanted.emit(False)

    @Slot()
    def _stop(self) -> None:
        if self._record is not None:
            self._record.set_stand("stopping")
            self.stop_wanted.emit()


def _memory(step: Step | None) -> str:
    return "" if step is None else file_size(step.memory_bytes)


def _best(curves: Curves) -> tuple[str, str]:
    """The best epoch and the share of validation photos that was right then."""
    best = curves.best_epoch()
    if best is None:
        return "", ""
    at = [int(n) for n in curves.epochs("val")].index(best) if best in curves.epochs("val") else None
    right = "" if at is None else f"{curves.accuracies('val')[at]:.1%}".replace("%", " %")
    return str(best), right
