"""A project with photos that exist by name only: enough for everything that does not decode them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.base.events import FoundPhoto, PhotosFound
from engine.base.ids import ClassId, PhotoId
from engine.project.project import Project
from engine.store.rows import PhotoFilter


@dataclass
class Clock:
    """Stands still unless moved on."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Bench:
    """An open project and short words for what tests do with it."""

    project: Project
    root: Path
    clock: Clock

    def found(self, name: str, *, content: str = "", folder_class: str | None = None, **more: object) -> FoundPhoto:
        """A photo as the import job reports it; equal `content` means a copy."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return FoundPhoto(
            path=str(path).encode(),
            sha256=hashlib.sha256((content or name).encode()).digest(),
            n_bytes=10,
            mtime_ns=1,
            width=4,
            height=3,
            format="JPEG",
            folder_class=folder_class,
            **more,  # type: ignore[arg-type]
        )

    def take(self, *batches: Sequence[FoundPhoto], into_class: str | None = None):
        """Import batches as one import; returns its summary."""
        session = self.project.photos.begin_import([str(self.root).encode()], into_class=into_class)
        for batch in batches:
            self.project.photos.ingest(PhotosFound(rows=tuple(batch)), session)
        return self.project.photos.finish_import(session)[0]

    def add(self, **classes: int) -> None:
        """So many photos for each class."""
        self.take([self.found(f"{name}/{n}.jpg", folder_class=name) for name, k in classes.items() for n in range(k)])

    def ids(self, **query: object) -> list[PhotoId]:
        return [PhotoId(int(i)) for i in self.project.browse.ids(PhotoFilter(**query))]  # type: ignore[arg-type]

    def class_id(self, name: str) -> ClassId:
        return next(row.id for row in self.project.browse.classes() if row.name == name)

    def counts(self) -> dict[str, int]:
        return {row.name: row.n_photos for row in self.project.browse.classes()}

    def reopen(self) -> None:
        self.project.close()
        self.project = Project.open(self.project.folder, clock=self.clock)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = Clock()
    made = Bench(Project.create(tmp_path / "Fish", clock=clock), tmp_path / "photos", clock)
    yield made
    made.project.close()
