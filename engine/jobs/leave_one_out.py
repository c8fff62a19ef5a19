"""Job: each group of a relation answered by a model that learned from the others; the test photos are not touched."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.base.errors import UserError
from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.relation_values import read_values
from engine.insight.leave_one_out import LeaveOneOut, group_scores, leave_one_out_of, write_leave_one_out
from engine.jobs.feature_set import FeatureSet, Photos, feature_sets
from engine.jobs.spec import LeaveOneOutSpec
from engine.recipe.head_cfg import LogisticCfg
from engine.train.leave_one_out import NOT_ASKED, LeftOutAnswers, leave_one_out, n_fits

PHASE = "Leaving out each group in turn"


def run(spec: LeaveOneOutSpec, emit: Emit, stop: StopToken) -> None:
    """`spec.out` holds the scores; no model is kept.

    Raises:
        UserError: the recipe is not one that learns from frozen features by regression, there is too little to learn
            from, or fewer than two groups. StorageError: the disk refused.
        Stopped: between two fits.
    """
    cfg = spec.recipe.head
    if not isinstance(cfg, LogisticCfg):
        raise UserError(
            f"Groups cannot be left out with the recipe {spec.recipe.title}.",
            advice="Choose Quick or another recipe of its kind.",
        )
    photos = feature_sets(spec, emit, stop)
    names, left = _groups(spec, photos.learning)
    meter = Meter(emit, PHASE, n_fits(cfg, len(names)))
    found = leave_one_out(
        photos.learning.features,
        photos.learning.columns,
        photos.learning.groups,
        left,
        len(photos.manifest.classes),
        cfg=cfg,
        seed=spec.recipe.seed,
        stop=stop,
        on_fit=meter.add,
    )
    meter.finish()
    write_leave_one_out(to_path(spec.out), _scored(spec, photos, names, left, found))
    emit(ResultReady(kind="leave_one_out", path=spec.out))


def _groups(spec: LeaveOneOutSpec, learning: FeatureSet) -> tuple[list[str], NDArray[np.int64]]:
    """The names of the groups, and (n,) which of them each photo is of; -1 where that is not known."""
    value_of = {row.photo_id: row.value for row in read_values(to_path(spec.values))}
    values = [value_of.get(photo.photo_id, "") for photo in learning.photos]
    names = sorted(set(values) - {""})
    if len(names) < 2:
        raise UserError(
            "There are not two groups of which one could be left out.",
            advice="Choose another relation, or fill the column for more photos.",
        )
    number_of = {name: number for number, name in enumerate(names)}
    return names, np.array([number_of.get(value, -1) for value in values], dtype=np.int64)


def _scored(
    spec: LeaveOneOutSpec, photos: Photos, names: list[str], left: NDArray[np.int64], found: LeftOutAnswers
) -> LeaveOneOut:
    asked = found.answers != NOT_ASKED
    if not asked.any():
        raise UserError(
            "Every group has copies or bursts in every other one, so that nothing is left to learn from.",
            advice="Choose another relation.",
        )
    right = found.answers == photos.learning.columns
    return leave_one_out_of(
        spec.relation,
        found.strength,
        group_scores(names, np.where(asked, left, -1), right, found.taught, found.n_set_aside),
        n_unknown=int((~asked).sum()),
        n_locked=len(photos.test.photos),
    )
