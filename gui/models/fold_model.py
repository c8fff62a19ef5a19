"""The table of folds: for each cross-validated model what it has right in each of its folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt

from engine.insight.comparison import ComparedRun
from engine.insight.fold_spread import FoldSpread
from gui.core.score_text import UNKNOWN, p_text, percent
from gui.models.comparison_facts import fold_text
from gui.models.table_model import Column, TableModel

CHART = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldRow:
    """A model and its folds."""

    run: ComparedRun
    spread: FoldSpread


class FoldModel(TableModel[FoldRow]):
    """Rows of cross-validated models; `scale` is where the drawn column begins and ends, as shares right."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.scale = (0.0, 1.0)
        columns: list[Column[FoldRow]] = [
            Column(heading=self.tr("Model"), text=lambda row: row.run.name, key=lambda row: row.run.name.casefold()),
            Column(heading="", text=self._told, key=lambda row: row.spread.accuracy),
            Column(
                heading=self.tr("Mean ± standard deviation"),
                text=lambda row: fold_text(row.spread),
                key=lambda row: row.spread.accuracy,
                numeric=True,
            ),
            Column(
                heading=self.tr("p (folds)"),
                text=lambda row: UNKNOWN if row.spread.p_value is None else p_text(row.spread.p_value),
                key=lambda row: 2.0 if row.spread.p_value is None else row.spread.p_value,
                tip=self.tr(
                    "Corrected resampled t-test against the model that the others are compared with, each by itself"
                ),
                numeric=True,
            ),
            Column(
                heading=self.tr("Each fold, %"),
                text=lambda row: "  ".join(f"{100 * score.accuracy:.1f}" for score in row.spread.scores),
                key=lambda row: row.spread.scores[0].accuracy,
            ),
        ]
        super().__init__(columns, parent)

    def show_runs(self, runs: Sequence[ComparedRun]) -> None:
        """Those of the runs that were cross-validated, in their order."""
        rows = [FoldRow(run=run, spread=run.folds) for run in runs if run.folds is not None]
        shares = [score.accuracy for row in rows for score in row.spread.scores]
        # To whole tens of percent, so that the scale can be read.
        self.scale = (int(10 * min(shares, default=0.0)) / 10, -int(-10 * max(shares, default=1.0) // 1) / 10)
        if self.scale[0] == self.scale[1]:
            self.scale = (max(0.0, self.scale[0] - 0.1), min(1.0, self.scale[1] + 0.1))
        self.set_rows(rows)

    def share(self, value: float) -> float:
        """Where a share right is on the scale, 0..1."""
        low, high = self.scale
        return (value - low) / (high - low)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if section == CHART and role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            low, high = (percent(end) for end in self.scale)
            return self.tr("Right, {0} to {1}").format(low, high)
        return super().headerData(section, orientation, role)

    def _told(self, row: FoldRow) -> str:
        scores = [score.accuracy for score in row.spread.scores]
        text = self.tr("%n fold(s), {0} to {1} right", "", len(scores))
        return text.format(percent(min(scores)), percent(max(scores)))
