"""Verbs on labels: each call is one transaction and one undo step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.base.changes import Changes
from engine.base.errors import UserError
from engine.base.ids import ClassId, OpId, PhotoId
from engine.project.context import Context
from engine.store import history, listing, marks

# The tag of photos whose label somebody has confirmed; {0} is the class.
CONFIRMED = "confirmed as {0}"


class Labels:
    """Says what photos show."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def set(self, ids: Sequence[PhotoId], class_id: ClassId) -> Changes:
        """The photos are labelled with the class.

        Raises:
            UserError: the class does not exist any more.
        """
        facts = history.class_facts(self._context.db, class_id)
        if facts is None or facts.merged_into is not None:
            raise UserError(
                "That class is not in the project any more.",
                safe="No label was changed.",
            )
        return self._step(
            f"Label {n_photos(len(ids))} {facts.name}",
            lambda op: history.set_labels(self._context.db, op, ids, class_id, "labelled"),
        )

    def confirm(self, ids: Sequence[PhotoId]) -> Changes:
        """Somebody has looked at the photos, and their labels are right: they are tagged so.

        The tag names the class: `Explore.doubtful_labels` does not doubt the label again, but would doubt another one.
        """
        names = {row.id: row.name for row in listing.class_rows(self._context.db)}
        rows = listing.photo_rows(self._context.db, ids, self._context.folder_bytes)
        tags = [(row.id, CONFIRMED.format(names[row.class_id])) for row in rows if row.class_id in names]

        def act(op: OpId) -> int:
            return sum(marks.set_mark(self._context.db, op, photo_id, "tag", tag, "") for photo_id, tag in tags)

        changes = Changes(title=f"Confirm the label of {n_photos(len(ids))}", labels=True)
        return self._context.step("label", changes, act)

    def clear(self, ids: Sequence[PhotoId]) -> Changes:
        """The photos have no label."""
        return self._step(
            f"Remove the label of {n_photos(len(ids))}",
            lambda op: history.set_labels(self._context.db, op, ids, None, "unlabelled"),
        )

    def mark_unsure(self, ids: Sequence[PhotoId]) -> Changes:
        """The photos are set aside as unsure; the class they had is remembered but does not count."""
        return self._step(
            f"Mark {n_photos(len(ids))} unsure",
            lambda op: history.set_state(self._context.db, op, ids, "unsure"),
        )

    def exclude(self, ids: Sequence[PhotoId], reason: str = "") -> Changes:
        """The photos are left out of everything; the class they had is remembered, and why, if it is said."""
        reason = " ".join(reason.split())
        return self._step(
            f"Exclude {n_photos(len(ids))}" + (f": {reason}" if reason else ""),
            lambda op: history.set_state(self._context.db, op, ids, "excluded", reason),
        )

    def include(self, ids: Sequence[PhotoId]) -> Changes:
        """Excluded or unsure photos count again, with the class they had before, or as unlabelled."""
        return self._step(
            f"Include {n_photos(len(ids))}",
            lambda op: history.include(self._context.db, op, ids),
        )

    def exclude_or_include(self, ids: Sequence[PhotoId]) -> Changes:
        """The photos are left out, or count again if all of them were left out."""
        return self.include(ids) if history.all_excluded(self._context.db, ids) else self.exclude(ids)

    def _step(self, title: str, act: Callable[[OpId], int]) -> Changes:
        return self._context.step("label", Changes(title=title, labels=True), act)


def n_photos(n: int) -> str:
    """`1 photo`, `12 photos`, `1,200 photos`."""
    return counted(n, "photo", "photos")


def counted(n: int, one: str, many: str) -> str:
    """`1 copy`, `12 copies`, `1,200 copies`."""
    return f"1 {one}" if n == 1 else f"{n:,} {many}"
