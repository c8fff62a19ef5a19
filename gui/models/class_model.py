"""The list at the left of the photos: what to show, then the classes with colour, key and count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from engine.base.ids import ClassId
from engine.store.rows import ClassRow, Counts, PhotoFilter

Kind = Literal["all", "unlabelled", "unsure", "excluded", "problems", "heading", "class"]
Index = QModelIndex | QPersistentModelIndex
# States of photos that have a line of their own.
_STATES = ("unlabelled", "unsure", "excluded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the list; `row` is there for classes only."""

    kind: Kind
    text: str
    icon: str = ""
    count: int = 0
    row: ClassRow | None = None

    @property
    def class_id(self) -> ClassId | None:
        """The class this line stands for, None for the fixed lines."""
        return self.row.id if self.row is not None else None

    def same_line(self, other: Entry | None) -> bool:
        """Whether both are the same line, whatever its text and count are now."""
        return other is not None and self.kind == other.kind and self.class_id == other.class_id

    def filter(self) -> PhotoFilter:
        """The photos this line lists."""
        match self.kind:
            case "class":
                return PhotoFilter(class_id=self.class_id, state="labelled")
            case "unlabelled" | "unsure" | "excluded":
                return PhotoFilter(state=self.kind)
            case "problems":
                return PhotoFilter(problem_only=True)
            case _:
                return PhotoFilter()


class ClassModel(QAbstractListModel):
    """Fixed lines first, then the classes. `rename_wanted` carries (ClassId, new name) after editing in place."""

    rename_wanted = Signal(object, str)
    ENTRY = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()

    def set_rows(self, classes: Sequence[ClassRow], counts: Counts, n_refused: int = 0) -> None:
        """The list shows these classes and counts; lines that stay keep their place and selection."""
        made = (*self._fixed(counts, n_refused), *(self._class(row) for row in classes))
        same = len(made) == len(self._entries) and all(
            new.same_line(old) for new, old in zip(made, self._entries, strict=True)
        )
        if same:
            self._entries = made
            self.dataChanged.emit(self.index(0), self.index(len(made) - 1))
            return
        self.beginResetModel()
        self._entries = made
        self.endResetModel()

    def entry(self, row: int) -> Entry:
        """The line at this position."""
        return self._entries[row]

    def row_of(self, wanted: Entry | None) -> int:
        """Where a line is now, -1 if it is gone."""
        return next((at for at, entry in enumerate(self._entries) if entry.same_line(wanted)), -1)

    def row_of_class(self, class_id: ClassId) -> int:
        """Where a class is now, -1 if it is not listed."""
        return next((at for at, entry in enumerate(self._entries) if entry.class_id == class_id), -1)

    def row_of_filter(self, wanted: PhotoFilter) -> int:
        """Where the line is whose photos are nearest to those of the filter, -1 if it is gone."""
        if wanted.class_id is not None:
            return self.row_of_class(wanted.class_id)
        kind = "problems" if wanted.problem_only else wanted.state if wanted.state in _STATES else "all"
        return next((at for at, entry in enumerate(self._entries) if entry.kind == kind), -1)

    def classes(self) -> tuple[ClassRow, ...]:
        """The classes in the order of the list."""
        return tuple(entry.row for entry in self._entries if entry.row is not None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == self.ENTRY:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return entry.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return (
                entry.text
                if entry.kind == "heading"
                else self.tr("{0}, %n photo(s)", "", entry.count).format(entry.text)
            )
        if role == Qt.ItemDataRole.ToolTipRole and entry.row is not None and entry.row.key:
            return self.tr("{0}: press {1} to give the selected photos this label").format(
                entry.text, entry.row.key.upper()
            )
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        entry = self._entries[index.row()] if index.isValid() else None
        text = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or entry is None or entry.row is None or text in ("", entry.text):
            return False
        self.rename_wanted.emit(entry.row.id, text)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.ItemIsDropEnabled
        entry = self._entries[index.row()]
        if entry.kind == "heading":
            return flag.NoItemFlags
        base = flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemNeverHasChildren
        return base | flag.ItemIsEditable | flag.ItemIsDropEnabled if entry.row is not None else base

    def _fixed(self, counts: Counts, n_refused: int) -> tuple[Entry, ...]:
        n_shown = counts.n_photos - counts.n_excluded
        return (
            Entry(kind="all", text=self.tr("All photos"), icon="images", count=n_shown),
            Entry(kind="unlabelled", text=self.tr("No label"), icon="tag", count=counts.n_unlabelled),
            Entry(kind="unsure", text=self.tr("Unsure"), icon="circle-help", count=counts.n_unsure),
            Entry(kind="excluded", text=self.tr("Excluded"), icon="ban", count=counts.n_excluded),
            Entry(kind="problems", text=self.tr("Problems"), icon="triangle-alert", count=counts.n_problem + n_refused),
            Entry(kind="heading", text=self.tr("Classes")),
        )

    def _class(self, row: ClassRow) -> Entry:
        return Entry(kind="class", text=row.name, count=row.n_photos, row=row)
