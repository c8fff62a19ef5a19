"""What the model in use says of one photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.base.ids import PhotoId
from gui.widgets.photo_viewer import Opinion, top_shares

if TYPE_CHECKING:
    from engine.project.project import Project


def opinion_of(project: Project, photo_id: PhotoId) -> tuple[PhotoId, Opinion | None]:
    """The photo with the opinion, None where no model has judged it; called on the store thread."""
    run = project.runs.current()
    if run is None:
        return photo_id, None
    found = project.browse.predictions(run.id, [photo_id])[0]
    if found is None:
        return photo_id, None
    names = {row.id: row.name for row in project.browse.classes()}
    shares = top_shares([names.get(class_id, "?") for class_id in run.class_ids], found.probs)
    return photo_id, Opinion(run.name, shares)
