"""What tables and manifests say of photos, taken into the project: filling in what is not known, replacing nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.base.fspath import shown
from engine.base.ids import ClassId, OpId, PhotoId
from engine.exchange.catalogue import CataloguePhoto
from engine.project.classes import MAX_NAME, class_named, clean_name
from engine.project.context import Context
from engine.project.tags import MAX_LENGTH
from engine.store import history
from engine.store.catalogue import fill_parts, n_changed_by
from engine.store.classes import folded
from engine.store.listing import class_names
from engine.store.marks import MarkKind, add_marks, set_mark
from engine.store.photos import place_of
from engine.store.relations import fill_meta

Told = Sequence[tuple[PhotoId, CataloguePhoto]]


@dataclass(slots=True)
class Taken:
    """What came of it so far. `n_changed`: photos of which something is different now. `n_labelled`: of these, labels.

    `conflicts`: photos whose label is another and stays.
    """

    n_changed: int = 0
    n_labelled: int = 0
    classes_made: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def fill_in(context: Context, told: Told) -> bool:
    """When, where and with what photos were taken, and their part, is kept where nothing is known; in a transaction.

    As with what the files themselves say, that is no step that can be undone. Returns whether anything is said at all.
    """
    meta = [
        (int(photo_id), one.taken, one.camera, one.latitude, one.longitude)
        for photo_id, one in told
        if one.taken or one.camera or one.latitude is not None
    ]
    parts = [(one.part, int(photo_id)) for photo_id, one in told if one.part is not None]
    fill_meta(context.db, meta)
    fill_parts(context.db, parts)
    return bool(meta or parts)


class Taking:
    """Takes what is said of one photo after the other, within a step."""

    def __init__(self, context: Context, op: OpId, *, replace: bool) -> None:
        """`replace`: a label that is there gives way to another; else it stays, and that is a conflict."""
        self._context = context
        self._op = op
        self._replace = replace
        self._class_ids: dict[str, ClassId] = {}
        self._names = class_names(context.db)
        self.taken = Taken()

    def take_all(self, told: Told) -> int:
        """Returns of how many photos the step has changed anything."""
        for photo_id, one in told:
            self.taken.n_labelled += self._set_label(photo_id, one)
        add_marks(self._context.db, self._op, _marks(told))
        self.taken.n_changed = n_changed_by(self._context.db, self._op)
        return self.taken.n_changed

    def _set_label(self, photo_id: PhotoId, one: CataloguePhoto) -> bool:
        db, op, name = self._context.db, self._op, _class_name(one.class_name)
        if one.state == "unlabelled" or (one.state == "labelled" and not name):
            return False
        row = db.one("SELECT class_id, state FROM label WHERE photo_id = ?", (int(photo_id),))
        class_id, state = row or (None, "absent")
        if state == "absent":
            return False
        now = "" if class_id is None else self._names.get(class_id, "")
        same = state == one.state and folded(now) == folded(name)
        if state != "unlabelled" and not same and not self._replace:
            self._note_conflict(photo_id, now if state == "labelled" else state)
            return False
        wanted = self._class(name) if name else None
        changed = history.set_labels(db, op, [photo_id], wanted, one.state) > 0
        reason = " ".join(one.reason.split())
        told = one.state == "excluded" and bool(reason) and set_mark(db, op, photo_id, "reason", "", reason)
        return changed or told

    def _note_conflict(self, photo_id: PhotoId, stays: str) -> None:
        place = place_of(self._context.db, photo_id, self._context.folder_bytes)
        self.taken.conflicts.append(f"{shown(place)}: stays {stays}")

    def _class(self, name: str) -> ClassId:
        if folded(name) not in self._class_ids:
            class_id, made = class_named(self._context, self._op, name)
            if made:
                self.taken.classes_made.append(name)
            self._class_ids[folded(name)] = class_id
            self._names[class_id] = name
        return self._class_ids[folded(name)]


def _class_name(text: str) -> str:
    """The text as a class can be called; empty if it says nothing."""
    return clean_name(clean_name(text)[:MAX_NAME])


def _marks(told: Told) -> Iterator[tuple[int, MarkKind, str, str]]:
    """Tags and columns as the store keeps them; what is too long to be one, or says nothing, is passed over."""
    for photo_id, one in told:
        for tag in filter(None, map(_word, one.tags)):
            yield int(photo_id), "tag", tag, ""
        for name, value in one.columns:
            if _word(name) and (text := value.replace("\0", " ").strip()):
                yield int(photo_id), "column", _word(name), text


def _word(text: str) -> str:
    """The tag or heading on one line; empty if it is too long to be one."""
    word = " ".join(text.replace("\0", " ").split())
    return word if len(word) <= MAX_LENGTH else ""
