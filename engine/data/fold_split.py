"""Dividing photos into folds, each tested by a model that learned from the others; locked test photos are in none."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from engine.data.folds import stratified_group_folds
from engine.data.manifest import Part
from engine.data.split import SplitPhoto, make_split
from engine.recipe.recipe import SplitCfg


def fold_split(cfg: SplitCfg, photos: Sequence[SplitPhoto]) -> dict[int, Part]:
    """The part of every photo where the fold of `cfg` is tested: its photos are `test`, of the others some are `val`.

    Which fold a photo is in follows from the photos, their groups and the seed of the folds alone, so all folds of one
    seed hold each photo once; but photos of a class that is a single group always teach.

    Args:
        cfg: with a fold; its share of val is of the photos that are not tested. photos: all that may be tested.
    """
    assert isinstance(cfg.fold, msgspec.Struct)
    ordered = sorted(photos, key=lambda photo: photo.photo_id)
    numbers = {key: number for number, key in enumerate(sorted({photo.group for photo in ordered}))}
    folds = stratified_group_folds(
        np.array([photo.class_id for photo in ordered], dtype=np.int32),
        np.array([numbers[photo.group] for photo in ordered], dtype=np.int64),
        n_folds=cfg.fold.n,
        seed=cfg.fold.seed,
    )
    tested = [photo for photo, fold in zip(ordered, folds, strict=True) if fold == cfg.fold.at]
    others = [photo for photo, fold in zip(ordered, folds, strict=True) if fold != cfg.fold.at]
    parts = make_split(msgspec.structs.replace(cfg, test=0.0), others) if others else {}
    return parts | {photo.photo_id: "test" for photo in tested}
