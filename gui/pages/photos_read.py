"""What the Photos page asks the project; called on the store thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.base.ids import RunId
from engine.store.rows import ClassRow, Counts, PhotoFilter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.project.project import Project

WITHOUT_A_MODEL = ("added", "name", "class", "newest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What one look at the project gives; `tags` and `reasons` are those in use, with how many photos have them."""

    ids: NDArray[np.int64]
    classes: tuple[ClassRow, ...]
    counts: Counts
    n_refused: int
    run_id: RunId | None
    tags: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]


def look(project: Project, query: PhotoFilter) -> Listed:
    """The photos of the question; without a model, orders by confidence are the usual one."""
    run = project.runs.current() if query.order not in WITHOUT_A_MODEL else None
    wanted = replace(query, run_id=run.id) if run is not None else query
    if wanted.run_id is None and query.order not in WITHOUT_A_MODEL:
        wanted = replace(wanted, order="added")
    return Listed(
        ids=project.browse.ids(wanted),
        classes=project.browse.classes(),
        counts=project.browse.counts(),
        n_refused=len(project.photos.refused()),
        run_id=wanted.run_id,
        tags=project.tags.in_use(),
        reasons=project.browse.reasons(),
    )
