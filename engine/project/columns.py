"""Verbs on columns: what tables or people say of each photo under a heading (site, individual, depth)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.base.changes import Changes
from engine.base.ids import OpId, PhotoId
from engine.project.context import Context
from engine.project.labels import n_photos
from engine.project.tags import clean_word
from engine.store import marks


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRow:
    """A heading, and of how many photos something is said under it; `n_values`: how many different things."""

    name: str
    n_photos: int
    n_values: int


class Columns:
    """Facts of photos that Fieldmark cannot see for itself; they can keep photos together when photos are divided."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def set(self, ids: Sequence[PhotoId], column: str, value: str) -> Changes:
        """Under that heading the photos have that value; empty: nothing is said any more. One undo step.

        Raises:
            UserError: the heading is empty or too long.
        """
        column = clean_word(column, "A column")
        value = value.strip()
        said = (
            f"Set {column} of {n_photos(len(ids))} to {value}" if value else f"Clear {column} of {n_photos(len(ids))}"
        )
        return self.take({photo_id: {column: value} for photo_id in ids}, title=said, kind="label")

    def take(self, values: Mapping[PhotoId, Mapping[str, str]], *, title: str, kind: str = "import") -> Changes:
        """Each photo has these values under these headings; empty: nothing is said any more. One undo step."""
        db = self._context.db

        def act(op: OpId) -> int:
            return sum(
                marks.set_mark(db, op, photo_id, "column", name, value or None)
                for photo_id, row in values.items()
                for name, value in row.items()
            )

        return self._context.step(kind, Changes(title=title, photos=True), act)

    def in_use(self) -> tuple[ColumnRow, ...]:
        """The headings, by name."""
        db = self._context.db
        return tuple(
            ColumnRow(name=name, n_photos=n, n_values=len(marks.values_in_use(db, "column", name)))
            for name, n in marks.names_in_use(db, "column")
        )

    def values(self, column: str) -> tuple[tuple[str, int], ...]:
        """(value, photos that have it) under a heading, the commonest first."""
        return marks.values_in_use(self._context.db, "column", column)

    def photos(self, column: str, value: str) -> tuple[PhotoId, ...]:
        """The photos that have this value under this heading, by id."""
        found = marks.marks_of_kind(self._context.db, "column")
        return tuple(photo_id for photo_id, name, said in found if (name, said) == (column, value))

    def of(self, photo_id: PhotoId) -> tuple[tuple[str, str], ...]:
        """(heading, value) of a photo, by heading."""
        found = marks.marks_of_photo(self._context.db, photo_id)
        return tuple((name, value) for kind, name, value in found if kind == "column")
