"""Small pictures of photos to put into a page: JPEG, from the thumbnails."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from engine.base.errors import DamagedInput
from engine.base.fspath import to_path
from engine.base.ids import PhotoId
from engine.image.thumbs import load_thumb

if TYPE_CHECKING:
    from engine.project.project import Project

# Long side in pixels.
SIDE = 160


def small_picture(project: Project, photo_id: PhotoId) -> bytes | None:
    """A JPEG of the photo, its long side at most `SIDE`; None if it cannot be read."""
    [row] = project.browse.rows([photo_id])
    try:
        image = load_thumb(project.paths.thumbs, row.sha256, to_path(row.path))
    except DamagedInput:
        return None
    image.thumbnail((SIDE, SIDE))
    encoded = io.BytesIO()
    image.save(encoded, "JPEG", quality=80)
    return encoded.getvalue()
