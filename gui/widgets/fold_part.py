"""What differs from fold to fold, below the table of models; hidden where no model was cross-validated in folds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.insight.comparison import ComparedRun
from gui.models.fold_model import FoldModel
from gui.widgets.cards import GAP, label, row
from gui.widgets.fold_table import FoldTable


class FoldPart(QWidget):
    """A heading and the table of folds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FoldModel(self)
        self.table = FoldTable(self.model, self.tr("What each model has right in each fold of its cross-validation"))
        hint = label(self.tr("A dot for each fold, a line at their mean"), "muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(row(label(self.tr("From fold to fold"), "section"), hint, None, spacing=2 * GAP))
        box.addWidget(self.table)
        self.hide()

    def show_runs(self, runs: Sequence[ComparedRun]) -> None:
        """Those of the runs that were cross-validated in folds, in their order."""
        self.model.show_runs(runs)
        self.setVisible(self.model.rowCount() > 0)
