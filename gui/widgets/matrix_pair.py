"""Two confusion matrices of the same photos beside each other, and what the second has more and fewer of."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.insight.before_after import BeforeAfter
from gui.models.matrix_difference_model import MatrixDifferenceModel
from gui.models.matrix_model import MatrixModel
from gui.widgets.cards import GAP, label, row
from gui.widgets.legend import Legend
from gui.widgets.matrix_view import MatrixView

# Two matrices of fourteen classes stand side by side in a small window.
LEAST_CELL = 26


class MatrixPair(QWidget):
    """The same cell is chosen in both; `opened` carries 0 for the first or 1 for the second, and the `Cell`."""

    opened = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models = (MatrixModel(self), MatrixModel(self))
        self.views = tuple(MatrixView(model, least=LEAST_CELL) for model in self.models)
        self._names = (label("", "section"), label("", "section"))
        beside = QHBoxLayout()
        beside.setSpacing(2 * GAP)
        for at, (view, name) in enumerate(zip(self.views, self._names, strict=True)):
            half = QVBoxLayout()
            half.setSpacing(GAP)
            half.addWidget(name)
            half.addWidget(view, 1)
            beside.addLayout(half, 1)
            view.cell_opened.connect(partial(self.opened.emit, at))
        self._walk_together()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        hint = self.tr("Rows: what the photos show. Columns: the answers. Double-click a cell, or press Enter on it, ")
        box.addWidget(label(hint + self.tr("to see its photos."), "muted", wrap=True))
        box.addLayout(beside, 1)

    def show_pair(self, change: BeforeAfter, names: tuple[str, str]) -> None:
        """The matrices of both models, with what these are called."""
        for model, counts in zip(self.models, (change.confusion_before, change.confusion_after), strict=True):
            model.show_counts(change.classes, counts.tolist())
        for at, (shown, name) in enumerate(zip(self._names, names, strict=True)):
            shown.setText(name)
            self.views[at].setAccessibleName(self.tr("Confusion matrix of {0}").format(name))

    def _walk_together(self) -> None:
        for one, other in (self.views, self.views[::-1]):
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.selectionModel().currentChanged.connect(partial(_go_along, other))


class MatrixDifference(QWidget):
    """Better in the one hue, worse in the other; `opened` carries the `Cell`."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = MatrixDifferenceModel(self)
        self.view = MatrixView(self.model, least=LEAST_CELL)
        self.view.setAccessibleName(self.tr("Difference of the confusion matrices: after less before"))
        self.view.cell_opened.connect(self.opened)
        hint = self.tr("Photos in each cell after, less those before: on the diagonal more is better, beside it fewer.")
        legend = Legend(((self.tr("better"), "matrix_right"), (self.tr("worse"), "matrix_wrong")))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(row(label(hint, "muted"), None, legend))
        box.addWidget(self.view, 1)

    def show_change(self, change: BeforeAfter) -> None:
        """The difference of the two matrices."""
        self.model.show_two(change.classes, change.confusion_before.tolist(), change.confusion_after.tolist())


def _go_along(other: MatrixView, index: QModelIndex) -> None:
    if index.isValid():
        other.setCurrentIndex(other.model().index(index.row(), index.column()))
