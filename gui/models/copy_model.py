"""Groups of copies as a list, those to decide first; and the photos of one group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.base.ids import PhotoId
from gui.core.copy_words import alike, done_to, label_of, standing_of, title_of
from gui.core.sizes import file_size

if TYPE_CHECKING:
    from engine.project.copies import Copy, CopyGroup

Index = QModelIndex | QPersistentModelIndex
Show = Literal["open", "conflicts", "settled", "all"]


class CopyGroupModel(QAbstractListModel):
    """The groups that are shown: conflicts first, then what is to decide, then what is settled."""

    GROUP = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._groups: tuple[CopyGroup, ...] = ()
        self._shown: tuple[CopyGroup, ...] = ()
        self._show: Show = "open"

    def set_groups(self, groups: Sequence[CopyGroup]) -> None:
        """These are all there are."""
        self._groups = tuple(sorted(groups, key=lambda group: (not group.in_conflict, group.settled)))
        self._arrange()

    def set_show(self, show: Show) -> None:
        """Which of them are listed: `open` (to decide), `conflicts`, `settled`, or `all`."""
        self._show = show
        self._arrange()

    def take(self, row: int) -> None:
        """The group at this position of the list is decided; it comes back with the next `set_groups`, if at all."""
        gone = self._shown[row]
        self.beginRemoveRows(QModelIndex(), row, row)
        self._shown = self._shown[:row] + self._shown[row + 1 :]
        self._groups = tuple(group for group in self._groups if group is not gone)
        self.endRemoveRows()

    def groups(self) -> tuple[CopyGroup, ...]:
        """All groups, also those not listed."""
        return self._groups

    def group(self, row: int) -> CopyGroup:
        """The group at a position of the list."""
        return self._shown[row]

    def count(self, show: Show) -> int:
        """How many there are of a kind."""
        return sum(_is(group, show) for group in self._groups)

    def row_with(self, ids: Sequence[PhotoId]) -> int:
        """The first listed group that has one of these photos; -1 if none has."""
        wanted = set(ids)
        for row, group in enumerate(self._shown):
            if any(copy.photo.id in wanted for copy in group.copies):
                return row
        return -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        group = self._shown[index.row()]
        if role == self.GROUP:
            return group
        if role == Qt.ItemDataRole.DisplayRole:
            return title_of(group)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{title_of(group)}: {standing_of(group)}"
        return None

    def _arrange(self) -> None:
        self.beginResetModel()
        self._shown = tuple(group for group in self._groups if _is(group, self._show))
        self.endResetModel()


class CopyModel(QAbstractListModel):
    """The photos of one group, with what was done to each."""

    COPY = Qt.ItemDataRole.UserRole + 1
    COLOUR = Qt.ItemDataRole.UserRole + 2  # #rrggbb of its class, empty for none
    BEST = Qt.ItemDataRole.UserRole + 3
    LINES = Qt.ItemDataRole.UserRole + 4  # texts beneath the label: what was done, facts, place

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._copies: tuple[Copy, ...] = ()
        self._best: PhotoId | None = None
        self._colours: Mapping[int, str] = {}

    def set_group(self, group: CopyGroup | None, colours: Mapping[int, str]) -> None:
        """The photos of this group; `colours`: `#rrggbb` by class id."""
        self.beginResetModel()
        self._copies = () if group is None else group.copies
        self._best = None if group is None else group.best
        self._colours = colours
        self.endResetModel()

    def copy(self, row: int) -> Copy:
        """The photo at a position."""
        return self._copies[row]

    def copies(self) -> tuple[Copy, ...]:
        """All of them."""
        return self._copies

    def best_row(self) -> int:
        """The position of the photo to keep if one is kept; 0 while there is none."""
        return next((row for row, copy in enumerate(self._copies) if copy.photo.id == self._best), 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._copies)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._copies):
            return None
        copy = self._copies[index.row()]
        if role == self.COPY:
            return copy
        if role == self.COLOUR:
            return "" if copy.photo.class_id is None else self._colours.get(copy.photo.class_id, "")
        if role == self.BEST:
            return copy.photo.id == self._best
        if role == self.LINES:
            return self._lines(copy)
        if role == Qt.ItemDataRole.DisplayRole:
            return label_of(copy)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return "\n".join([label_of(copy), *self._lines(copy)])
        return None

    def _lines(self, copy: Copy) -> tuple[str, str, str]:
        photo = copy.photo
        facts = [f"{photo.width:,} × {photo.height:,}", file_size(photo.n_bytes), alike(copy)]
        return done_to(copy), ", ".join(fact for fact in facts if fact), photo.shown


def _is(group: CopyGroup, show: Show) -> bool:
    kinds: dict[Show, bool] = {
        "open": not group.settled,
        "conflicts": group.in_conflict,
        "settled": group.settled,
        "all": True,
    }
    return kinds[show]


SHOWS: tuple[Show, ...] = get_args(Show)
