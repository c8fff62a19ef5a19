"""A list of photos for a grid: the ids are given at once, the rows are fetched as they come into sight."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Slot,
)

from engine.base.ids import ClassId, PhotoId
from engine.store.rows import ClassRow, PhotoRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PHOTO_IDS_MIME = "application/x-fieldmark-photo-ids"
# One question to the store fills a screen and a half; asking for single rows would cost a round trip each.
BATCH = 128
MAX_ROWS = 4096
Index = QModelIndex | QPersistentModelIndex
Fetch = Callable[[Sequence[int], Callable[[Sequence[PhotoRow]], None]], object]


@dataclass(frozen=True, slots=True)
class Caption:
    """A line under a photo besides its class; `token` is the theme token of its colour."""

    text: str
    token: str = "text_muted"


class PhotoModel(QAbstractListModel):
    """Photos by id, in a given order.

    Args:
        fetch: `fetch(ids, then)` gets the rows without blocking and calls `then(rows)` in the GUI thread. With a
            session: `lambda ids, then: session.store.ask(lambda p: p.browse.rows(ids), then, context=model)`.
    """

    ROW = Qt.ItemDataRole.UserRole + 1  # PhotoRow, None while it is being fetched
    CLASS = Qt.ItemDataRole.UserRole + 2  # ClassRow of its label, None if it has none
    CAPTION = Qt.ItemDataRole.UserRole + 3  # Caption or None
    ID = Qt.ItemDataRole.UserRole + 4  # PhotoId

    def __init__(self, fetch: Fetch, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._ids: NDArray[np.int64] = _as_array(())
        self._rows: OrderedDict[int, PhotoRow] = OrderedDict()
        self._wanted: dict[int, None] = {}
        self._asked: set[int] = set()
        self._stale: set[int] = set()
        self._classes: Mapping[ClassId, ClassRow] = {}
        self._captions: dict[int, Caption] = {}
        self._n_forgotten = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fetch_wanted)

    def set_ids(self, ids: Sequence[int] | NDArray[np.int64]) -> None:
        """The model shows these photos in this order; rows that stay keep their selection where that is cheap to do.

        One block that went or came (the usual case after labelling or an import) is told as such, anything else as
        a reset.
        """
        new = _as_array(ids)
        head, tail = _common_ends(self._ids, new)
        n_old, n_new = len(self._ids) - head - tail, len(new) - head - tail
        if n_old and n_new:
            self.beginResetModel()
            self._ids = new
            self.endResetModel()
        elif n_old:
            self.beginRemoveRows(QModelIndex(), head, head + n_old - 1)
            self._ids = new
            self.endRemoveRows()
        elif n_new:
            self.beginInsertRows(QModelIndex(), head, head + n_new - 1)
            self._ids = new
            self.endInsertRows()

    def forget(self) -> None:
        """Nothing is known any more: another project has other photos. Rows still on their way are not taken."""
        self._n_forgotten += 1
        self._timer.stop()
        self.beginResetModel()
        self._ids = _as_array(())
        self._rows.clear()
        self._wanted.clear()
        self._asked.clear()
        self._stale.clear()
        self._captions = {}
        self.endResetModel()

    def set_classes(self, classes: Sequence[ClassRow]) -> None:
        """Names and colours of the classes, for the labels of the photos."""
        self._classes = {row.id: row for row in classes}
        self._all_changed()

    def set_captions(self, captions: Mapping[int, Caption]) -> None:
        """A line of text for photos, by photo id; photos not in `captions` have none."""
        self._captions = dict(captions)
        self._all_changed()

    def add_captions(self, captions: Mapping[int, Caption]) -> None:
        """Lines of text that came with rows; to be called before these are taken, which draws them."""
        self._captions.update(captions)

    def refresh(self) -> None:
        """Rows are fetched anew when they are next shown; until they arrive the old ones stay on the screen."""
        self._asked.clear()
        self._stale = set(self._rows)
        self._all_changed()

    def id_at(self, position: int) -> PhotoId:
        """The photo at a position, 0 to rowCount() - 1."""
        return PhotoId(int(self._ids[position]))

    def ids(self) -> NDArray[np.int64]:
        """All ids in order; not to be changed."""
        return self._ids

    def position_of(self, photo_id: int) -> int:
        """The position of a photo, -1 if it is not listed."""
        found = (self._ids == photo_id).nonzero()[0]
        return int(found[0]) if len(found) else -1

    def positions_of(self, ids: Sequence[int]) -> list[int]:
        """The positions of those photos that are listed, in the order of the list."""
        return _positions(self._ids, ids).tolist()

    def row_of(self, photo_id: int) -> PhotoRow | None:
        """The row of a photo if it is here already; otherwise it is fetched and `dataChanged` follows."""
        found = self._rows.get(int(photo_id))
        if found is None:
            self._want(int(photo_id))
        return found

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        photo_id = int(self._ids[index.row()])
        if role == self.ID:
            return photo_id
        if role == self.CAPTION:
            return self._captions.get(photo_id)
        row = self._rows.get(photo_id)
        if row is None:
            self._want_around(index.row())
            return None
        if photo_id in self._stale:
            self._want_around(index.row())
        return self._of_row(row, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled | flag.ItemNeverHasChildren

    def mimeTypes(self) -> list[str]:
        return [PHOTO_IDS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        made = QMimeData()
        ids = sorted(index.row() for index in indexes)
        made.setData(
            PHOTO_IDS_MIME,
            QByteArray(",".join(str(self.id_at(row)) for row in ids).encode()),
        )
        return made

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def _of_row(self, row: PhotoRow, role: int) -> Any:
        if role == self.ROW:
            return row
        if role == self.CLASS:
            return self._classes.get(row.class_id) if row.class_id is not None else None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.shown.rpartition("/")[2]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.shown if not row.problem else f"{row.shown}\n{row.problem}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.shown.rpartition("/")[2], self.label_text(row)) if part)
        return None

    def label_text(self, row: PhotoRow) -> str:
        """The label of a photo in words."""
        if row.state == "excluded":
            return self.tr("Excluded: {0}").format(row.reason) if row.reason else self.tr("Excluded")
        found = self._classes.get(row.class_id) if row.class_id is not None else None
        if row.state == "unsure":
            return self.tr("Unsure") if found is None else self.tr("Unsure: {0}").format(found.name)
        return found.name if found is not None else self.tr("No label")

    def _want_around(self, position: int) -> None:
        begin = max(0, position - BATCH // 4)
        for at in range(begin, min(len(self._ids), begin + BATCH)):
            photo_id = int(self._ids[at])
            if photo_id not in self._rows or photo_id in self._stale:
                self._want(photo_id)

    def _want(self, photo_id: int) -> None:
        if photo_id in self._asked:
            return
        self._wanted[photo_id] = None
        if not self._timer.isActive():
            self._timer.start(0)

    @Slot()
    def _fetch_wanted(self) -> None:
        wanted = tuple(self._wanted)
        self._wanted = {}
        if wanted:
            self._asked.update(wanted)
            self._fetch(wanted, partial(self._take_rows, self._n_forgotten))

    def _take_rows(self, n_forgotten: int, rows: Sequence[PhotoRow]) -> None:
        if n_forgotten != self._n_forgotten:
            return
        for row in rows:
            self._asked.discard(row.id)
            self._stale.discard(row.id)
            self._rows[row.id] = row
            self._rows.move_to_end(row.id)
        while len(self._rows) > MAX_ROWS:
            self._rows.popitem(last=False)
        positions = _positions(self._ids, [row.id for row in rows])
        if len(positions):
            self.dataChanged.emit(self.index(int(positions.min())), self.index(int(positions.max())))

    def _all_changed(self) -> None:
        if len(self._ids):
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))


def photo_ids_in(mime: QMimeData) -> tuple[PhotoId, ...]:
    """The photos a drag carries, in their order; empty if it carries none."""
    text = bytes(mime.data(PHOTO_IDS_MIME).data()).decode("ascii", "replace")
    return tuple(PhotoId(int(part)) for part in text.split(",") if part.isdecimal())


def _common_ends(old: NDArray[np.int64], new: NDArray[np.int64]) -> tuple[int, int]:
    """Lengths of the longest common beginning and (of the rest) ending."""
    n = min(len(old), len(new))
    head = _n_equal(old[:n] == new[:n])
    tail = _n_equal((old[len(old) - n :] == new[len(new) - n :])[::-1][: n - head])
    return head, tail


def _n_equal(equal: NDArray[np.bool_]) -> int:
    """How many of the first are equal."""
    return len(equal) if equal.all() else int(equal.argmin())


def _positions(ids: NDArray[np.int64], wanted: Sequence[int]) -> NDArray[np.int64]:
    """Positions of the wanted ids, those that are listed."""
    import numpy as np

    return np.flatnonzero(np.isin(ids, np.asarray(wanted, np.int64)))


def _as_array(ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    # Here and not above: the window starts without NumPy; whoever has ids has it already.
    import numpy as np

    return np.asarray(ids, np.int64)
