"""What changed for each class from one model to the next, as a table that can be sorted."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.insight.before_after import BeforeAfter, ClassChange
from gui.core.score_text import percent
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import label
from gui.widgets.table_view import RowTable


class ChangeTable(QWidget):
    """Before, after, gained and lost by class; `class_chosen` carries the name of the row's class."""

    class_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model: TableModel[ClassChange] = TableModel(
            [
                Column(
                    heading=self.tr("Class"),
                    text=lambda row: self.tr("{0} (new)").format(row.name) if row.is_new else row.name,
                    key=lambda row: row.name.casefold(),
                ),
                Column(
                    heading=self.tr("Photos"),
                    text=lambda row: f"{row.n:,}",
                    key=lambda row: row.n,
                    numeric=True,
                    tip=self.tr("Held-out photos of this class that both models were asked about"),
                ),
                Column(
                    heading=self.tr("Before"),
                    text=lambda row: self._right(row.right_before, row.n),
                    key=lambda row: -1.0 if row.right_before is None else row.right_before / max(1, row.n),
                    numeric=True,
                    tip=self.tr("How many of them the old model had right"),
                ),
                Column(
                    heading=self.tr("After"),
                    text=lambda row: self._right(row.right_after, row.n),
                    key=lambda row: -1.0 if row.right_after is None else row.right_after / max(1, row.n),
                    numeric=True,
                    tip=self.tr("How many of them the new model has right"),
                ),
                Column(
                    heading=self.tr("Gained"),
                    text=lambda row: f"+{row.gained}" if row.gained and not row.is_new else "–",
                    key=lambda row: row.gained,
                    numeric=True,
                    tip=self.tr("Photos that were wrong and are right now"),
                ),
                Column(
                    heading=self.tr("Lost"),
                    text=lambda row: f"−{row.lost}" if row.lost else "–",
                    key=lambda row: row.lost,
                    numeric=True,
                    tip=self.tr("Photos that were right and are wrong now"),
                ),
            ],
            self,
        )
        self.table = RowTable(self.model, self.tr("Before and after by class"), parent=self)
        self.table.selectionModel().currentRowChanged.connect(self._tell)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(label(self.tr("By class, on the same held-out photos"), "section"))
        box.addWidget(self.table, 1)

    def show_change(self, change: BeforeAfter) -> None:
        """The table shows this comparison."""
        self.model.set_rows(change.per_class)

    def _right(self, n_right: int | None, n: int) -> str:
        return self.tr("unknown to it") if n_right is None else _of(n_right, n)

    @Slot()
    def _tell(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.class_chosen.emit(self.model.row(index.row()).name)


def _of(n_right: int, n: int) -> str:
    return f"{n_right} ({percent(n_right / n)})" if n else "–"
