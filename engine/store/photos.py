"""Photos and where they lie: registering, finding by place and by content, noting what could not be read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.base.events import FoundPhoto, RefusedFile
from engine.base.fspath import shown
from engine.base.ids import ClassId, PhotoId
from engine.store.db import Database
from engine.store.relations import set_meta


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A folder photos were imported from; `root` empty means the project's own folder."""

    id: int
    root: bytes
    shown: str
    n_photos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPhoto:
    """A photo of the project as the import sees it; `class_name` empty if it has no class."""

    id: PhotoId
    sha256: bytes
    state: str
    class_id: ClassId | None
    class_name: str


def absolute(root: bytes, rel_path: bytes, project_folder: bytes) -> bytes:
    """Where a photo lies: below its source, or below the project folder for photos that were copied in."""
    return os.path.join(root or project_folder, rel_path)


def sources(db: Database) -> tuple[Source, ...]:
    """All folders photos came from, with the number of photos that are still in the project."""
    sql = """
SELECT s.id, s.root, s.shown, count(l.photo_id) FROM source s LEFT JOIN photo p ON p.source_id = s.id
LEFT JOIN label l ON l.photo_id = p.id AND l.state <> 'absent' GROUP BY s.id ORDER BY s.id"""
    return tuple(Source(id=i, root=root, shown=text, n_photos=n) for i, root, text, n in db.rows(sql))


class Places:
    """Tells of many files which source they belong to; asks the project once, so it is good for one transaction."""

    def __init__(self, db: Database, project_folder: bytes) -> None:
        self._db = db
        self._project_folder = project_folder
        self._sources = _with_roots(db, project_folder)

    def of(self, path: bytes) -> tuple[int, bytes]:
        """(source id, path relative to it) for a file; the deepest source that holds it, made if there is none.

        Inside the open transaction. A new source is the file's own folder.
        """
        found = _deepest(self._sources, path)
        if found is None and is_below(path, self._project_folder):
            # Copied in: remembered relative to the project, so that the project can be moved.
            found = self._add(b"", self._project_folder)
        if found is None:
            folder = os.path.dirname(path)
            found = self._add(folder, folder)
        return found[0], below(path, found[1])

    def known(self, path: bytes) -> KnownPhoto | None:
        """The photo in the project that lies at this absolute path."""
        for source_id, root in self._sources:
            if is_below(path, root):
                row = self._db.one(_KNOWN + "p.source_id = ? AND p.rel_path = ?", (source_id, below(path, root)))
                if row is not None:
                    return _known(row)
        return None

    def _add(self, root: bytes, folder: bytes) -> tuple[int, bytes]:
        made = (add_source(self._db, root), folder)
        self._sources.append(made)
        return made


def source_holding(db: Database, path: bytes, project_folder: bytes) -> tuple[int, bytes] | None:
    """(id, absolute root) of the deepest source whose folder is `path` or holds it."""
    return _deepest(_with_roots(db, project_folder), path)


def _with_roots(db: Database, project_folder: bytes) -> list[tuple[int, bytes]]:
    """(id, absolute root) of every source."""
    return [(source_id, root or project_folder) for source_id, root in db.rows("SELECT id, root FROM source")]


def _deepest(sources: Iterable[tuple[int, bytes]], path: bytes) -> tuple[int, bytes] | None:
    holding = [(source_id, root) for source_id, root in sources if path == root or is_below(path, root)]
    return max(holding, key=lambda pair: len(pair[1]), default=None)


def add_source(db: Database, root: bytes) -> int:
    """The id of the source with this root, made if needed, inside the open transaction."""
    db.write("INSERT OR IGNORE INTO source (root, shown) VALUES (?, ?)", (root, shown(root)))
    return int(db.one("SELECT id FROM source WHERE root = ?", (root,))[0])


def is_below(path: bytes, folder: bytes) -> bool:
    """Whether `path` lies in `folder` or deeper, going by names alone."""
    return path.startswith(folder.rstrip(b"/") + b"/")


def below(path: bytes, folder: bytes) -> bytes:
    """The way from the folder to something that lies in it; both are absolute, without dots. `.` for itself."""
    return path[len(folder.rstrip(b"/")) + 1 :] or b"."


