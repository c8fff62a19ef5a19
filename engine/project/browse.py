"""Reading: lists and counts for screens, with no effect on anything."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import UserError
from engine.base.ids import ClassId, RunId
from engine.project.context import Context
from engine.store import listing
from engine.store import photos as stored
from engine.store import runs as stored_runs
from engine.store.rows import ClassRow, Counts, PhotoFilter, PhotoRow, PredictionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A folder photos came from, and whether it can be reached now."""

    root: bytes
    shown: str
    n_photos: int
    exists: bool


class Browse:
    """Answers questions about the project."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def classes(self) -> tuple[ClassRow, ...]:
        """The classes by name, with the number of photos labelled so."""
        return listing.class_rows(self._context.db)

    def class_names(self) -> dict[ClassId, str]:
        """The name of every class there ever was, to read old runs by; a merged one has its present class's name."""
        return listing.class_names(self._context.db)

    def counts(self) -> Counts:
        """How many photos are in each state."""
        return listing.counts(self._context.db)

    def reasons(self) -> tuple[tuple[str, int], ...]:
        """(Why photos are excluded, how many are for that), the commonest first; empty where nobody said."""
        return listing.reasons(self._context.db)

    def ids(self, query: PhotoFilter) -> NDArray[np.int64]:
        """Ids of the photos that match, in the filter's order; (n,) int64.

        Raises:
            UserError: an order by confidence without a run to be confident.
        """
        if query.run_id is None and query.order in (
            "confident_wrong",
            "least_certain",
            "confident_right",
        ):
            raise UserError(
                "There is no trained model yet to sort by.",
                advice="Train first, or choose another order.",
            )
        return listing.photo_ids(self._context.db, query)

    def rows(self, ids: Sequence[int]) -> tuple[PhotoRow, ...]:
        """Facts and labels of the photos, in the order asked for; unknown ids are left out."""
        return listing.photo_rows(self._context.db, ids, self._context.folder_bytes)

    def predictions(self, run_id: RunId, ids: Sequence[int]) -> tuple[PredictionRow | None, ...]:
        """What the run said of each photo, None where it said nothing."""
        run = stored_runs.stored_run(self._context.db, run_id)
        found = {} if run is None else stored_runs.prediction_rows(self._context.db, run, ids)
        return tuple(found.get(int(i)) for i in ids)

    def sources(self) -> tuple[SourceRow, ...]:
        """Folders photos came from."""
        here = self._context.folder_bytes
        return tuple(
            SourceRow(
                root=s.root,
                shown=s.shown,
                n_photos=s.n_photos,
                exists=os.path.isdir(s.root or here),
            )
            for s in stored.sources(self._context.db)
            if s.n_photos
        )
