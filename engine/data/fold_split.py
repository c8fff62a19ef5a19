"""Dividing photos into folds, each tested by a model that learned from the others; locked test photos are in none."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import msgspec
import numpy as np

from engine.data.folds import ALWAYS_TRAIN, stratified_group_folds
from engine.data.manifest import Part
from engine.data.split import SplitPhoto
from engine.recipe.recipe import SplitCfg


def fold_split(cfg: SplitCfg, photos: Sequence[SplitPhoto]) -> dict[int, Part]:
    """The part of every photo where the fold of `cfg` is tested: its photos are `test`, of the others some are `val`.

    Which fold a photo is in follows from the order of the photos, which of them stand together and which are of one
    class, and the seed of the folds: the same where a study is repeated with other ids. All folds of one seed hold each
    photo once; but photos of a class that is a single group always teach.

    Args:
        cfg: with a fold; about its share of val is taken of the photos that are not tested, one part of a whole number
            of equal ones. photos: all that may be tested.
    """
    assert isinstance(cfg.fold, msgspec.Struct)
    ordered = sorted(photos, key=lambda photo: photo.photo_id)
    folds = _folds(ordered, cfg.fold.n, cfg.fold.seed)
    tested = [photo for photo, fold in zip(ordered, folds, strict=True) if fold == cfg.fold.at]
    others = [photo for photo, fold in zip(ordered, folds, strict=True) if fold != cfg.fold.at]
    parts: dict[int, Part] = {photo.photo_id: "test" for photo in tested}
    turns = _folds(others, max(2, round(1 / cfg.val)), cfg.seed) if cfg.val and others else [ALWAYS_TRAIN] * len(others)
    for photo, turn in zip(others, turns, strict=True):
        parts[photo.photo_id] = "val" if turn == 0 else "train"
    return parts


def n_empty_folds(cfg: SplitCfg, photos: Sequence[SplitPhoto]) -> int:
    """How many of all folds of that number and seed hold no photo; `photos` as for `fold_split`."""
    assert isinstance(cfg.fold, msgspec.Struct)
    ordered = sorted(photos, key=lambda photo: photo.photo_id)
    return cfg.fold.n - len(set(_folds(ordered, cfg.fold.n, cfg.fold.seed)) - {ALWAYS_TRAIN})


def _folds(ordered: Sequence[SplitPhoto], n: int, seed: int) -> list[int]:
    """The fold of each photo; classes and groups are numbered as they come, for their names differ elsewhere."""
    class_of = _numbered([photo.class_id for photo in ordered])
    group_of = _numbered([photo.group for photo in ordered])
    found = stratified_group_folds(
        np.array(class_of, dtype=np.int32), np.array(group_of, dtype=np.int64), n_folds=n, seed=seed
    )
    return [int(fold) for fold in found]


def _numbered(values: Sequence[Hashable]) -> list[int]:
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(value, len(numbers)) for value in values]
