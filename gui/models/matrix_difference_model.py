"""The difference of two confusion matrices of the same photos: what went into each cell, and what left it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from gui.models.matrix_model import Cell, MatrixModel


class MatrixDifferenceModel(MatrixModel):
    """Counts after less counts before, with their sign; `share` is of the row's photos, -1..1."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._totals: list[int] = []

    def show_two(self, names: Sequence[str], before: list[list[int]], after: list[list[int]]) -> None:
        """The difference of these two, whose rows have the same sums."""
        changes = [[new - old for old, new in zip(*rows, strict=True)] for rows in zip(before, after, strict=True)]
        self._totals = [sum(row) for row in before]
        self.show_counts(names, changes)

    def text_of(self, cell: Cell) -> str:
        if not cell.count:
            return ""
        return f"+{cell.count:,}" if cell.count > 0 else f"−{-cell.count:,}"

    def cell(self, row: int, column: int) -> Cell:
        count, total = self._counts[row][column], self._totals[row]
        return Cell(row, column, count, count / total if total else 0.0)

    def total(self, row: int) -> int:
        return self._totals[row]

    def sentence(self, cell: Cell) -> str:
        true, answer = self.name(cell.true_column), self.name(cell.answer_column)
        what = (
            self.tr("{0} recognised").format(true)
            if cell.true_column == cell.answer_column
            else self.tr("{0} taken for {1}").format(true, answer)
        )
        if not cell.count:
            return self.tr("{0}: as many as before").format(what)
        if cell.count > 0:
            return self.tr("{0}: %n photo(s) more than before", "", cell.count).format(what)
        return self.tr("{0}: %n photo(s) fewer than before", "", -cell.count).format(what)
