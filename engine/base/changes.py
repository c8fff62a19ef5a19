"""What a mutation changed: the return value of every verb of the project, and the one signal every screen follows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Which kinds of things are different now; `title` names the step in the Undo menu (empty: not undoable)."""

    title: str = ""
    photos: bool = False
    classes: bool = False
    labels: bool = False
    splits: bool = False
    runs: bool = False
    studies: bool = False

    def __or__(self, other: Changes) -> Changes:
        """Both changes together; the first non-empty title wins."""
        return Changes(
            title=self.title or other.title,
            photos=self.photos or other.photos,
            classes=self.classes or other.classes,
            labels=self.labels or other.labels,
            splits=self.splits or other.splits,
            runs=self.runs or other.runs,
            studies=self.studies or other.studies,
        )

    def __bool__(self) -> bool:
        """Whether anything changed at all."""
        return self.photos or self.classes or self.labels or self.splits or self.runs or self.studies
