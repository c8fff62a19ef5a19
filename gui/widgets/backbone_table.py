"""The networks of this machine side by side: size, speed here, and how well each was published to do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.data.backbone_measure import BackboneMeasure
from gui.core.recipe_text import architecture_title
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, label
from gui.widgets.table_view import RowTable


class BackboneTable(QWidget):
    """`show_measures` fills it; sortable by every column, networks without a value last among the small ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._none = label(
            self.tr("Nothing was measured here yet. Measuring takes a few minutes and uses the whole machine."),
            "muted",
            wrap=True,
        )
        self.model: TableModel[BackboneMeasure] = TableModel(self._columns(), self)
        self.table = RowTable(self.model, self.tr("Networks measured on this machine"), fit_height=True, parent=self)
        self._sources = label("", "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        for part in (self._none, self.table, self._sources):
            box.addWidget(part)
        self.show_measures(())

    def show_measures(self, rows: Sequence[BackboneMeasure]) -> None:
        """The table shows these networks."""
        self.model.set_rows(rows)
        self._none.setVisible(not rows)
        self.table.setVisible(bool(rows))
        sources = dict.fromkeys(row.source for row in rows if row.top1 is not None and row.source)
        self._sources.setVisible(bool(sources))
        self._sources.setText(self.tr("Published share of right answers: {0}.").format("; ".join(sources)))

    def as_text(self) -> str:
        """The table for a report: columns separated by tabs."""
        heads = [str(self.model.headerData(n, Qt.Orientation.Horizontal)) for n in range(self.model.columnCount())]
        lines = [
            "\t".join(str(self.model.data(self.model.index(at, n))) for n in range(self.model.columnCount()))
            for at in range(self.model.rowCount())
        ]
        return "\n".join(["\t".join(heads), *lines]) if lines else ""

    def _columns(self) -> list[Column[BackboneMeasure]]:
        return [
            Column(heading=self.tr("Network"), text=lambda row: architecture_title(row.name)),
            Column(
                heading=self.tr("Size"),
                text=lambda row: f"{row.size_mb:,.1f} MB",
                key=lambda row: row.size_mb,
                tip=self.tr("Of its weights as a file"),
                numeric=True,
            ),
            Column(
                heading=self.tr("Parameters"),
                text=lambda row: f"{row.n_parameters / 1e6:,.1f} M",
                key=lambda row: row.n_parameters,
                numeric=True,
            ),
            Column(
                heading=self.tr("Depth"),
                text=lambda row: str(row.depth),
                key=lambda row: row.depth,
                tip=self.tr("Layers with weights that a photo passes one after the other"),
                numeric=True,
            ),
            Column(
                heading=self.tr("CPU"),
                text=lambda row: _milliseconds(row.cpu_ms),
                key=lambda row: row.cpu_ms,
                tip=self.tr("Time for one photo of the network's own size on this machine's processor, float32"),
                numeric=True,
            ),
            Column(
                heading=self.tr("GPU"),
                text=lambda row: _milliseconds(row.gpu_ms),
                key=lambda row: math.inf if row.gpu_ms is None else row.gpu_ms,
                tip=self.tr("The same on this machine's graphics processor"),
                numeric=True,
            ),
            Column(
                heading=self.tr("ImageNet"),
                text=lambda row: "–" if row.top1 is None else f"{row.top1 * 100:.1f} %",
                key=lambda row: -1.0 if row.top1 is None else row.top1,
                tip=self.tr("Published share of right answers among a thousand classes; not of your photos"),
                numeric=True,
            ),
        ]


def _milliseconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"