def insert_photo(db: Database, found: FoundPhoto, source_id: int, rel_path: bytes) -> PhotoId:
    """The photo is registered (or its facts are brought up to date), inside the open transaction."""
    sql = """
INSERT INTO photo (source_id, rel_path, shown, sha256, n_bytes, mtime_ns, width, height, format, note, folder_part)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (source_id, rel_path) DO UPDATE SET sha256 = excluded.sha256, n_bytes = excluded.n_bytes,
  mtime_ns = excluded.mtime_ns, width = excluded.width, height = excluded.height, format = excluded.format,
  note = excluded.note, status = 'ok', problem = '' RETURNING id"""
    values = (
        source_id,
        rel_path,
        shown(rel_path),
        found.sha256,
        found.n_bytes,
        found.mtime_ns,
    )
    row = db.one(
        sql,
        (
            *values,
            found.width,
            found.height,
            found.format,
            found.note,
            found.folder_part,
        ),
    )
    photo_id = PhotoId(row[0])
    set_meta(db, photo_id, found)
    return photo_id


def move_photo(db: Database, photo_id: PhotoId, found: FoundPhoto, source_id: int, rel_path: bytes) -> None:
    """The photo lies somewhere else now; its label and history stay, inside the open transaction."""
    db.write(
        "UPDATE photo SET source_id = ?, rel_path = ?, shown = ?, mtime_ns = ?, status = 'ok', problem = ''"
        " WHERE id = ?",
        (source_id, rel_path, shown(rel_path), found.mtime_ns, photo_id),
    )


def note_refused(db: Database, rows: Iterable[RefusedFile], at: str) -> None:
    """The files and the reasons are remembered, newest reason each, inside the open transaction."""
    db.write_many(
        "INSERT INTO refused VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (path) DO UPDATE SET kind = excluded.kind, reason = excluded.reason, at = excluded.at",
        ((row.path, shown(row.path), row.kind, row.text, at) for row in rows),
    )


def forget_refused(db: Database, paths: Iterable[bytes]) -> None:
    """The files are not refused any more, inside the open transaction."""
    db.write_many("DELETE FROM refused WHERE path = ?", ((path,) for path in paths))


def refused_files(db: Database) -> tuple[RefusedFile, ...]:
    """Every file that could not become a photo, with its newest reason."""
    rows = db.rows("SELECT path, kind, reason FROM refused ORDER BY path")
    return tuple(RefusedFile(path=path, kind=kind, text=reason) for path, kind, reason in rows)


def each_place(db: Database, project_folder: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(absolute path, bytes, mtime_ns) of every photo whose file was fine when last seen and that is in the project."""
    sql = """
SELECT s.root, p.rel_path, p.n_bytes, p.mtime_ns FROM photo p JOIN source s ON s.id = p.source_id
JOIN label l ON l.photo_id = p.id WHERE l.state <> 'absent' AND p.status = 'ok'"""
    for root, rel_path, n_bytes, mtime_ns in db.rows(sql):
        yield absolute(root, rel_path, project_folder), n_bytes, mtime_ns


_KNOWN = """
SELECT p.id, p.sha256, l.state, l.class_id, coalesce(c.name, '') FROM photo p
JOIN label l ON l.photo_id = p.id LEFT JOIN class c ON c.id = l.class_id WHERE l.state <> 'absent' AND """


def known_by_content(db: Database, sha256: bytes) -> tuple[KnownPhoto, ...]:
    """Photos in the project with exactly this content."""
    return tuple(_known(row) for row in db.rows(_KNOWN + "p.sha256 = ? ORDER BY p.id", (sha256,)))


def known_at(db: Database, path: bytes, project_folder: bytes) -> KnownPhoto | None:
    """The photo in the project that lies at this absolute path; `Places` tells it of many."""
    return Places(db, project_folder).known(path)


def _known(row: Sequence[object]) -> KnownPhoto:
    photo_id, sha256, state, class_id, class_name = row
    assert isinstance(photo_id, int)
    assert isinstance(sha256, bytes)
    return KnownPhoto(
        id=PhotoId(photo_id),
        sha256=sha256,
        state=str(state),
        class_id=None if class_id is None else ClassId(int(str(class_id))),
        class_name=str(class_name),
    )


def place_of(db: Database, photo_id: PhotoId, project_folder: bytes) -> bytes:
    """Absolute path of a photo."""
    sql = "SELECT s.root, p.rel_path FROM photo p JOIN source s ON s.id = p.source_id WHERE p.id = ?"
    root, rel_path = db.one(sql, (photo_id,))
    return absolute(root, rel_path, project_folder)


def move_source(db: Database, source_id: int, new_root: bytes) -> None:
    """All photos of the source lie below `new_root` now, inside the open transaction."""
    db.write(
        "UPDATE source SET root = ?, shown = ? WHERE id = ?",
        (new_root, shown(new_root), source_id),
    )


def set_status(db: Database, photo_id: PhotoId, status: str, problem: str) -> None:
    """What is known of the photo's file, inside the open transaction."""
    db.write(
        "UPDATE photo SET status = ?, problem = ? WHERE id = ?",
        (status, problem, photo_id),
    )
