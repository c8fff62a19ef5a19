"""The tables of the overview: what their columns say, how their charts look, and what their cells stand for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engine.insight.chosen import Choice
from engine.insight.overview import ByteStats, ClassBalance, Count, SizeCount
from gui.core.explore_words import PART_TOKENS, or_no_label, part_word, size_text
from gui.core.picking import Pick
from gui.core.score_text import percent
from gui.models.table_model import Column, TableModel
from gui.widgets.chart_delegate import Bar, Box
from gui.widgets.chart_table import Chart, ChartTable
from gui.widgets.photo_viewer import colour_dot

translate = QCoreApplication.translate
# Columns of the classes' table that stand for less than the whole class.
_PARTS = {4: "train", 5: "val", 6: "test"}
_EXCLUDED = 7


class ClassTable:
    """Classes as bars of the parts of the split; `colours` by name."""

    def __init__(self, parent: QWidget) -> None:
        self.model: TableModel[ClassBalance] = TableModel(self._columns(), parent)
        self._colours: Mapping[str, str] = {}
        self._most = 1
        self.view = ChartTable(
            self.model,
            translate("Explore", "Photos by class"),
            Chart(column=1, shape=self._bar),
            _class_pick,
        )

    def show_rows(self, rows: tuple[ClassBalance, ...], colours: Mapping[str, str]) -> None:
        """These classes are shown; `colours`: #rrggbb by class."""
        self._colours = colours
        self._most = max((row.n for row in rows), default=1) or 1
        self.model.set_rows(rows)
        divided = any(row.n_train or row.n_val or row.n_test for row in rows)
        for column in _PARTS:
            self.view.setColumnHidden(column, not divided)

    def _bar(self, row: ClassBalance) -> Bar:
        rest = row.n - row.n_train - row.n_val - row.n_test
        counts = {"train": row.n_train, "val": row.n_val, "test": row.n_test, "": rest}
        return Bar(tuple((n / self._most, PART_TOKENS[part]) for part, n in counts.items()))

    def _columns(self) -> list[Column[ClassBalance]]:
        def numbers(part: str, count: Callable[[ClassBalance], int], tip: str) -> Column[ClassBalance]:
            return Column(heading=part, text=lambda row: f"{count(row):,}", key=count, numeric=True, tip=tip)

        return [
            Column(
                heading=translate("Explore", "Class"),
                text=lambda row: row.name,
                key=lambda row: row.name.casefold(),
                colour=lambda row: colour_dot(self._colours[row.name]) if row.name in self._colours else None,
            ),
            Column(heading="", text=lambda row: "", key=lambda row: row.n),
            numbers(translate("Explore", "Photos"), lambda row: row.n, translate("Explore", "Labelled photos")),
            Column(
                heading=translate("Explore", "Share"),
                text=lambda row: percent(row.share),
                key=lambda row: row.share,
                numeric=True,
            ),
            numbers(part_word("train"), lambda row: row.n_train, translate("Explore", "In the split of the project")),
            numbers(part_word("val"), lambda row: row.n_val, translate("Explore", "In the split of the project")),
            numbers(part_word("test"), lambda row: row.n_test, translate("Explore", "In the split of the project")),
            numbers(
                translate("Explore", "Excluded"),
                lambda row: row.n_excluded,
                translate("Explore", "Excluded photos that had this label"),
            ),
        ]


