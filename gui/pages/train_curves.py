"""What the Train page shows of the chosen runs' curves: the one that trains now, one of the past, or several."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.base.events import NetworkReady
from engine.base.ids import ClassId, RunId
from engine.insight.curves import Curves
from engine.recipe.recipe import from_json
from engine.store.rows import RunRow
from gui.core.job_thread import Job
from gui.core.run_reading import PastRun, RunReader
from gui.core.run_record import RunRecord
from gui.core.session import Session
from gui.verbs.save_plot import SavePlotVerb
from gui.widgets.curve_compare import ComparedRun, CurveCompare
from gui.widgets.live_plot import LivePlot
from gui.widgets.run_watch import RunWatch


class TrainCurves(QWidget):
    """Hidden where there is nothing to draw. `pause_wanted` and `stop_wanted` speak of the training under way.

    `network_began` carries the id of a run once it turns out that it has curves.
    """

    pause_wanted = Signal(bool)
    stop_wanted = Signal()
    network_began = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._live: RunRecord | None = None
        self._chosen: tuple[RunRow, ...] = ()
        self._class_names: Mapping[ClassId, str] = {}
        self._past: dict[RunId, RunRecord] = {}
        self._readers: dict[RunId, list[Callable[[Curves], object]]] = {}
        self._reader = RunReader(self)
        self._reader.found.connect(self._found)
        self._saving = SavePlotVerb(session, self)
        self.watch = RunWatch()
        self.watch.pause_wanted.connect(self.pause_wanted)
        self.watch.stop_wanted.connect(self.stop_wanted)
        self.watch.export_wanted.connect(self._export_one)
        self.compare = CurveCompare()
        self.compare.export_wanted.connect(self._export_several)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        for part in (self.watch, self.compare):
            box.addWidget(part)
            part.hide()
        self.hide()
        session.project_opened.connect(self._forget)

    # The training under way

    def begin(self, run_id: RunId, name: str, job: Job, *, earlier: Curves | None = None) -> RunRecord:
        """The job's events are gathered from now on; `earlier`: what is known of a run that is resumed."""
        self._live = RunRecord(run_id, name, curves=earlier, parent=self)
        self._live.grew.connect(self.compare.plot.grown)
        job.event.connect(self._live.take)
        job.event.connect(self._look_for_network)
        job.ended.connect(self._live.take)
        return self._live

    def end(self) -> None:
        """No training is under way; its run is one of the past."""
        live, self._live = self._live, None
        if live is not None:
            self._show_chosen()
            live.deleteLater()

    def live(self) -> RunRecord | None:
        """The training under way."""
        return self._live

    def shows_live(self) -> bool:
        """Whether the training under way is the one to be seen."""
        return len(self._chosen) == 1 and self._is_live(self._chosen[0])

    def curves_of(self, run_id: RunId) -> Curves | None:
        """Curves of a run of the past, if they have been read."""
        found = self._past.get(run_id)
        return None if found is None else found.curves

    # The runs that are chosen in the list

    def when_read(self, run: RunRow, then: Callable[[Curves], object]) -> None:
        """`then` is called with what the run has left so far, as soon as that is read."""
        self._readers.setdefault(run.id, []).append(then)
        self._reader.read(run)

    def know_classes(self, names: Mapping[ClassId, str]) -> None:
        """The names of the project's classes, to speak of a training under way."""
        self._class_names = names

    def show_runs(self, runs: Sequence[RunRow]) -> None:
        """These runs are to be seen, as far as they have curves."""
        self._chosen = tuple(runs)
        for run in self._chosen:
            if not self._is_live(run):
                self._reader.read(run)
        self._show_chosen()

    @Slot(object)
    def _found(self, past: PastRun) -> None:
        known = self._past.get(past.run_id)
        if known is None or known.curves is not past.curves:
            self._past[past.run_id] = RunRecord(
                past.run_id, past.name, curves=past.curves, log=past.log, stand="ended", parent=self
            )
        if any(run.id == past.run_id for run in self._chosen):
            self._show_chosen()
        if known is not None and known is not self._past[past.run_id]:
            known.deleteLater()
        for then in self._readers.pop(past.run_id, ()):
            then(past.curves)

    def _show_chosen(self) -> None:
        one = self._record_of(self._chosen[0]) if len(self._chosen) == 1 else None
        class_ids = self._chosen[0].class_ids if one is not None else ()
        self.watch.show_record(one, [self._class_names.get(class_id, "?") for class_id in class_ids])
        self.watch.setVisible(one is not None)
        several = self._compared() if len(self._chosen) > 1 else ()
        self.compare.setVisible(bool(several))
        self.setVisible(one is not None or bool(several))
        if several:
            self.compare.show_runs(several)

    def _record_of(self, run: RunRow) -> RunRecord | None:
        if self._is_live(run):
            return self._live if self._live is not None and self._live.is_drawable() else None
        past = self._past.get(run.id)
        return past if past is not None and past.is_drawable() else None

    def _compared(self) -> tuple[ComparedRun, ...]:
        curves = {run.id: self._curves(run) for run in self._chosen}
        if any(found is None for found in curves.values()):
            return ()
        return tuple(
            ComparedRun(name=run.name, curves=found, recipe=from_json(run.recipe))
            for run in self._chosen
            if (found := curves[run.id]) is not None
        )

    def _curves(self, run: RunRow) -> Curves | None:
        if self._is_live(run) and self._live is not None:
            return self._live.curves
        return self.curves_of(run.id)

    def _is_live(self, run: RunRow) -> bool:
        return self._live is not None and self._live.run_id == run.id

    @Slot(object)
    def _look_for_network(self, event: object) -> None:
        if isinstance(event, NetworkReady) and self._live is not None:
            self._show_chosen()
            self.network_began.emit(self._live.run_id)

    @Slot()
    def _forget(self) -> None:
        self._reader.forget()
        self.show_runs(())
        for record in self._past.values():
            record.deleteLater()
        self._past.clear()

    @Slot(str)
    def _export_one(self, kind: str) -> None:
        self._export(kind, self.watch.plot)

    @Slot(str)
    def _export_several(self, kind: str) -> None:
        self._export(kind, self.compare.plot)

    def _export(self, kind: str, plot: LivePlot) -> None:
        self._saving.choose(kind, plot)
