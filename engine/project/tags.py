"""Verbs on tags: words of one's own on photos, beside the class; each call is one transaction and one undo step."""

from __future__ import annotations

from collections.abc import Sequence

from engine.base.changes import Changes
from engine.base.errors import UserError
from engine.base.ids import OpId, PhotoId
from engine.project.context import Context
from engine.project.labels import n_photos
from engine.store import marks

MAX_LENGTH = 100


class Tags:
    """Puts tags on photos and takes them off."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, ids: Sequence[PhotoId], tag: str) -> Changes:
        """The photos have the tag.

        Raises:
            UserError: the tag is empty or longer than `MAX_LENGTH` characters.
        """
        tag = clean_word(tag, "A tag")
        return self._step(f"Tag {n_photos(len(ids))} {tag}", ids, tag, "")

    def remove(self, ids: Sequence[PhotoId], tag: str) -> Changes:
        """The photos do not have the tag."""
        return self._step(f"Remove the tag {tag} of {n_photos(len(ids))}", ids, tag, None)

    def in_use(self) -> tuple[tuple[str, int], ...]:
        """(tag, photos that have it), by tag."""
        return marks.names_in_use(self._context.db, "tag")

    def among(self, ids: Sequence[PhotoId]) -> dict[str, int]:
        """Tag -> how many of these photos have it; tags that none has are not there."""
        return marks.names_among(self._context.db, "tag", ids)

    def of(self, photo_id: PhotoId) -> tuple[str, ...]:
        """The tags of a photo, by name."""
        return tuple(name for kind, name, _ in marks.marks_of_photo(self._context.db, photo_id) if kind == "tag")

    def _step(self, title: str, ids: Sequence[PhotoId], tag: str, value: str | None) -> Changes:
        db = self._context.db

        def act(op: OpId) -> int:
            return sum(marks.set_mark(db, op, photo_id, "tag", tag, value) for photo_id in ids)

        return self._context.step("label", Changes(title=title, labels=True), act)


def clean_word(text: str, what: str) -> str:
    """The text on one line without space around it.

    Raises:
        UserError: nothing is left, or more than `MAX_LENGTH` characters; `what` names it to people.
    """
    text = " ".join(text.split())
    if not text:
        raise UserError(f"{what} needs at least one letter.", safe="Nothing was changed.")
    if len(text) > MAX_LENGTH:
        raise UserError(f"{what} can have {MAX_LENGTH} characters at most.", safe="Nothing was changed.")
    return text