def _class_pick(row: ClassBalance, column: int) -> Pick | None:
    if column == 0:
        return None
    if column == _EXCLUDED:
        return Pick(Choice(class_name=row.name, excluded=True), translate("Explore", "{0}, excluded").format(row.name))
    if column in _PARTS:
        part = _PARTS[column]
        return Pick(Choice(class_name=row.name, part=part), f"{row.name}, {part_word(part)}")
    return Pick(Choice(class_name=row.name), row.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWords:
    """What a table of counts says: its name, the heading of the values, a value in words."""

    name: str
    heading: str
    value: Callable[[str], str]


class CountTable:
    """Values with how many photos have them, as bars; `pick` gives what a value stands for."""

    def __init__(self, words: CountWords, pick: Callable[[str], Pick], parent: QWidget, *, most_rows: int = 8) -> None:
        self._most = 1
        columns: list[Column[Count]] = [
            Column(heading=words.heading, text=lambda row: words.value(row.value)),
            Column(heading="", text=lambda row: "", key=lambda row: row.n),
            Column(
                heading=translate("Explore", "Photos"),
                text=lambda row: f"{row.n:,}",
                key=lambda row: row.n,
                numeric=True,
            ),
        ]
        self.model: TableModel[Count] = TableModel(columns, parent)
        self.view = ChartTable(
            self.model,
            words.name,
            Chart(column=1, shape=lambda row: Bar(((row.n / self._most, "accent"),))),
            lambda row, column: pick(row.value),
            most_rows=most_rows,
        )

    def show_rows(self, rows: tuple[Count, ...]) -> None:
        """These values are shown, in their order."""
        self._most = max((row.n for row in rows), default=1)
        self.model.set_rows(rows)


class SizeTable:
    """Widths and heights with how many photos have them; unusual ones say so."""

    def __init__(self, parent: QWidget, *, most_rows: int) -> None:
        self._most = 1
        columns: list[Column[SizeCount]] = [
            Column(
                heading=translate("Explore", "Pixels"),
                text=lambda row: size_text(row.width, row.height),
                key=lambda row: row.width * row.height,
            ),
            Column(heading="", text=lambda row: "", key=lambda row: row.n),
            Column(
                heading=translate("Explore", "Photos"),
                text=lambda row: f"{row.n:,}",
                key=lambda row: row.n,
                numeric=True,
            ),
            Column(
                heading="",
                text=lambda row: translate("Explore", "unusual") if row.is_outlier else "",
                key=lambda row: not row.is_outlier,
            ),
        ]
        self.model: TableModel[SizeCount] = TableModel(columns, parent)
        self.view = ChartTable(
            self.model,
            translate("Explore", "Photos by width and height"),
            Chart(column=1, shape=self._bar),
            lambda row, column: size_pick((row,)),
            most_rows=most_rows,
        )

    def show_rows(self, rows: tuple[SizeCount, ...]) -> None:
        """These sizes are shown, in their order."""
        self._most = max((row.n for row in rows), default=1)
        self.model.set_rows(rows)

    def _bar(self, row: SizeCount) -> Bar:
        return Bar(((row.n / self._most, "plot_line_2" if row.is_outlier else "accent"),))


def size_pick(rows: tuple[SizeCount, ...]) -> Pick:
    """What one size, or several framed together, stand for."""
    choice = Choice(sizes=frozenset((row.width, row.height) for row in rows))
    if len(rows) == 1:
        return Pick(choice, size_text(rows[0].width, rows[0].height))
    widths, heights = [row.width for row in rows], [row.height for row in rows]
    text = translate("Explore", "{0} to {1} wide, {2} to {3} high")
    return Pick(choice, text.format(min(widths), max(widths), min(heights), max(heights)))


class ByteTable:
    """File sizes of each class in kB, with a box of their quartiles on one scale by powers."""

    def __init__(self, parent: QWidget) -> None:
        self._least, self._span = 0.0, 1.0
        self.model: TableModel[ByteStats] = TableModel(self._columns(), parent)
        self.view = ChartTable(
            self.model,
            translate("Explore", "File sizes by class, in kB"),
            Chart(column=1, shape=self._box),
            lambda row, column: Pick(Choice(class_name=row.name), or_no_label(row.name)),
        )

    def show_rows(self, rows: tuple[ByteStats, ...]) -> None:
        """These classes are shown."""
        self._least = math.log(max(1, min((row.smallest for row in rows), default=1)))
        self._span = math.log(max(1, max((row.largest for row in rows), default=1))) - self._least or 1.0
        self.model.set_rows(rows)

    def _box(self, row: ByteStats) -> Box:
        """By powers: one huge file leaves the boxes of all others to be seen."""

        def share(n_bytes: float) -> float:
            return (math.log(max(1.0, n_bytes)) - self._least) / self._span

        return Box(
            smallest=share(row.smallest),
            quartile1=share(row.quartile1),
            median=share(row.median),
            quartile3=share(row.quartile3),
            largest=share(row.largest),
        )

    def _columns(self) -> list[Column[ByteStats]]:
        def kilo(heading: str, value: Callable[[ByteStats], float], tip: str = "") -> Column[ByteStats]:
            return Column(
                heading=heading, text=lambda row: f"{value(row) / 1000:,.1f}", key=value, numeric=True, tip=tip
            )

        return [
            Column(
                heading=translate("Explore", "Class"),
                text=lambda row: or_no_label(row.name),
                key=lambda row: row.name.casefold(),
            ),
            Column(
                heading="",
                text=lambda row: "",
                key=lambda row: row.median,
                tip=translate(
                    "Explore",
                    "Line: smallest to largest. Box: the middle half, parted at the median. Each class on one scale"
                    " by powers",
                ),
            ),
            Column(
                heading=translate("Explore", "Photos"),
                text=lambda row: f"{row.n:,}",
                key=lambda row: row.n,
                numeric=True,
            ),
            kilo(translate("Explore", "Mean"), lambda row: row.mean),
            kilo(translate("Explore", "Std"), lambda row: row.std, translate("Explore", "Standard deviation")),
            kilo(translate("Explore", "Min"), lambda row: row.smallest),
            kilo("25 %", lambda row: row.quartile1, translate("Explore", "A quarter of the files are smaller")),
            kilo(translate("Explore", "Median"), lambda row: row.median),
            kilo("75 %", lambda row: row.quartile3, translate("Explore", "A quarter of the files are larger")),
            kilo(translate("Explore", "Max"), lambda row: row.largest),
        ]
