"""The splits by which folds are tested: beside the project's own split, which they follow and never change."""

from __future__ import annotations

from collections.abc import Mapping

from engine.base.errors import UserError
from engine.base.ids import SplitId
from engine.data.fold_split import fold_split, n_empty_folds
from engine.data.manifest import Part
from engine.data.split import SplitPhoto
from engine.project.split_plan import splits_by, written
from engine.recipe.fold_cfg import FoldCfg
from engine.recipe.recipe import SplitCfg
from engine.store import history, runs
from engine.store.db import Database


def fold_parts(db: Database, cfg: SplitCfg, whole: Mapping[int, str], keys: Mapping[int, bytes]) -> dict[int, Part]:
    """The part of every photo where the fold of `cfg` is tested, by the labels of today.

    Args:
        whole: the parts of the project's own split, whose test photos are left out. keys: the group of each photo.
    """
    return fold_split(cfg, _divided(db, whole, keys))


def add_fold_split(db: Database, cfg: SplitCfg, whole: Mapping[int, str], keys: Mapping[int, bytes]) -> SplitId:
    """A split of `fold_parts`, inside the open transaction; the newest one by this plan if it is the same.

    Raises:
        UserError: one of the folds holds no photo: the others would make no cross-validation.
    """
    assert isinstance(cfg.fold, FoldCfg)
    photos = _divided(db, whole, keys)
    n_empty = n_empty_folds(cfg, photos)
    if n_empty:
        raise UserError(
            f"There are too few photos for {cfg.fold.n} folds: {n_empty} of them would be empty.",
            safe="Nothing was trained.",
            advice="Ask for fewer folds, or label more photos.",
        )
    parts = fold_split(cfg, photos)
    earlier = splits_by(db, cfg)
    if earlier and runs.split_parts(db, earlier[0]) == parts:
        return earlier[0]
    name = cfg.fold.text.capitalize()
    return runs.add_split(db, name=name, plan=written(cfg), as_of_op=history.last_op(db), parts=parts)


def _divided(db: Database, whole: Mapping[int, str], keys: Mapping[int, bytes]) -> list[SplitPhoto]:
    return [
        SplitPhoto(photo_id=i, class_id=class_id, group=keys[i])
        for i, class_id, _, _ in runs.trainable_photos(db)
        if whole.get(i, "test") != "test"
    ]
