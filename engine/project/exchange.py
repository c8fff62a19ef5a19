"""Verbs of exchange: the project as a catalogue for exports, and photos and facts taken in from manifests."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

from engine.base.changes import Changes
from engine.base.errors import UserError
from engine.base.events import FilesRefused, FilesSkipped, FoundPhoto, PhotosFound
from engine.base.fspath import shown, to_text
from engine.base.ids import OpId, PhotoId
from engine.data.manifest import Part
from engine.exchange.catalogue import Catalogue, CataloguePhoto, State, write_catalogue
from engine.exchange.export import check_export
from engine.exchange.forms import COMPLETE, Form
from engine.exchange.forms import Photos as HowPhotos
from engine.exchange.reading import Reading, ReadPhoto
from engine.exchange.text_table import RowProblem
from engine.jobs.spec import ExportPhotosSpec, ImportSpec
from engine.project.context import Context
from engine.project.photos import ImportSession, ImportSummary, Photos
from engine.project.split_plan import split_of
from engine.project.tables import photo_names
from engine.project.taking import Taken, Taking, fill_in
from engine.store import photos as stored
from engine.store.catalogue import CatalogueRow, catalogue_rows, photo_places

# One job reads so many files at most: their names travel to it in one line.
_FILES_A_JOB = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPlan:
    """What reading a manifest will do: photos that are here, photos that come in, and rows that lead to neither.

    `classes`: (class, photos that it says show it), the commonest first.
    """

    reading: Reading
    here: tuple[tuple[PhotoId, ReadPhoto], ...]
    coming: dict[bytes, ReadPhoto]
    problems: tuple[RowProblem, ...]
    classes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSummary:
    """What reading a manifest did. `imported`: of the photos that came in.

    `n_named`: photos it speaks of that are in the project now. `n_changed`: of which something is different now.
    """

    imported: ImportSummary
    n_named: int
    n_changed: int
    classes_made: tuple[str, ...]
    conflicts: tuple[str, ...]
    problems: tuple[RowProblem, ...]
    notes: tuple[str, ...]


class Exchange:
    """Gives photos and labels to other tools, and takes them from there."""

    def __init__(self, context: Context, photos: Photos) -> None:
        self._context = context
        self._photos = photos

    def catalogue(self) -> Catalogue:
        """All photos with all that is said of them, by place; the classes that any of them has, by name.

        Their parts are those of the project's split. Where photos came from several folders, each folder's name stands
        before the paths of its photos.
        """
        rows = catalogue_rows(self._context.db, self._context.folder_bytes, split_of(self._context.db))
        prefixes = _prefixes(rows)
        found = (_catalogue_photo(row, prefixes[row.source_id]) for row in rows)
        photos = tuple(sorted(found, key=lambda photo: photo.rel_path))
        names = {photo.class_name for photo in photos if photo.class_name}
        return Catalogue(classes=tuple(sorted(names, key=lambda name: (name.casefold(), name))), photos=photos)

    def export_spec(self, out: Path, form: Form, *, photos: HowPhotos = "copy", bom: bool = False) -> ExportPhotosSpec:
        """The job that writes all photos into the new folder `out`; see `engine.exchange.export.write_export`.

        Raises:
            UserError: there is nothing to export, or `out` cannot be made.
        """
        check_export(out, form, photos)
        catalogue = self.catalogue()
        if not any(form in COMPLETE or photo.label for photo in catalogue.photos):
            raise UserError(
                "There is nothing to export yet.", safe="Nothing was written.", advice="Add labelled photos first."
            )
        listed = self._context.paths.tmp / f"export-{secrets.token_hex(6)}.msgpack"
        write_catalogue(listed, catalogue)
        return ExportPhotosSpec(
            catalogue=os.fsencode(listed), out=os.fsencode(out.absolute()), form=form, photos=photos, bom=bom
        )

    def plan(self, reading: Reading) -> ReadPlan:
        """Which photos of the reading are here, by place, content or name, and which are to come in."""
        found = _Finder(self._context, reading.folder).find_each([one.photo for one in reading.photos])
        here: dict[PhotoId, ReadPhoto] = {}
        coming: dict[bytes, ReadPhoto] = {}
        problems = list(reading.problems)
        for one, ids in zip(reading.photos, found, strict=True):
            photo_id = ids[0] if len(ids) == 1 else None
            earlier = here.get(photo_id) if photo_id is not None else coming.get(one.photo.path)
            if earlier is not None:
                if _said(earlier.photo) != _said(one.photo):
                    text = f"Row {earlier.line} says otherwise of the same photo; that one counts."
                    problems.append(RowProblem(one.line, text))
            elif photo_id is not None:
                here[photo_id] = one
            elif one.photo.path:
                coming[one.photo.path] = one
            else:
                problems.append(RowProblem(one.line, _unknown(one.photo.rel_path[:80], len(ids))))
        labels = Counter(one.photo.label for one in (*here.values(), *coming.values()) if one.photo.label)
        return ReadPlan(
            reading=reading,
            here=tuple(here.items()),
            coming=coming,
            problems=tuple(problems),
            classes=tuple(labels.most_common()),
        )

    def begin(self, plan: ReadPlan) -> ImportSession:
        """An import of the photos that come in, to be carried out by the jobs of `import_specs`."""
        session = self._photos.begin_import([plan.reading.folder])
        session.title = _title(plan.reading)
        return session

    def import_specs(self, plan: ReadPlan) -> tuple[ImportSpec, ...]:
        """The jobs that read the photos that come in, one after the other; none if none do."""
        paths = tuple(plan.coming)
        chunks = (paths[start : start + _FILES_A_JOB] for start in range(0, len(paths), _FILES_A_JOB))
        return tuple(msgspec.structs.replace(self._photos.import_spec(chunk), read_layout=False) for chunk in chunks)

    def ingest(
        self, event: PhotosFound | FilesRefused | FilesSkipped, session: ImportSession, plan: ReadPlan
    ) -> Changes:
        """What a job reported is in the project, with the class and the part that the manifest says."""
        if isinstance(event, PhotosFound):
            event = PhotosFound(rows=tuple(_as_told(row, plan.coming.get(row.path)) for row in event.rows))
        return self._photos.ingest(event, session)

    def finish(self, plan: ReadPlan, session: ImportSession, *, replace: bool = False) -> tuple[ReadSummary, Changes]:
        """All that the manifest says is known of its photos; one undo step together with the import.

        Args:
            replace: labels that are there give way; else they stay, and that is a conflict.
        """
        came = ((path, stored.known_at(self._context.db, path, self._context.folder_bytes)) for path in plan.coming)
        told = [(photo_id, one.photo) for photo_id, one in plan.here]
        told += [(known.id, plan.coming[path].photo) for path, known in came if known is not None]
        taken, changes = self._take(plan, session, told, replace=replace)
        imported, import_changes = self._photos.finish_import(session)
        refused = (
            RowProblem(plan.coming[row.path].line, f"{shown(row.path)}: {row.text}")
            for row in imported.refused
            if row.path in plan.coming
        )
        summary = ReadSummary(
            imported=imported,
            n_named=len(told),
            n_changed=taken.n_changed,
            classes_made=tuple(dict.fromkeys((*imported.classes_made, *taken.classes_made))),
            conflicts=tuple(dict.fromkeys((*imported.conflicts, *taken.conflicts))),
            problems=tuple(sorted((*plan.problems, *refused), key=lambda one: one.line)),
            notes=plan.reading.notes,
        )
        return summary, changes | import_changes

    def _take(
        self, plan: ReadPlan, session: ImportSession, told: Sequence[tuple[PhotoId, CataloguePhoto]], *, replace: bool
    ) -> tuple[Taken, Changes]:
        taken = Taken()

        def act(op: OpId) -> int:
            nonlocal taken
            taking = Taking(self._context, op, replace=replace)
            taken = taking.taken
            return taking.take_all(told)

        changes = Changes(title=_title(plan.reading), photos=True, classes=True, labels=True)
        with self._context.db.transaction():
            filled = fill_in(self._context, told)
            if session.op is not None:
                act(session.op)
        if session.op is None:
            changes = self._context.step("import", changes, act)
        return taken, changes | Changes(photos=filled)


class _Finder:
    """Finds photos that a manifest names among those of the project."""

    def __init__(self, context: Context, folder: bytes) -> None:
        self._folder = folder
        self._names = photo_names(context)
        self._by_path: dict[bytes, PhotoId] = {}
        self._by_content: dict[bytes, list[PhotoId]] = {}
        for photo_id, path, _, sha256 in photo_places(context.db, context.folder_bytes):
            self._by_path[path] = photo_id
            self._by_content.setdefault(sha256, []).append(photo_id)

    def find_each(self, photos: Sequence[CataloguePhoto]) -> list[tuple[PhotoId, ...]]:
        """Of each the photo at that place, else of that content, else, if no file comes in, those it can mean."""
        found = [self._here(photo) for photo in photos]
        named = [at for at, ids in enumerate(found) if ids is None]
        called = self._names.find_each([photos[at].rel_path for at in named], self._folder)
        ids_at = dict(zip(named, called, strict=True))
        return [self._of_content(photos[at], ids_at[at]) if ids is None else ids for at, ids in enumerate(found)]

    def _here(self, photo: CataloguePhoto) -> tuple[PhotoId, ...] | None:
        """None if the name has to tell."""
        if photo.path in self._by_path:
            return (self._by_path[photo.path],)
        equal = self._equal(photo)
        if len(equal) == 1:
            return (equal[0],)
        return () if photo.path and not equal else None

    def _of_content(self, photo: CataloguePhoto, called: Sequence[int]) -> tuple[PhotoId, ...]:
        equal = self._equal(photo)
        return tuple(i for i in map(PhotoId, called) if not equal or i in equal)

    def _equal(self, photo: CataloguePhoto) -> list[PhotoId]:
        return self._by_content.get(photo.sha256, []) if photo.sha256 else []


def _as_told(row: FoundPhoto, one: ReadPhoto | None) -> FoundPhoto:
    if one is None:
        return msgspec.structs.replace(row, folder_class=None, folder_part=None)
    return msgspec.structs.replace(row, folder_class=one.photo.label or None, folder_part=one.photo.part)


def _said(photo: CataloguePhoto) -> CataloguePhoto:
    """What is said of the photo, whatever it is called."""
    return msgspec.structs.replace(photo, path=b"", rel_path="", sha256=b"", width=0, height=0)


def _unknown(name: str, n: int) -> str:
    if n > 1:
        return f"“{name}” can be any of {n:,} photos of the project."
    return f"There is no “{name}” beside the table, and no such photo in the project."


def _title(reading: Reading) -> str:
    return f"Read {shown(reading.file).rpartition('/')[2]}"


def _prefixes(rows: Iterable[CatalogueRow]) -> dict[int, bytes]:
    """What stands before the paths of each source's photos: nothing if there is one source, else a name of its own."""
    roots = {row.source_id: row.root for row in rows}
    if len(roots) < 2:
        return dict.fromkeys(roots, b"")
    taken: set[bytes] = set()
    prefixes = {}
    for source_id, root in sorted(roots.items()):
        name = stem = os.path.basename(root.rstrip(b"/")) or b"photos"
        number = 1
        while name.lower() in taken:
            number += 1
            name = b"%s-%d" % (stem, number)
        taken.add(name.lower())
        prefixes[source_id] = name + b"/"
    return prefixes


def _catalogue_photo(row: CatalogueRow, prefix: bytes) -> CataloguePhoto:
    return CataloguePhoto(
        path=row.path,
        rel_path=to_text(prefix + row.rel_path),
        sha256=row.sha256,
        class_name=row.class_name,
        state=cast("State", row.state),
        reason=row.reason,
        tags=row.tags,
        columns=row.columns,
        part=cast("Part | None", row.part or None),
        taken=row.taken,
        camera=row.camera,
        latitude=row.latitude,
        longitude=row.longitude,
        width=row.width,
        height=row.height,
    )
