"""Verbs of exploring: what the photos are like, which are odd or look alike, and which labels are in doubt."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.base.changes import Changes
from engine.base.errors import UserError
from engine.base.ids import PhotoId, RunId
from engine.data.looks import LookPhoto, looks_file, read_looks, write_look_photos
from engine.insight.label_errors import label_errors
from engine.insight.overview import OUTLIER_SCORE, OddLimits, Overview, PhotoFacts, overview
from engine.jobs.spec import FindAlikeSpec, LookSpec
from engine.project.alike import (
    ClassPair,
    Comparison,
    LookAlike,
    OutlierReport,
    comparison,
    features_spec,
    found_alike,
    look_alikes,
    outlier_report,
    pairs_of_classes,
)
from engine.project.context import Context
from engine.project.labels import CONFIRMED
from engine.project.split_plan import split_of
from engine.project.splits import Splits
from engine.recipe.group_cfg import GroupCfg
from engine.store import runs as stored_runs
from engine.store.facts import fact_rows
from engine.store.marks import marks_of_kind
from engine.store.relations import fill_meta


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulLabel:
    """A photo whose label is probably wrong. `doubt`: 0.5..1, as in `engine.insight.label_errors.Suspects`."""

    photo_id: PhotoId
    label: str
    suggested: str
    doubt: float


class Explore:
    """Looks at the photos as a collection; changes nothing."""

    def __init__(self, context: Context, splits: Splits) -> None:
        self._context = context
        self._splits = splits

    def look_spec(self) -> LookSpec:
        """The job that looks at every photo once; it passes over those it has looked at before."""
        paths = self._context.paths
        listed = paths.tmp / f"looks-{secrets.token_hex(6)}.msgpack"
        rows = fact_rows(self._context.db, self._context.folder_bytes)
        write_look_photos(listed, tuple(LookPhoto(path=row.path, sha256=row.sha256) for row in rows))
        return LookSpec(photos=os.fsencode(listed), thumbs=os.fsencode(paths.thumbs), cache=os.fsencode(paths.looks))

    def take_in(self) -> Changes:
        """What the last look found out about when, where and with what photos were taken counts when they are divided.

        Photos say so when they are imported; those of a project of version 1 did not yet.
        """
        looks = read_looks(looks_file(self._context.paths.looks))
        seen = [
            (row.photo_id, look.taken, look.camera, look.latitude, look.longitude)
            for row in fact_rows(self._context.db, self._context.folder_bytes)
            if (look := looks.get(row.sha256)) is not None and (look.taken or look.camera or look.latitude is not None)
        ]
        with self._context.db.transaction():
            fill_meta(self._context.db, seen)
        return Changes(photos=True)

    def facts(self) -> tuple[PhotoFacts, ...]:
        """What is known of each photo whose file was fine when last seen; its part of the project's split.

        Raises:
            StorageError: what was seen of the photos cannot be read.
        """
        looks = read_looks(looks_file(self._context.paths.looks))
        return tuple(
            PhotoFacts(
                photo_id=row.photo_id,
                class_name=row.class_name,
                state=row.state,
                part=row.part,
                width=row.width,
                height=row.height,
                n_bytes=row.n_bytes,
                format=row.format,
                look=looks.get(row.sha256),
                reason=row.reason,
            )
            for row in fact_rows(self._context.db, self._context.folder_bytes, split_of(self._context.db))
        )

    def overview(self, limits: OddLimits | None = None) -> Overview:
        """What the photos are like.

        Raises:
            StorageError: as `facts`.
        """
        return overview(self.facts(), limits)

    def doubtful_labels(self, run_id: RunId) -> tuple[DoubtfulLabel, ...]:
        """Labels that the run's models, which had not seen the photos, contradict; by the labels of today.

        Labels that somebody has confirmed (`Labels.confirm`) are not among them.

        Raises:
            UserError: there is no such run, or it has no answers for photos it had not seen.
        """
        run = stored_runs.stored_run(self._context.db, run_id)
        if run is None:
            raise UserError("There is no such run.")
        parts = [stored_runs.labelled_predictions(self._context.db, run, part) for part in ("test", "cv")]
        parts = [part for part in parts if len(part.photo_ids)]
        if not parts:
            raise UserError("This run has no answers for photos it had not seen.", advice="Train Quick first.")
        names = parts[0].class_names
        photo_ids = np.concatenate([part.photo_ids for part in parts])
        true = np.concatenate([part.true_columns for part in parts])
        probs = np.concatenate([part.probs for part in parts])
        known = true >= 0
        found = label_errors(true[known], probs[known])
        confirmed = {(int(photo_id), tag) for photo_id, tag, _ in marks_of_kind(self._context.db, "tag")}
        ids, labels = photo_ids[known], true[known]
        return tuple(
            DoubtfulLabel(
                photo_id=PhotoId(int(ids[row])),
                label=names[int(labels[row])],
                suggested=names[int(column)],
                doubt=float(doubt),
            )
            for row, column, doubt in zip(found.rows, found.suggested, found.doubt, strict=True)
            if (int(ids[row]), CONFIRMED.format(names[int(labels[row])])) not in confirmed
        )

    def features_spec(self) -> FindAlikeSpec:
        """The job that compares every photo that counts with every other, by what the Quick recipe's network sees.

        Copies and photos of one burst are not compared with one another. The network looks only at photos that neither
        an earlier comparison nor Quick training had it look at. `compared`, `class_pairs`, `outliers` and `alike` then
        tell what was found.
        """
        return features_spec(self._context, self._splits.group_keys(GroupCfg()))

    def compared(self) -> Comparison | None:
        """How much of the project the last comparison holds; None if there was none.

        Raises:
            StorageError: what it left cannot be read.
        """
        found = found_alike(self._context)
        return None if found is None else comparison(self._context, found)

    def class_pairs(self) -> tuple[ClassPair, ...] | None:
        """Every two classes by the labels of today, the hardest to keep apart first; None before a comparison.

        Raises:
            StorageError: what the comparison left cannot be read.
        """
        found = found_alike(self._context)
        return None if found is None else pairs_of_classes(self._context, found)

    def outliers(self, limit: float = OUTLIER_SCORE) -> OutlierReport | None:
        """Photos unlike the others of their class, by the labels of today; None before a comparison.

        Args:
            limit: scores above are outliers; see `engine.insight.outliers`.
        Raises:
            StorageError: what the comparison left cannot be read.
        """
        found = found_alike(self._context)
        return None if found is None else outlier_report(self._context, found, limit)

    def alike(self, photo_id: PhotoId, n: int = 6) -> tuple[LookAlike, ...] | None:
        """Photos that look most like one, no copies of it, with their classes of today; None before a comparison.

        Args:
            n: at most 12.
        Raises:
            StorageError: what the comparison left cannot be read.
        """
        found = self.alike_each((photo_id,), n)
        return None if found is None else found[photo_id]

    def alike_each(self, ids: Iterable[PhotoId], n: int = 6) -> dict[PhotoId, tuple[LookAlike, ...]] | None:
        """As `alike`, of several photos at once."""
        found = found_alike(self._context)
        return None if found is None else {one: look_alikes(self._context, found, one, n) for one in ids}
