"""The list of runs: what was trained, how well it does, which model is in use."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from engine.base.ids import RunId
from engine.store.rows import RunRow
from gui.core.recipe_text import summary_of_json
from gui.core.score_text import run_score, seconds_of
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.progress_row import duration
from gui.widgets.table_view import RowTable


class RunList(QWidget):
    """All runs, newest first; `selected` carries the chosen RunRows as a tuple, the others the one meant.

    `compare_wanted` carries two: the older of the chosen ones or the one in use, and the newer; so does
    `changes_wanted`, also of runs that have not finished.
    """

    selected = Signal(object)
    use_wanted = Signal(object)
    resume_wanted = Signal(object)
    review_wanted = Signal(object)
    compare_wanted = Signal(object, object)
    changes_wanted = Signal(object, object)
    rename_wanted = Signal(object)
    delete_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._resumable: Collection[RunId] = ()
        self._names: dict[RunId | None, str] = {}
        self.model: TableModel[RunRow] = TableModel(self._columns(), self)
        self.table = RowTable(self.model, self.tr("Runs"), fit_height=True, parent=self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self.table.setSelectionMode(RowTable.SelectionMode.ExtendedSelection)
        self.table.selectionModel().selectionChanged.connect(self._tell)
        self.table.doubleClicked.connect(self._review)
        self._buttons = self._make_buttons()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        hint = label(
            self.tr("Choose several, with Ctrl or Shift, to see their curves in one plot."), "muted", wrap=True
        )
        head = row(label(self.tr("Runs"), "section"), hint, self._buttons["changes"], spacing=2 * GAP)
        head.setStretch(1, 1)
        box.addLayout(head)
        box.addWidget(self.table)
        use, review, compare, _, resume, rename, delete = self._buttons.values()
        box.addLayout(row(use, review, compare, resume, None, rename, delete))
        self._allow()

    def _columns(self) -> list[Column[RunRow]]:
        return [
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
            Column(
                heading=self.tr("Took"),
                text=lambda run: duration(seconds_of(run)) if run.ended_at else "–",
                key=lambda run: seconds_of(run) if run.ended_at else -1.0,
                numeric=True,
            ),
            Column(heading=self.tr("Recipe"), text=self._recipe_text),
            Column(heading=self.tr("When"), text=lambda run: run.started_at[:16].replace("T", " ")),
        ]

    def _make_buttons(self) -> dict[str, QPushButton]:
        made = {
            "use": button(self.tr("Use this model"), tip=self.tr("Classify new photos with this run's model")),
            "review": button(self.tr("Review"), tip=self.tr("Look at this run's mistakes")),
            "compare": button(self.tr("Compare"), tip=self.tr("Compare two chosen runs, or one with the model in use")),
            "changes": button(
                self.tr("What changed…"), tip=self.tr("Photos, labels, split, recipe and code of the two runs")
            ),
            "resume": button(self.tr("Go on"), tip=self.tr("Go on with the training from where its state was saved")),
            "rename": button(self.tr("Rename…"), "quiet"),
            "delete": button(self.tr("Delete…"), "quiet"),
        }
        signals = {
            "use": self.use_wanted,
            "review": self.review_wanted,
            "resume": self.resume_wanted,
            "rename": self.rename_wanted,
            "delete": self.delete_wanted,
        }
        for key, signal in signals.items():
            made[key].clicked.connect(self._sender_of(signal))
        made["compare"].clicked.connect(self._compare)
        made["changes"].clicked.connect(self._ask_changes)
        return made

    def show_runs(self, runs: Sequence[RunRow], resumable: Collection[RunId] = ()) -> None:
        """The list shows these runs; the chosen ones stay chosen, else the newest is. `resumable` ones can go on."""
        self._resumable = resumable
        self._names = {run.id: run.name for run in runs}
        kept = [run.id for run in self.chosen()]
        with QSignalBlocker(self.table.selectionModel()):
            self.model.set_rows(runs)
            if not self._select(kept) and self.model.rows():
                self._select([self.model.row(0).id])
        self.table.viewport().update()
        self._allow()

    def choose(self, run_id: int) -> bool:
        """That run alone is the chosen one; False if it is not listed."""
        return self._select([run_id])

    def choose_several(self, run_ids: Sequence[int]) -> bool:
        """Those of the runs that are listed are chosen; False if none is."""
        return self._select(run_ids)

    def chosen(self) -> tuple[RunRow, ...]:
        """The chosen runs, from top to bottom."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return tuple(self.model.row(at) for at in rows)

    def button_of(self, key: str) -> QPushButton:
        """The button of `use`, `review`, `compare`, `changes`, `resume`, `rename` or `delete`."""
        return self._buttons[key]

    def current(self) -> RunRow | None:
        """The chosen run, if it is one alone."""
        chosen = self.chosen()
        return chosen[0] if len(chosen) == 1 else None

    def _select(self, run_ids: Sequence[int]) -> bool:
        at = [n for n, run in enumerate(self.model.rows()) if run.id in run_ids]
        if not at:
            return False
        selection = QItemSelection()
        for n in at:
            selection.select(self.model.index(n, 0), self.model.index(n, self.model.columnCount() - 1))
        selecting = self.table.selectionModel()
        selecting.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        selecting.setCurrentIndex(self.model.index(at[0], 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        return True

    def _recipe_text(self, run: RunRow) -> str:
        """What learned on what, and which run's weights it began with."""
        told = summary_of_json(run.recipe)
        began = self._names.get(run.parent_id, "")
        return self.tr("{0}, from “{1}”").format(told, began) if began else told

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

    def _pair(self) -> tuple[RunRow, RunRow] | None:
        """The two runs to compare, the older one first."""
        chosen = list(self.chosen())
        if len(chosen) == 1 and not chosen[0].is_current:
            chosen += [run for run in self.model.rows() if run.is_current]
            chosen.reverse()
        elif len(chosen) == 2:
            chosen.sort(key=lambda run: run.id)
        return (chosen[0], chosen[1]) if len(chosen) == 2 else None

    def _finished_pair(self) -> tuple[RunRow, RunRow] | None:
        pair = self._pair()
        return None if pair is None or any(run.state != "finished" for run in pair) else pair

    @Slot()
    def _compare(self) -> None:
        pair = self._finished_pair()
        if pair is not None:
            self.compare_wanted.emit(*pair)

    @Slot()
    def _ask_changes(self) -> None:
        pair = self._pair()
        if pair is not None:
            self.changes_wanted.emit(*pair)

    @Slot(QModelIndex)
    def _review(self, index: QModelIndex) -> None:
        run = self.model.row(index.row())
        if run.state == "finished":
            self.review_wanted.emit(run)

    @Slot()
    def _tell(self) -> None:
        self._allow()
        if self.chosen():
            self.selected.emit(self.chosen())

    def _allow(self) -> None:
        run = self.current()
        done = run is not None and run.state == "finished"
        other = done and run is not None and not run.is_current
        ended = run is not None and run.state not in ("queued", "running")
        allowed = {
            "use": other,
            "review": done,
            "compare": self._finished_pair() is not None,
            "changes": self._pair() is not None,
            "resume": run is not None and run.id in self._resumable,
            "rename": run is not None,
            "delete": ended and run is not None and not run.is_current,
        }
        for key, made in self._buttons.items():
            made.setEnabled(allowed[key])
        # Seldom possible: it would only be in the way.
        self._buttons["resume"].setVisible(allowed["resume"])

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        for made in self._buttons.values():
            if made.isHidden():
                continue
            action = QAction(made.text(), menu)
            action.setEnabled(made.isEnabled())
            action.triggered.connect(made.click)
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(at))
