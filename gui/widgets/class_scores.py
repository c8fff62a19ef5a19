"""Each class's precision, recall and F1 as a table that can be sorted."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.insight.metrics import ClassScore, Report
from gui.core.score_text import interval, percent
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import label
from gui.widgets.table_view import RowTable


class ClassScores(QWidget):
    """The per-class part of a report; `heading` may be empty where the place says it all."""

    def __init__(self, heading: str = "", *, fit_height: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model: TableModel[ClassScore] = TableModel(
            [
                Column(heading=self.tr("Class"), text=lambda row: row.name, key=lambda row: row.name.casefold()),
                Column(
                    heading=self.tr("Found"),
                    text=self._found,
                    key=lambda row: row.recall,
                    numeric=True,
                    tip=self.tr("Recall: of the photos that show it, how many were recognised; with the 95 % interval"),
                ),
                Column(
                    heading=self.tr("When named"),
                    text=lambda row: percent(row.precision),
                    key=lambda row: row.precision,
                    numeric=True,
                    tip=self.tr("Precision: of the photos given this name, how many show it"),
                ),
                Column(
                    heading=self.tr("F1"),
                    text=lambda row: f"{row.f1:.2f}",
                    key=lambda row: row.f1,
                    numeric=True,
                    tip=self.tr("The harmonic mean of the two"),
                ),
                Column(
                    heading=self.tr("Photos"),
                    text=lambda row: f"{row.support:,}",
                    key=lambda row: row.support,
                    numeric=True,
                    tip=self.tr("How many photos of this class were scored"),
                ),
            ],
            self,
        )
        self.table = RowTable(self.model, self.tr("Scores by class"), fit_height=fit_height, parent=self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        if heading:
            box.addWidget(label(heading, "section"))
        box.addWidget(self.table)

    def show_report(self, report: Report | None) -> None:
        """The table shows this report's classes; it is empty for None."""
        self.model.set_rows(report.per_class if report is not None else ())

    def _found(self, row: ClassScore) -> str:
        if row.recall_ci95 is None:
            return self.tr("no photos")
        return f"{percent(row.recall)}  ({interval(row.recall_ci95)})"
