"""Verbs on copies: what to search, what was found, and where copies of one picture carry different labels."""

from __future__ import annotations

import os
import secrets
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.base.changes import Changes
from engine.base.errors import UserError
from engine.base.ids import OpId, PhotoId
from engine.data.apart import without_apart
from engine.data.copies_found import CopiesFound, read_copies, write_copy_photos
from engine.data.near_copies import CopyKind
from engine.jobs.spec import FindCopiesSpec
from engine.project.context import Context
from engine.project.labels import counted
from engine.store import history, listing
from engine.store.copies import present_contents, present_photos
from engine.store.marks import apart_pairs, marks_of_kind, set_apart, set_mark
from engine.store.relations import has_copy_groups, set_copy_groups
from engine.store.rows import PhotoRow

# Photos of which it is remembered that they are no copies of one another, at once: each two of them are a row.
MOST_PAIRS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A photo of a group. `kinds`: what was done to it or to the photo it was matched with, and how alike they are.

    `class_name`: empty for none. The photo with most matches stands first in its group and has no kinds.
    """

    photo: PhotoRow
    class_name: str
    kinds: tuple[CopyKind, ...]
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyGroup:
    """Photos that are one picture. `classes`: the different labels among them; more than one is a conflict.

    `kept`: somebody has said that all of them are to stay.
    """

    copies: tuple[Copy, ...]
    classes: tuple[str, ...]
    kept: bool

    @property
    def counted(self) -> tuple[Copy, ...]:
        """Those that are not left out."""
        return tuple(copy for copy in self.copies if copy.photo.state != "excluded")

    @property
    def settled(self) -> bool:
        """Whether nothing is left to decide: one of them counts at most, or they agree and are to stay."""
        return len(self.counted) <= 1 or (self.kept and not self.in_conflict)

    @property
    def best(self) -> PhotoId:
        """The photo to keep if one is kept, of those not left out: with most pixels, then most bytes.

        One with a label goes before any without: somebody's work would be left out with it.
        """

        def worth(photo: PhotoRow) -> tuple[bool, int, int, int]:
            return photo.state == "labelled", photo.width * photo.height, photo.n_bytes, -photo.id

        return max((copy.photo for copy in self.counted or self.copies), key=worth).id

    @property
    def in_conflict(self) -> bool:
        """Whether the same picture carries different labels."""
        return len(self.classes) > 1

    @property
    def only_exact(self) -> bool:
        """Whether all are equal byte for byte."""
        return all(copy.kinds in ((), ("exact",)) for copy in self.copies)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyReport:
    """What the last search found among the photos that are still here.

    `n_new`: photos that have come since, or have changed, and were not searched. `n_surplus`: how many photos there
    would be fewer if one of each group were kept.
    """

    groups: tuple[CopyGroup, ...]
    n_photos: int
    n_unreadable: int
    n_new: int

    @property
    def n_repeated(self) -> int:
        """Pictures that count in the project more than once."""
        return sum(len(group.counted) > 1 for group in self.groups)

    @property
    def n_surplus(self) -> int:
        """Photos that count in the project more than once, beyond the first."""
        return sum(max(0, len(group.counted) - 1) for group in self.groups)

    @property
    def conflicts(self) -> tuple[CopyGroup, ...]:
        """The groups whose photos carry different labels."""
        return tuple(group for group in self.groups if group.in_conflict)


class Copies:
    """Finds photos that are in the project more than once, in whatever disguise."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def found_file(self) -> Path:
        """Where the result of the last search lies; a cache, which can be deleted."""
        return self._context.paths.copies / "found.msgpack"

    def search_spec(self) -> FindCopiesSpec:
        """The job that searches all photos of the project whose files were fine when last seen."""
        paths = self._context.paths
        paths.copies.mkdir(parents=True, exist_ok=True)
        listed = paths.tmp / f"copies-{secrets.token_hex(6)}.msgpack"
        write_copy_photos(listed, present_photos(self._context.db, self._context.folder_bytes))
        return FindCopiesSpec(
            photos=os.fsencode(listed),
            thumbs=os.fsencode(paths.thumbs),
            cache=os.fsencode(paths.copies),
            out=os.fsencode(self.found_file),
        )

    def take_in(self) -> Changes:
        """What the last search found is in the project: splits made from now on keep the copies of a picture together.

        Raises:
            StorageError: the result cannot be read, or the disk refused; the project is as it was.
        """
        found = read_copies(self.found_file)
        with self._context.db.transaction():
            set_copy_groups(self._context.db, found.groups)
        return Changes(photos=True)

    def is_searched(self) -> bool:
        """Whether copies have been looked for at all."""
        return self.found_file.is_file() or has_copy_groups(self._context.db)

    def report(self) -> CopyReport | None:
        """What the last search found, by the labels of today; None if there was no search yet.

        Raises:
            StorageError: the result cannot be read.
        """
        if not self.found_file.is_file():
            return None
        found = read_copies(self.found_file)
        present = present_contents(self._context.db)
        searched = frozenset(found.contents)
        return CopyReport(
            groups=self._groups(found, present),
            n_photos=found.n_photos,
            n_unreadable=found.n_unreadable,
            n_new=sum(sha not in searched for sha in present.values()),
        )

    def keep_one(self, choices: Sequence[tuple[PhotoId, Sequence[PhotoId]]]) -> Changes:
        """Of each (photo to keep, its copies) the copies are left out, with the reason. One undo step.

        Raises:
            UserError: a photo to keep is among the copies that go.
        """
        db = self._context.db
        if any(keep in others for keep, others in choices):
            raise UserError("A photo cannot be kept and left out.", safe="Nothing was changed.")
        rows = listing.photo_rows(db, [keep for keep, _ in choices], self._context.folder_bytes)
        shown = {row.id: row.shown for row in rows}
        n = sum(len(others) for _, others in choices)

        def act(op: OpId) -> int:
            return sum(
                history.set_state(db, op, others, "excluded", f"copy of {shown[keep]}") for keep, others in choices
            )

        return self._context.step("label", Changes(title=f"Exclude {counted(n, 'copy', 'copies')}", labels=True), act)

    def keep_all(self, ids: Sequence[PhotoId]) -> Changes:
        """These copies are to stay; splits keep them together. One undo step."""
        db = self._context.db

        def act(op: OpId) -> int:
            return sum(set_mark(db, op, photo_id, "kept", "", "") for photo_id in ids)

        title = f"Keep {counted(len(ids), 'copy', 'copies')}"
        return self._context.step("label", Changes(title=title, labels=True), act)

    def set_apart(self, ids: Sequence[PhotoId], others: Sequence[PhotoId]) -> Changes:
        """None of these is a copy of any of the others (but for equal files, which always are). One undo step.

        Raises:
            UserError: these would be more than `MOST_PAIRS` pairs.
        """
        db = self._context.db
        if len(ids) * len(others) > (2 * MOST_PAIRS if ids == others else MOST_PAIRS):
            raise UserError(
                f"A group of {counted(len({*ids, *others}), 'photo', 'photos')} is too large to set all of it apart.",
                safe="Nothing was changed.",
                advice="Keep all of them, or set apart the few that are none of the group.",
            )
        rows = listing.photo_rows(db, [*ids, *others], self._context.folder_bytes)
        content = {row.id: row.sha256 for row in rows}
        pairs = {
            (min(one, other), max(one, other))
            for one in ids
            for other in others
            if one != other and content[one] != content[other]
        }
        title = f"Set {counted(len(ids), 'photo', 'photos')} apart from {counted(len(others), 'photo', 'photos')}"
        return self._context.step(
            "label", Changes(title=title, photos=True), lambda op: set_apart(db, op, sorted(pairs))
        )

    def _groups(self, found: CopiesFound, present: Container[int]) -> tuple[CopyGroup, ...]:
        parted = without_apart(found.groups, apart_pairs(self._context.db))
        kept = {photo_id for photo_id, _, _ in marks_of_kind(self._context.db, "kept")}
        shown_ids = [i for group in parted for i in group if i in present]
        rows = {row.id: row for row in listing.photo_rows(self._context.db, shown_ids, self._context.folder_bytes)}
        names = {row.id: row.name for row in listing.class_rows(self._context.db)}
        links = _links(found)
        groups = []
        for members in parted:
            here = [rows[PhotoId(i)] for i in members if i in present]
            if len(here) < 2:
                continue
            copies = []
            for n, row in enumerate(here):
                kinds, similarity = _best_link(links, row.id, [other.id for other in here[:n]])
                name = "" if row.class_id is None else names.get(row.class_id, "")
                copies.append(Copy(photo=row, class_name=name, kinds=kinds, similarity=similarity))
            classes = tuple(sorted({copy.class_name for copy in copies if copy.photo.state == "labelled"}))
            stay = all(row.id in kept or row.state == "excluded" for row in here)
            groups.append(CopyGroup(copies=tuple(copies), classes=classes, kept=stay))
        return tuple(sorted(groups, key=lambda group: (not group.in_conflict, group.copies[0].photo.id)))


_Links = dict[tuple[int, int], tuple[tuple[CopyKind, ...], float]]


def _links(found: CopiesFound) -> _Links:
    return {(min(p.first, p.second), max(p.first, p.second)): (p.kinds, p.similarity) for p in found.pairs}


def _best_link(links: _Links, photo: int, earlier: list[PhotoId]) -> tuple[tuple[CopyKind, ...], float]:
    """What joins the photo to the first of the earlier ones it was matched with."""
    for other in earlier:
        link = links.get((min(photo, other), max(photo, other)))
        if link is not None:
            return link
    return (), 1.0
