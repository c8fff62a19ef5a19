"""Verbs on classes: make, rename, colour, merge, remove; each call is one transaction and one undo step."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from engine.base.changes import Changes
from engine.base.errors import UserError
from engine.base.ids import ClassId, OpId, PhotoId
from engine.project.context import Context
from engine.project.labels import n_photos
from engine.store import classes as stored
from engine.store import history
from engine.store.history import ClassFacts

# Distinct for the common kinds of colour blindness when neighbours in the list; never the only cue.
COLOURS = (
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee7733", "#009988", "#882255", "#999933",
    "#117733", "#88ccee", "#cc6677", "#ddcc77", "#332288", "#44aa99", "#cc3311", "#0077bb", "#aa4499", "#777777",
)  # fmt: skip
KEYS = "123456789"
MAX_NAME = 100


class Classes:
    """The kinds of things photos can show."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, name: str) -> tuple[ClassId, Changes]:
        """A new class.

        Raises:
            UserError: the name is empty or taken (ignoring case and accents' spelling).
        """
        return self.add_with_photos(name, ())

    def add_with_photos(self, name: str, ids: Sequence[PhotoId]) -> tuple[ClassId, Changes]:
        """A new class with the photos labelled so, as one step."""
        name = self._free_name(name)
        made: list[ClassId] = []

        def act(op: OpId) -> int:
            made.append(make_class(self._context, op, name))
            return 1 + history.set_labels(self._context.db, op, ids, made[0], "labelled")

        title = f"New class {name}" + (f" from {n_photos(len(ids))}" if ids else "")
        changes = self._step(title, act, labels=bool(ids))
        return made[0], changes

    def rename(self, class_id: ClassId, name: str) -> Changes:
        """The class has another name; models and history follow it by its id."""
        facts = self._facts(class_id)
        if clean_name(name) == facts.name:
            return Changes()
        new = replace(facts, name=self._free_name(name, besides=class_id))
        return self._change(class_id, f"Rename {facts.name} to {new.name}", new)

    def recolour(self, class_id: ClassId, colour: str) -> Changes:
        """The class has another colour, `#rrggbb`."""
        facts = self._facts(class_id)
        return self._change(class_id, f"Colour of {facts.name}", replace(facts, colour=colour))

    def set_key(self, class_id: ClassId, key: str) -> Changes:
        """Another keyboard key assigns the class (empty: none); a class that had the key loses it."""
        facts = self._facts(class_id)

        def act(op: OpId) -> int:
            for other in stored.with_key(self._context.db, key) if key else ():
                history.set_class(self._context.db, op, other, replace(self._facts(other), key=""))
            history.set_class(self._context.db, op, class_id, replace(facts, key=key))
            return 1

        return self._step(f"Key of {facts.name}", act)

    def merge(self, source: ClassId, target: ClassId) -> Changes:
        """Every photo of `source` is labelled `target`, and `source` is gone; models know both as one from now on."""
        return self.merge_all([source], target)

    def merge_all(self, sources: Sequence[ClassId], target: ClassId) -> Changes:
        """As `merge` for each of these classes, all as one step.

        Raises:
            UserError: a class is not in the project any more, or is `target` itself.
        """
        if target in sources:
            raise UserError("A class cannot be merged with itself.", safe="Nothing was changed.")
        gone, kept = {source: self._facts(source) for source in sources}, self._facts(target)

        def act(op: OpId) -> int:
            for source, facts in gone.items():
                self._fold(op, source, facts, target)
            return len(gone)

        names = " and ".join(facts.name for facts in gone.values())
        return self._step(f"Merge {names} into {kept.name}", act, labels=True)

    def remove(self, class_id: ClassId) -> Changes:
        """The class is gone and its photos are unlabelled; the photos themselves stay."""
        facts = self._facts(class_id)
        db = self._context.db

        def act(op: OpId) -> int:
            stored.unlabel_all(db, op, class_id)
            history.set_class(db, op, class_id, None)
            return 1

        return self._step(f"Remove class {facts.name}", act, labels=True)

    def _fold(self, op: OpId, source: ClassId, facts: ClassFacts, target: ClassId) -> None:
        db = self._context.db
        stored.relabel_all(db, op, source, target)
        for earlier in stored.merged_into(db, source):
            before = history.class_facts(db, earlier)
            if before is not None:
                history.set_class(db, op, earlier, replace(before, merged_into=int(target)))
        history.set_class(db, op, source, replace(facts, key="", merged_into=int(target)))

    def _facts(self, class_id: ClassId) -> ClassFacts:
        facts = history.class_facts(self._context.db, class_id)
        if facts is None or facts.merged_into is not None:
            raise UserError(
                "That class is not in the project any more.",
                safe="Nothing was changed.",
            )
        return facts

    def _free_name(self, name: str, *, besides: ClassId | None = None) -> str:
        name = clean_name(name)
        if not name:
            raise UserError("A class needs a name.", safe="Nothing was changed.")
        if len(name) > MAX_NAME:
            raise UserError(
                f"A class name can have {MAX_NAME} characters at most.",
                safe="Nothing was changed.",
            )
        other = stored.by_name(self._context.db, name)
        if other is not None and other != besides:
            raise UserError(
                f"There is already a class called {name}.",
                advice="Choose another name, or add to that class.",
            )
        return name

    def _change(self, class_id: ClassId, title: str, facts: ClassFacts) -> Changes:
        def act(op: OpId) -> int:
            history.set_class(self._context.db, op, class_id, facts)
            return 1

        return self._step(title, act)

    def _step(self, title: str, act: Callable[[OpId], int], *, labels: bool = False) -> Changes:
        return self._context.step("class", Changes(title=title, classes=True, labels=labels), act)


def clean_name(name: str) -> str:
    """The name in Unicode NFC, without control characters, runs of spaces, or spaces and dots at its ends."""
    text = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", name))
    return " ".join(text.split()).strip(" .")


def make_class(context: Context, op: OpId, name: str) -> ClassId:
    """A new class with the next colour and the next free key, within a step."""
    n_made, keys = stored.next_colour_and_keys(context.db)
    key = next((k for k in KEYS if k not in keys), "")
    facts = ClassFacts(name=name, colour=COLOURS[n_made % len(COLOURS)], key=key)
    class_id = stored.insert_class(context.db, str(uuid.uuid4()), facts)
    history.set_class(context.db, op, class_id, facts)
    return class_id


def class_named(context: Context, op: OpId, name: str) -> tuple[ClassId, bool]:
    """The living class of that name (ignoring case), made if there is none, and whether it was made; within a step."""
    name = clean_name(name) or "unnamed"
    found = stored.by_name(context.db, name)
    return (found, False) if found is not None else (make_class(context, op, name[:MAX_NAME]), True)
