"""Photos coming in: what an import makes of the files a job reports, as one undo step; and finding moved folders."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from engine.base.changes import Changes
from engine.base.clock import iso_ms
from engine.base.errors import UserError
from engine.base.events import (
    FilesRefused,
    FilesSkipped,
    FoundPhoto,
    PhotosFound,
    RefusedFile,
    SkippedFile,
)
from engine.base.files import atomic_write
from engine.base.fspath import shown
from engine.base.ids import ClassId, OpId
from engine.data.names import lists_photos
from engine.jobs.spec import ImportSpec, KnownFile
from engine.project.classes import class_named, clean_name
from engine.project.context import Context
from engine.store import history
from engine.store import photos as stored
from engine.store.classes import folded

_Told = TypeVar("_Told", FoundPhoto, RefusedFile, SkippedFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What a drop would do: photos new to the project, photos that are in it already (and in which class)."""

    n_new: int
    n_here: int
    here_by_class: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What an import did; `conflicts` are photos whose content is here under another class (left as they were).

    `labelled`: photos that were here without a class and have got theirs. `label_files`: files beside the photos that
    may say what they show; they were not read.
    """

    added: int
    already_here: int
    skipped: int
    refused: tuple[RefusedFile, ...]
    classes_made: tuple[str, ...]
    conflicts: tuple[str, ...]
    moved: int
    op: OpId | None
    labelled: int = 0
    label_files: tuple[bytes, ...] = ()


@dataclass(slots=True, kw_only=True)
class ImportSession:
    """An import under way; filled by `Photos.ingest`, read by `Photos.finish_import`."""

    roots: tuple[bytes, ...]
    into_class: str | None
    use_layout: bool
    op: OpId | None = None
    title: str = ""
    added: int = 0
    already_here: int = 0
    skipped: int = 0
    moved: int = 0
    labelled: int = 0
    refused: list[RefusedFile] = field(default_factory=list)
    classes_made: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    label_files: list[bytes] = field(default_factory=list)
    told: set[bytes] = field(default_factory=set)
    # Good for one batch: between two of them classes may be renamed.
    class_ids: dict[str, ClassId] = field(default_factory=dict)

    def news(self, rows: Sequence[_Told]) -> tuple[_Told, ...]:
        """The rows whose file this import has not been told of yet: an import that crashed begins again."""
        new = tuple(row for row in rows if row.path not in self.told)
        self.told.update(row.path for row in new)
        return new


class Photos:
    """Takes photos into the project; the files themselves are never touched."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def import_spec(self, roots: Sequence[bytes], *, preview: bool = False, copy_in: bool = False) -> ImportSpec:
        """The job that reads the photos below `roots`; a preview makes no thumbnails and reads known files too."""
        paths = self._context.paths
        if preview:
            return ImportSpec(roots=tuple(roots))
        known = [
            KnownFile(path=path, n_bytes=n_bytes, mtime_ns=mtime_ns)
            for path, n_bytes, mtime_ns in stored.each_place(self._context.db, self._context.folder_bytes)
        ]
        known_file = paths.tmp / f"known-{secrets.token_hex(6)}.msgpack"
        atomic_write(known_file, msgspec.msgpack.encode(known))
        return ImportSpec(
            roots=tuple(roots),
            known_file=os.fsencode(known_file),
            thumbs=os.fsencode(paths.thumbs),
            flight_file=os.fsencode(paths.flight),
            copy_to=os.fsencode(paths.photos) if copy_in else None,
        )

    def preview_counts(self, found: Sequence[FoundPhoto]) -> ImportPreview:
        """What importing these photos would add, going by content."""
        by_class: dict[str, int] = {}
        n_here = 0
        for photo in found:
            here = stored.known_by_content(self._context.db, photo.sha256)
            if here:
                n_here += 1
                name = here[0].class_name
                by_class[name] = by_class.get(name, 0) + 1
        pairs = tuple(sorted(by_class.items(), key=lambda pair: (-pair[1], pair[0])))
        return ImportPreview(n_new=len(found) - n_here, n_here=n_here, here_by_class=pairs)

    def begin_import(
        self,
        roots: Sequence[bytes],
        *,
        into_class: str | None = None,
        use_layout: bool = True,
    ) -> ImportSession:
        """An import in which all that comes is one undo step.

        Args:
            roots: the folders (or files) asked for; remembered as the places photos come from.
            into_class: label everything so, whatever its folder is called; photos that have another class keep it.
            use_layout: take class names and parts from folders.
        """
        names = ", ".join(shown(os.path.basename(root.rstrip(b"/"))) for root in roots[:3])
        title = f"Add photos to {clean_name(into_class)}" if into_class else f"Import {names}"
        if into_class is not None and not clean_name(into_class):
            raise UserError("A class needs a name.", safe="Nothing was changed.")
        folders = tuple(root for root in roots if os.path.isdir(root))
        return ImportSession(roots=folders, into_class=into_class, use_layout=use_layout, title=title)

    def ingest(self, event: PhotosFound | FilesRefused | FilesSkipped, session: ImportSession) -> Changes:
        """What the job reported is in the project, in one transaction."""
        match event:
            case FilesRefused():
                rows = session.news(event.rows)
                session.refused.extend(rows)
                with self._context.db.transaction():
                    stored.note_refused(self._context.db, rows, iso_ms(self._context.clock()))
                return Changes()
            case FilesSkipped():
                skipped = session.news(event.rows)
                n_here = sum(row.reason == "known" for row in skipped)
                session.already_here += n_here
                session.skipped += len(skipped) - n_here
                session.label_files.extend(row.path for row in skipped if lists_photos(row.path))
                known = [row for row in skipped if row.reason == "known" and self._wanted_class(session, row)]
                return self._in_step(session, lambda op: self._take_known(op, session, known)) if known else Changes()
            case PhotosFound():
                found = session.news(event.rows)
                return self._in_step(session, lambda op: self._take_photos(op, session, found))

    def finish_import(self, session: ImportSession) -> tuple[ImportSummary, Changes]:
        """The import is over; what it did, and one last Changes so that every screen reads again."""
        summary = ImportSummary(
            added=session.added,
            already_here=session.already_here,
            skipped=session.skipped,
            refused=tuple(session.refused),
            classes_made=tuple(session.classes_made),
            conflicts=tuple(session.conflicts),
            label_files=tuple(sorted(session.label_files)),
            moved=session.moved,
            op=session.op,
            labelled=session.labelled,
        )
        changed = session.op is not None
        return summary, Changes(
            title=session.title if changed else "",
            photos=changed,
            classes=changed,
            labels=changed,
        )

    def refused(self) -> tuple[RefusedFile, ...]:
        """Every file that could not become a photo, with its newest reason."""
        return stored.refused_files(self._context.db)

    def locate(self, old_root: bytes, new_root: bytes) -> Changes:
        """Photos that lay below `old_root` are looked for below `new_root`; labels and history stay.

        Raises:
            UserError: no photos came from `old_root`, or `new_root` is not a folder.
        """
        if not os.path.isdir(new_root):
            raise UserError(f"{shown(new_root)} is not a folder.", safe="Nothing was changed.")
        for source in stored.sources(self._context.db):
            if source.root == old_root:
                with self._context.db.transaction():
                    stored.move_source(self._context.db, source.id, new_root)
                return Changes(photos=True)
        raise UserError(f"No photos came from {shown(old_root)}.", safe="Nothing was changed.")

    def _in_step(self, session: ImportSession, act: Callable[[OpId], int]) -> Changes:
        """Work of one batch, as part of the import's step; a batch that changes nothing does not begin the step."""
        changes = Changes(title=session.title, photos=True, classes=True, labels=True)
        if session.op is not None:
            with self._context.db.transaction():
                act(session.op)
            return changes

        def first(op: OpId) -> int:
            session.op = op
            return act(op)

        done = self._context.step("import", changes, first)
        if not done:
            session.op = None
        return done

    def _wanted_class(self, session: ImportSession, photo: FoundPhoto | SkippedFile) -> str | None:
        """The class an import asks for a photo: the one said, or what its folders suggest."""
        return session.into_class or (photo.folder_class if session.use_layout else None)

    def _take_known(self, op: OpId, session: ImportSession, rows: Sequence[SkippedFile]) -> int:
        session.class_ids.clear()
        places = stored.Places(self._context.db, self._context.folder_bytes)
        n_labelled = 0
        for row in rows:
            here = places.known(row.path)
            if here is not None:
                n_labelled += self._label_known(op, session, here, self._wanted_class(session, row))
        return n_labelled

    def _take_photos(self, op: OpId, session: ImportSession, found: Sequence[FoundPhoto]) -> int:
        db = self._context.db
        for root in session.roots:
            if stored.source_holding(db, root, self._context.folder_bytes) is None:
                stored.add_source(db, root)
        stored.forget_refused(db, (photo.path for photo in found))
        session.class_ids.clear()
        places = stored.Places(db, self._context.folder_bytes)
        return sum(self._take(op, session, photo, places) for photo in found)

    def _take(self, op: OpId, session: ImportSession, photo: FoundPhoto, places: stored.Places) -> bool:
        """One photo the job has read; returns whether the project changed."""
        db, folder = self._context.db, self._context.folder_bytes
        name = self._wanted_class(session, photo)
        here = places.known(photo.path)
        if here is not None:
            session.already_here += 1
            stored.insert_photo(db, photo, *places.of(photo.path))
            return self._label_known(op, session, here, name) or here.sha256 != photo.sha256
        copies = stored.known_by_content(db, photo.sha256)
        for copy in copies:
            if not os.path.lexists(stored.place_of(db, copy.id, folder)):
                stored.move_photo(db, copy.id, photo, *places.of(photo.path))
                session.already_here += 1
                session.moved += 1
                self._label_known(op, session, copy, name)
                return True
        if copies and session.into_class is not None:
            session.already_here += 1
            # A sum, not any(): each copy is to be labelled.
            return sum(self._label_known(op, session, copy, name) for copy in copies) > 0
        self._add(op, session, photo, name, places)
        session.conflicts.extend(
            f"{shown(photo.path)}: also in the project as {copy.class_name}"
            for copy in copies
            if name and copy.class_name and folded(copy.class_name) != folded(clean_name(name))
        )
        return True

    def _add(
        self, op: OpId, session: ImportSession, photo: FoundPhoto, name: str | None, places: stored.Places
    ) -> None:
        db = self._context.db
        photo_id = stored.insert_photo(db, photo, *places.of(photo.path))
        class_id = self._class(op, session, name)
        history.set_labels(
            db,
            op,
            [photo_id],
            class_id,
            "unlabelled" if class_id is None else "labelled",
        )
        session.added += 1

    def _label_known(
        self,
        op: OpId,
        session: ImportSession,
        here: stored.KnownPhoto,
        name: str | None,
    ) -> bool:
        """A photo that is here already gets the class asked for if it has none; another class is never replaced.

        What only folders suggest leaves alone what a person was unsure of, and is no conflict with what they decided.
        """
        if name is None:
            return False
        said = session.into_class is not None
        if here.state == "unlabelled" or (said and here.state == "unsure"):
            session.labelled += 1
            return bool(
                history.set_labels(
                    self._context.db,
                    op,
                    [here.id],
                    self._class(op, session, name),
                    "labelled",
                )
            )
        if said and here.class_name and folded(here.class_name) != folded(clean_name(name)):
            place = stored.place_of(self._context.db, here.id, self._context.folder_bytes)
            session.conflicts.append(f"{shown(place)}: stays {here.class_name}")
        return False

    def _class(self, op: OpId, session: ImportSession, name: str | None) -> ClassId | None:
        if name is None:
            return None
        if name in session.class_ids:
            return session.class_ids[name]
        class_id, made = class_named(self._context, op, name)
        if made:
            session.classes_made.append(clean_name(name))
        session.class_ids[name] = class_id
        return class_id
