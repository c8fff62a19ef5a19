"""Which tags chosen photos have, and what else is said of one; asked on the store thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.base.ids import PhotoId

if TYPE_CHECKING:
    from engine.project.project import Project


@dataclass(frozen=True, slots=True)
class TagUse:
    """A tag, how many photos of the project have it, and how many of the chosen ones."""

    name: str
    n: int
    n_chosen: int


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a photo beside its class: its tags, and its values in the columns of tables."""

    photo_id: PhotoId
    tags: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


def said_of(project: Project, photo_id: PhotoId) -> Said:
    """The tags and values of one photo."""
    return Said(photo_id, project.tags.of(photo_id), project.columns.of(photo_id))


def tag_uses(project: Project, ids: Sequence[PhotoId]) -> tuple[TagUse, ...]:
    """The tags in use, with how many of these photos have them, left out or not."""
    chosen = project.tags.among(ids)
    return tuple(TagUse(name, n, chosen.get(name, 0)) for name, n in project.tags.in_use())
