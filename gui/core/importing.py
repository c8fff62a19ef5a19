"""Photos on their way in: looking at what a drop holds, and taking it into the project, batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from engine.base.changes import Changes
from engine.base.events import AnyEvent, Ended, FilesRefused, FilesSkipped, FoundPhoto, PhotosFound, RefusedFile
from engine.data.names import lists_photos
from engine.jobs.spec import ImportSpec
from gui.core.job_thread import Job
from gui.core.session import Session

if TYPE_CHECKING:
    from engine.project.photos import ImportPreview, ImportSession, ImportSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class DropContents:
    """What a drop holds. `by_class`: (class the folders suggest, number of photos), most photos first.

    `label_files`: files beside the photos that may say what they show; an import of photos does not read them.
    """

    n_photos: int
    n_new: int
    n_here: int
    here_by_class: tuple[tuple[str, int], ...]
    by_class: tuple[tuple[str, int], ...]
    refused: tuple[RefusedFile, ...]
    label_files: tuple[bytes, ...]
    complete: bool


class DropLook(QObject):
    """Reads what was dropped without changing anything.

    `progressed` carries (photos read so far, files expected or 0); `ready` a `DropContents`, once, unless cancelled.
    """

    progressed = Signal(int, int)
    ready = Signal(object)

    def __init__(self, session: Session, roots: Sequence[bytes], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._found: list[FoundPhoto] = []
        self._refused: list[RefusedFile] = []
        self._label_files: list[bytes] = []
        self._job: Job | None = None
        self._cancelled = False
        session.store.ask(lambda project: project.photos.import_spec(roots, preview=True), self._start, context=self)

    def cancel(self) -> None:
        """Nothing is read any more and `ready` does not come."""
        self._cancelled = True
        if self._job is not None:
            self._job.cancel()

    def _start(self, spec: ImportSpec) -> None:
        if self._cancelled:
            return
        self._job = self._session.jobs.start(spec, title=self.tr("Looking at the photos"), role="import", quiet=True)
        self._job.event.connect(self._take)
        self._job.ended.connect(self._count)

    @Slot(object)
    def _take(self, event: AnyEvent) -> None:
        if isinstance(event, PhotosFound):
            self._found.extend(event.rows)
        elif isinstance(event, FilesRefused):
            self._refused.extend(event.rows)
        elif isinstance(event, FilesSkipped):
            self._label_files.extend(row.path for row in event.rows if lists_photos(row.path))
        phase = self._job.phase if self._job is not None else None
        self.progressed.emit(len(self._found), phase.total if phase is not None else 0)

    @Slot(object)
    def _count(self, ended: Ended) -> None:
        self._job = None
        if self._cancelled:
            return
        found = tuple(self._found)
        self._session.store.ask(
            lambda project: project.photos.preview_counts(found),
            lambda counts: self._tell(counts, ended),
            context=self,
        )

    def _tell(self, counts: ImportPreview, ended: Ended) -> None:
        by_class = Counter(photo.folder_class for photo in self._found if photo.folder_class)
        self.ready.emit(
            DropContents(
                n_photos=len(self._found),
                n_new=counts.n_new,
                n_here=counts.n_here,
                here_by_class=counts.here_by_class,
                by_class=tuple(by_class.most_common()),
                refused=tuple(self._refused),
                label_files=tuple(sorted(self._label_files)),
                complete=ended.reason == "finished",
            )
        )


class ImportRun(QObject):
    """An import under way, one undo step in all; it owns itself until it has ended.

    `finished` carries (ImportSummary, Ended) after the last batch is in the project; what is in it at a stop or a crash
    is kept.
    """

    finished = Signal(object, object)

    def __init__(
        self,
        session: Session,
        roots: Sequence[bytes],
        *,
        into_class: str | None = None,
        use_layout: bool = True,
        copy_in: bool = False,
    ) -> None:
        super().__init__(session)
        self._session = session
        self._import: ImportSession | None = None
        self.job: Job | None = None
        self._into_class = into_class
        session.store.ask(
            lambda project: (
                project.photos.begin_import(roots, into_class=into_class, use_layout=use_layout),
                project.photos.import_spec(roots, copy_in=copy_in),
            ),
            self._start,
            context=self,
        )

    def _start(self, made: tuple[ImportSession, ImportSpec]) -> None:
        self._import, spec = made
        title = self.tr("Importing photos") if self._into_class is None else self.tr("Adding photos")
        self.job = self._session.jobs.start(spec, title=title, role="import")
        self.job.event.connect(self._take)
        self.job.ended.connect(self._finish)

    @Slot(object)
    def _take(self, event: AnyEvent) -> None:
        if isinstance(event, PhotosFound | FilesRefused | FilesSkipped):
            under_way, job = self._import, self.job
            assert under_way is not None
            assert job is not None
            # Reading is quicker than taking in: who stops an import does not wait for what still stands in line.
            self._session.store.ask(
                lambda project: Changes() if job.stop.is_set() else project.photos.ingest(event, under_way)
            )

    @Slot(object)
    def _finish(self, ended: Ended) -> None:
        under_way = self._import
        assert under_way is not None
        self._session.store.ask(
            lambda project: project.photos.finish_import(under_way),
            lambda done: self._tell(done, ended),
            context=self,
        )

    def _tell(self, done: tuple[ImportSummary, Changes], ended: Ended) -> None:
        self.finished.emit(done[0], ended)
        self.deleteLater()
