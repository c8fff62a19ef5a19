"""What a table says of photos that are there already: which column names them, which row is of which photo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.base.errors import UserError
from engine.data.names import SUFFIXES, suffix
from engine.exchange.photo_names import PhotoNames
from engine.exchange.taken import CAMERAS, DATES, LATITUDES, LONGITUDES, date_of, place_of
from engine.exchange.text_table import RowProblem, TableRow, TextTable

# So many rows tell which column names the photos.
_TRIED_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMatch:
    """Which rows are of which photos. `key`: the number of the column that names them.

    `rows`: (photo id, row), by row, a photo once. `problems`: rows that count for no photo, each with the reason.
    `n_rows`: rows of the table, those with problems too. `n_photos`: photos of the project.
    """

    key: int
    rows: tuple[tuple[int, TableRow], ...]
    problems: tuple[RowProblem, ...]
    n_rows: int
    n_photos: int

    @property
    def n_without(self) -> int:
        """Photos of the project that the table does not name."""
        return self.n_photos - len(self.rows)


@dataclass(frozen=True, slots=True)
class Meta:
    """How a photo was taken, as a row says; empty or None where it does not, or not beyond doubt."""

    taken: str
    camera: str
    latitude: float | None
    longitude: float | None


def key_column(table: TextTable, names: PhotoNames, folder: bytes) -> int | None:
    """The column whose cells name photos most often, each for itself; None if none ever does."""
    rows = table.rows[:_TRIED_ROWS]
    hits = []
    for at in range(len(table.headings)):
        found = [names.find(row.cells[at], folder) for row in rows if row.cells[at]]
        hits.append(len({ids[0] for ids in found if len(ids) == 1}))
    best = max(hits, default=0)
    return hits.index(best) if best else None


def match_rows(table: TextTable, key: int, names: PhotoNames, folder: bytes) -> TableMatch:
    """Every row to the photo that its cell in the column `key` names.

    Raises:
        UserError: the first row is of a photo too, so that the table has no headings.
    """
    heading = table.headings[key]
    if suffix(heading.encode(errors="replace")) in SUFFIXES:
        raise UserError(
            f"The first row says “{heading}”: the table has no headings.",
            safe="Nothing was changed.",
            advice="Put a row with the names of the columns above it, as photo, site, date.",
        )
    first: dict[int, TableRow] = {}
    problems = list(table.problems)
    found = names.find_each([row.cells[key] for row in table.rows], folder)
    for row, ids in zip(table.rows, found, strict=True):
        problem = _problem(row, key, ids, first)
        if problem:
            problems.append(RowProblem(row.line, problem))
        elif ids[0] not in first:
            first[ids[0]] = row
    return TableMatch(
        key=key,
        rows=tuple(first.items()),
        problems=tuple(sorted(problems, key=lambda one: one.line)),
        n_rows=len(table.rows) + len(table.problems),
        n_photos=names.n_photos,
    )


def meta_of(table: TextTable, row: TableRow) -> Meta:
    """What the row says under headings that are known to mean place, date or camera."""
    cells = [_under(table, row, names) for names in (DATES, CAMERAS, LATITUDES, LONGITUDES)]
    where = place_of(cells[2], cells[3])
    return Meta(date_of(cells[0]), cells[1], *(where or (None, None)))


def has_meta(table: TextTable) -> bool:
    """Whether any heading is known to mean place, date or camera."""
    return any(table.column(*names) is not None for names in (DATES, CAMERAS, LATITUDES, LONGITUDES))


def unread_dates(table: TextTable, rows: Iterable[TableRow]) -> int:
    """How many rows say when under a heading for dates, and in no way that is beyond doubt."""
    told = [_under(table, row, DATES) for row in rows]
    return sum(bool(text) and not date_of(text) for text in told)


def _problem(row: TableRow, key: int, ids: Sequence[int], first: dict[int, TableRow]) -> str:
    name = row.cells[key][:80]
    if not name:
        return "It names no photo."
    if not ids:
        return f"No photo of the project is called “{name}”."
    if len(ids) > 1:
        return f"“{name}” can be any of {len(ids):,} photos of the project; write its folder too."
    earlier = first.get(ids[0])
    if earlier is not None and _said(earlier, key) != _said(row, key):
        return f"Row {earlier.line} says otherwise of the same photo; that one counts."
    return ""


def _said(row: TableRow, key: int) -> tuple[str, ...]:
    return (*row.cells[:key], *row.cells[key + 1 :])


def _under(table: TextTable, row: TableRow, names: tuple[str, ...]) -> str:
    at = table.column(*names)
    return "" if at is None else row.cells[at]
