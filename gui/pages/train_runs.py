"""The list of runs: what was trained, how well it does, which model is in use."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from engine.store.rows import RunRow
from gui.core.score_text import run_score
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import button, label, row
from gui.widgets.table_view import RowTable


class RunList(QWidget):
    """All runs, newest first; `selected` carries the chosen RunRow, the others what the user wants of it."""

    selected = Signal(object)
    use_wanted = Signal(object)
    review_wanted = Signal(object)
    compare_wanted = Signal(object)
    rename_wanted = Signal(object)
    delete_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model: TableModel[RunRow] = TableModel(
            [
                Column(
                    heading=self.tr("Run"),
                    text=lambda run: run.name,
                    key=lambda run: run.name.casefold(),
                    tip=self.tr("What was trained"),
                ),
                Column(heading=self.tr("State"), text=self._state, tip=self.tr("Whether it has finished")),
                Column(
                    heading=self.tr("Right on test photos"),
                    text=run_score,
                    key=lambda run: run.accuracy or -1.0,
                    tip=self.tr("By the labels as they are now, with the 95 % interval and the number of photos"),
                ),
                Column(heading=self.tr("Classes"), text=lambda run: str(len(run.class_ids)), numeric=True),
                Column(heading=self.tr("When"), text=lambda run: run.started_at[:16].replace("T", " ")),
            ],
            self,
        )
        self.table = RowTable(self.model, self.tr("Runs"), fit_height=True, parent=self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.selectionModel().currentRowChanged.connect(self._tell)
        self.table.doubleClicked.connect(self._review)
        self._buttons: dict[str, QPushButton] = {
            "use": button(self.tr("Use this model"), tip=self.tr("Classify new photos with this run's model")),
            "review": button(self.tr("Review"), tip=self.tr("Look at this run's mistakes")),
            "compare": button(self.tr("Compare"), tip=self.tr("Compare with the model in use, photo by photo")),
            "rename": button(self.tr("Rename…"), "quiet"),
            "delete": button(self.tr("Delete…"), "quiet"),
        }
        signals = (self.use_wanted, self.review_wanted, self.compare_wanted, self.rename_wanted, self.delete_wanted)
        for made, signal in zip(self._buttons.values(), signals, strict=True):
            made.clicked.connect(self._sender_of(signal))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(row(label(self.tr("Runs"), "section"), None))
        box.addWidget(self.table)
        use, review, compare, rename, delete = self._buttons.values()
        box.addLayout(row(use, review, compare, None, rename, delete))
        self._allow(None)

    def show_runs(self, runs: Sequence[RunRow]) -> None:
        """The list shows these runs; the chosen one stays chosen, else the newest is."""
        chosen = self.current()
        self.model.set_rows(runs)
        ids = [run.id for run in self.model.rows()]
        at = ids.index(chosen.id) if chosen is not None and chosen.id in ids else 0
        if ids:
            self.table.selectRow(at)
        self._allow(self.current())

    def choose(self, run_id: int) -> None:
        """That run is the chosen one, if it is listed."""
        for at, run in enumerate(self.model.rows()):
            if run.id == run_id:
                self.table.selectRow(at)

    def button_of(self, key: str) -> QPushButton:
        """The button of `use`, `review`, `compare`, `rename` or `delete`."""
        return self._buttons[key]

    def current(self) -> RunRow | None:
        """The chosen run."""
        index = self.table.currentIndex()
        return self.model.row(index.row()) if index.isValid() else None

    def _state(self, run: RunRow) -> str:
        names = {
            "queued": self.tr("Waiting"),
            "running": self.tr("Running"),
            "finished": self.tr("Finished"),
            "cancelled": self.tr("Stopped"),
            "failed": self.tr("Failed"),
            "crashed": self.tr("Interrupted"),
        }
        parts = [self.tr("In use")] if run.is_current else [names[run.state]]
        if run.state == "finished" and run.n_label_changes:
            parts.append(self.tr("%n label(s) changed since", "", run.n_label_changes))
        return ", ".join(parts)

    def _sender_of(self, signal: Signal):  # noqa: ANN202 - a slot made per button
        def send() -> None:
            run = self.current()
            if run is not None:
                signal.emit(run)

        return send

    @Slot(QModelIndex)
    def _review(self, index: QModelIndex) -> None:
        run = self.model.row(index.row())
        if run.state == "finished":
            self.review_wanted.emit(run)

    @Slot()
    def _tell(self) -> None:
        run = self.current()
        self._allow(run)
        if run is not None:
            self.selected.emit(run)

    def _allow(self, run: RunRow | None) -> None:
        done = run is not None and run.state == "finished"
        other = done and run is not None and not run.is_current
        ended = run is not None and run.state not in ("queued", "running")
        allowed = {
            "use": other,
            "review": done,
            "compare": other,
            "rename": run is not None,
            "delete": ended and run is not None and not run.is_current,
        }
        for key, made in self._buttons.items():
            made.setEnabled(allowed[key])

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        for made in self._buttons.values():
            action = QAction(made.text(), menu)
            action.setEnabled(made.isEnabled())
            action.triggered.connect(made.click)
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(at))
