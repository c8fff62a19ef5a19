"""The network that a recipe describes: its size, the memory training takes, and its layers one by one."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.recipe.layer_rows import LayerRow, LayerTable
from gui.core.sizes import file_size
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, label
from gui.widgets.figure_row import FigureRow
from gui.widgets.table_view import RowTable


class LayerForm(QWidget):
    """`show_table`, or why there is none with `show_problem`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._say = label("", "muted", wrap=True)
        self.figures = FigureRow(
            [self.tr("parameters"), self.tr("of them learn"), self.tr("as a file"), self.tr("memory in training")],
            self.tr("Size of the network"),
        )
        self.model: TableModel[LayerRow] = TableModel(
            [
                Column(heading=self.tr("Layer"), text=lambda row: row.name, tip=self.tr("Where it is in the network")),
                Column(heading=self.tr("Type"), text=lambda row: row.kind),
                Column(
                    heading=self.tr("Output"),
                    text=lambda row: " × ".join(str(side) for side in row.shape),
                    key=lambda row: row.shape,
                    tip=self.tr("Channels, height and width of what it gives for one photo"),
                ),
                Column(
                    heading=self.tr("Parameters"),
                    text=lambda row: f"{row.n_parameters:,}",
                    key=lambda row: row.n_parameters,
                    numeric=True,
                ),
            ],
            self,
        )
        self.table = RowTable(self.model, self.tr("Layers of the network"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 2 * GAP, 0, 0)
        box.setSpacing(2 * GAP)
        box.addWidget(self.figures)
        box.addWidget(self._say)
        box.addWidget(self.table, 1)
        self.show_problem(self.tr("This recipe trains no network."))

    def said(self) -> str:
        """The sentence above the table."""
        return self._say.text()

    @Slot()
    def show_asking(self) -> None:
        """The layers are being worked out; what is shown is of the recipe before."""
        self._say.setText(self.tr("Working out the layers…"))

    @Slot(object)
    def show_table(self, table: LayerTable) -> None:
        """The network is this one."""
        self.model.set_rows(table.rows)
        self.figures.show_values(
            (
                f"{table.n_parameters:,}",
                f"{table.n_trainable:,}",
                file_size(table.n_bytes),
                self.tr("about {0}").format(file_size(table.training_bytes)),
            )
        )
        kept = self.tr("{0} means and variances, which batch norm keeps, come on top; Keras counts them as parameters.")
        texts = [self.tr("%n layer(s)", "", len(table.rows)) + self.tr(" with batches of {0}.").format(table.batch)]
        if table.largest_batch:
            texts.append(
                self.tr("Up to {0} photos a step fit into the memory that is free here.").format(table.largest_batch)
            )
        else:
            texts.append(self.tr("Not even two photos a step fit into the memory that is free here."))
        if table.n_buffers:
            texts.append(kept.format(f"{table.n_buffers:,}"))
        self._say.setText(" ".join(texts))
        self._show(True)

    @Slot(str)
    def show_problem(self, text: str) -> None:
        """There is no such network, and why."""
        self.model.set_rows(())
        self._say.setText(text)
        self._show(False)

    def _show(self, shown: bool) -> None:
        self.figures.setVisible(shown)
        self.table.setVisible(shown)
