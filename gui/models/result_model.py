"""Classified photos as a table: filtered by how sure the model is, sorted by any column, growing while a job runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.base.events import ClassifiedPhoto
from engine.base.fspath import shown
from engine.base.ids import PhotoId
from gui.core.score_text import percent

Index = QModelIndex | QPersistentModelIndex
Sureness = Literal["all", "sure", "unsure"]
DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class Result:
    """One classified photo. `id` is its number in the list; `sha256` is of its path: a key for its thumbnail.

    `second` is the column of the runner-up, None with one class.
    """

    id: PhotoId
    photo: ClassifiedPhoto

    @property
    def path(self) -> bytes:
        """The file."""
        return self.photo.path

    @cached_property
    def sha256(self) -> bytes:
        """The file's name as a key; its content is never read for this."""
        return hashlib.sha256(self.photo.path).digest()

    @cached_property
    def shown(self) -> str:
        """The path for people."""
        return shown(self.photo.path)

    @property
    def name(self) -> str:
        """The file's name for people."""
        return self.shown.rpartition("/")[2]

    @property
    def confidence(self) -> float:
        """Probability of the likeliest class, 0..1."""
        return self.photo.probs[self.photo.top]

    @cached_property
    def second(self) -> int | None:
        """Column of the second likeliest class."""
        others = [column for column in range(len(self.photo.probs)) if column != self.photo.top]
        return max(others, key=lambda column: self.photo.probs[column], default=None)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many photos are in the list, how many of them are below the threshold, and how many each class got."""

    n: int
    n_unsure: int
    by_class: tuple[int, ...]


class ResultModel(QAbstractTableModel):
    """Columns: photo, class, confidence, second choice. `RESULT` gives the `Result`, `SURE` whether it is sure."""

    RESULT = Qt.ItemDataRole.UserRole + 1
    SURE = Qt.ItemDataRole.UserRole + 2
    PHOTO, CLASS, CONFIDENCE, SECOND = range(4)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ()
        self._results: list[Result] = []
        self._places: dict[bytes, int] = {}
        self._shown: list[int] = []
        self._threshold = DEFAULT_THRESHOLD
        self._sureness: Sureness = "all"
        self._class_no: int | None = None
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    def start(self, classes: Sequence[str]) -> None:
        """The list is empty, and results of a model with these classes may be added."""
        self.beginResetModel()
        self._classes = tuple(classes)
        self._results, self._places, self._shown = [], {}, []
        self._class_no = None
        self.endResetModel()

    def add(self, photos: Sequence[ClassifiedPhoto]) -> None:
        """The list also holds these; a photo that is listed already gets the new answer."""
        fresh, again = [], False
        for photo in photos:
            place = self._places.setdefault(photo.path, len(self._results))
            result = Result(PhotoId(place), photo)
            if place < len(self._results):
                self._results[place] = result
                again = True
            else:
                self._results.append(result)
                fresh.append(place)
        if again or self._sorted_by is not None:
            self._show(self._arranged())
            return
        wanted = [place for place in fresh if self._matches(self._results[place])]
        if wanted:
            self.beginInsertRows(QModelIndex(), len(self._shown), len(self._shown) + len(wanted) - 1)
            self._shown.extend(wanted)
            self.endInsertRows()

    def classes(self) -> tuple[str, ...]:
        """Class names in the order of the probabilities."""
        return self._classes

    def class_name(self, column: int) -> str:
        """The class of a probability column."""
        return self._classes[column]

    def threshold(self) -> float:
        """Below this confidence an answer counts as not sure."""
        return self._threshold

    def set_threshold(self, threshold: float) -> None:
        """Answers below `threshold` (0..1) count as not sure from now on."""
        self._threshold = threshold
        self._show(self._arranged())

    def set_filter(self, sureness: Sureness = "all", class_no: int | None = None) -> None:
        """Only these photos are shown; `class_no` restricts to answers of one class."""
        self._sureness, self._class_no = sureness, class_no
        self._show(self._arranged())

    def tally(self) -> Tally:
        """Counts over the whole list, whatever the filter hides; unsure answers are in no class."""
        by_class = [0] * len(self._classes)
        for result in self._results:
            if self.is_sure(result):
                by_class[result.photo.top] += 1
        return Tally(len(self._results), len(self._results) - sum(by_class), tuple(by_class))

    def photos(self) -> tuple[ClassifiedPhoto, ...]:
        """Everything in the list in the order it came, whatever the filter hides."""
        return tuple(result.photo for result in self._results)

    def result(self, row: int) -> Result:
        """The result at a position as shown."""
        return self._results[self._shown[row]]

    def row_of(self, result_id: int) -> int:
        """The position at which a result is shown, -1 if the filter hides it."""
        return self._shown.index(result_id) if result_id in self._shown else -1

    def is_sure(self, result: Result) -> bool:
        """Whether the confidence reaches the threshold."""
        return result.confidence >= self._threshold

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        result = self.result(index.row())
        if role == self.RESULT:
            return result
        if role == self.SURE:
            return self.is_sure(result)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(result, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return result.shown if index.column() == self.PHOTO else self._text(result, index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return None
        tips = (
            self.tr("The file"),
            self.tr("The likeliest class"),
            self.tr("How probable the model finds its answer"),
            self.tr("The second likeliest class, with its probability"),
        )
        names = (self.tr("Photo"), self.tr("Class"), self.tr("Confidence"), self.tr("Second choice"))
        return (names if role == Qt.ItemDataRole.DisplayRole else tips)[section]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by = (column, order) if column >= 0 else None
        self._show(self._arranged())

    def _text(self, result: Result, column: int) -> str:
        if column == self.PHOTO:
            return result.name
        if column == self.CONFIDENCE:
            return percent(result.confidence)
        if column == self.CLASS:
            name = self._classes[result.photo.top]
            return name if self.is_sure(result) else self.tr("Not sure ({0}?)").format(name)
        second = result.second
        return "" if second is None else f"{self._classes[second]}  {percent(result.photo.probs[second])}"

    def _matches(self, result: Result) -> bool:
        if self._sureness != "all" and self.is_sure(result) != (self._sureness == "sure"):
            return False
        return self._class_no is None or result.photo.top == self._class_no

    def _arranged(self) -> list[int]:
        shown_places = [place for place, result in enumerate(self._results) if self._matches(result)]
        if self._sorted_by is not None:
            column, order = self._sorted_by
            key = self._sort_key(column)
            down = order == Qt.SortOrder.DescendingOrder
            shown_places.sort(key=lambda place: key(self._results[place]), reverse=down)
        return shown_places

    def _sort_key(self, column: int) -> Callable[[Result], Any]:
        if column == self.CONFIDENCE:
            return lambda result: result.confidence
        if column == self.CLASS:
            return lambda result: (self._classes[result.photo.top].casefold(), -result.confidence)
        if column == self.SECOND:
            return lambda result: "" if result.second is None else self._classes[result.second].casefold()
        return lambda result: result.name.casefold()

    def _show(self, places: list[int]) -> None:
        """The rows are these; only a change of their number or membership is a reset, an order keeps the selection."""
        if places == self._shown:
            if places:
                self.dataChanged.emit(self.index(0, 0), self.index(len(places) - 1, 3))
            return
        if len(places) != len(self._shown) or set(places) != set(self._shown):
            self.beginResetModel()
            self._shown = places
            self.endResetModel()
            return
        self.layoutAboutToBeChanged.emit()
        kept = [(index, self._shown[index.row()]) for index in self.persistentIndexList()]
        self._shown = places
        rows = {place: row for row, place in enumerate(places)}
        for index, place in kept:
            self.changePersistentIndex(index, self.index(rows[place], index.column()))
        self.layoutChanged.emit()
