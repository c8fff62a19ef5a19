"""The models' folds in a table, drawn as a dot for each fold and a line at their mean."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.models.fold_model import CHART, FoldModel, FoldRow
from gui.widgets.chart_delegate import ChartDelegate, Dots
from gui.widgets.table_view import RowTable

MOST_ROWS = 4
_LEAST_CHART = 200


class FoldTable(RowTable):
    """As tall as its rows up to `MOST_ROWS`, then it scrolls."""

    def __init__(self, model: FoldModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(
            model, name, fit_height=True, most_rows=MOST_ROWS, wide=CHART, least_wide=_LEAST_CHART, parent=parent
        )
        self._folds = model
        self.setItemDelegateForColumn(CHART, ChartDelegate(self._dots, self))

    def _dots(self, row: object) -> Dots:
        assert isinstance(row, FoldRow)
        share = self._folds.share
        return Dots(values=tuple(share(score.accuracy) for score in row.spread.scores), mean=share(row.spread.accuracy))
