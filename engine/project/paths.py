"""The folder of a project: what lies where, and what may be deleted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SUFFIX = ".fieldmark"


@dataclass(frozen=True, slots=True)
class ProjectPaths:
    """Places inside `Name.fieldmark/`. Everything below `cache` can be deleted and is made again."""

    folder: Path

    @property
    def database(self) -> Path:
        """Labels, history, runs: the part that cannot be made again."""
        return self.folder / "project.sqlite"

    @property
    def backups(self) -> Path:
        """Earlier copies of the database."""
        return self.folder / "backups"

    @property
    def photos(self) -> Path:
        """Photos that were copied in on request."""
        return self.folder / "photos"

    @property
    def runs(self) -> Path:
        """One folder a run."""
        return self.folder / "runs"

    @property
    def studies(self) -> Path:
        """One file a saved study."""
        return self.folder / "studies"

    @property
    def models(self) -> Path:
        """Where saved models go unless the user says otherwise."""
        return self.folder / "models"

    @property
    def cache(self) -> Path:
        """Root of all caches."""
        return self.folder / "cache"

    @property
    def thumbs(self) -> Path:
        """Thumbnails by content."""
        return self.cache / "thumbs"

    @property
    def pixels(self) -> Path:
        """Photos decoded at training resolution."""
        return self.cache / "pixels"

    @property
    def features(self) -> Path:
        """Feature vectors by content and backbone."""
        return self.cache / "features"

    @property
    def copies(self) -> Path:
        """What the search for copies keeps of each photo, and what it found last."""
        return self.cache / "copies"

    @property
    def looks(self) -> Path:
        """What was seen of each photo: metadata and quality."""
        return self.cache / "looks"

    @property
    def alike(self) -> Path:
        """Which photos look alike to a network, as they were compared last."""
        return self.cache / "alike.npz"

    @property
    def tmp(self) -> Path:
        """Lists handed to jobs."""
        return self.cache / "tmp"

    @property
    def flight(self) -> Path:
        """Which files are being decoded at this moment; what is left there after a crash was to blame."""
        return self.cache / "in-flight"

    @property
    def lock(self) -> Path:
        """Held while somebody writes to the project."""
        return self.folder / ".lock"

    def make(self) -> None:
        """All folders exist."""
        for folder in (
            self.backups,
            self.runs,
            self.models,
            self.thumbs,
            self.features,
            self.tmp,
        ):
            folder.mkdir(parents=True, exist_ok=True)
