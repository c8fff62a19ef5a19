"""A few numbers side by side, each with what it is beneath it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.widgets.cards import GAP, label, row


class FigureRow(QWidget):
    """`captions` fix what can be shown; `show_values` fills the numbers in."""

    def __init__(self, captions: Sequence[str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._captions = tuple(captions)
        self._name = name
        self._values: list[QLabel] = []
        self._cells: list[QWidget] = []
        line = row(spacing=4 * GAP)
        for caption in captions:
            value = label("–", "section")
            self._values.append(value)
            cell = QWidget()
            box = QVBoxLayout(cell)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(2)
            box.addWidget(value)
            box.addWidget(label(caption, "muted"))
            self._cells.append(cell)
            line.addWidget(cell)
        line.addStretch(1)
        self.setLayout(line)

    def show_values(self, values: Sequence[str | None]) -> None:
        """The numbers, in the order of the captions; empty: not known yet; None: there will be none."""
        told = []
        for shown, cell, caption, value in zip(self._values, self._cells, self._captions, values, strict=True):
            cell.setVisible(value is not None)
            if shown.text() != (value or "–"):
                shown.setText(value or "–")
            if value:
                told.append(f"{caption}: {value}")
        self.setAccessibleName(", ".join([self._name, *told]))

    def values(self) -> tuple[str, ...]:
        """The numbers as they stand."""
        return tuple(value.text() for value in self._values)
