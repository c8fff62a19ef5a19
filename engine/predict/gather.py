"""Features of a project's photos: what the cache has is read, the rest is computed and kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.base.errors import DamagedInput, UserError
from engine.base.events import Emit
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.nets.source import BackboneSource
from engine.predict.extractor import Extractor
from engine.predict.feature_cache import FeatureCache, FeatureKey
from engine.predict.features import Photo, Seen, features_of
from engine.predict.variants import fastest
from engine.recipe.recipe import InputCfg

PHASE_MEASURING = "Finding the fastest way on this machine"
PHASE_LOOKING = "Looking at photos"
# Rows kept at once: a stop or a crash loses at most the work on so many photos.
CHUNK = 64
# Of float16, in which features are kept.
LARGEST = float(np.finfo(np.float16).max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The cache that now holds everything that could be had, and the reasons for the contents that could not."""

    cache: FeatureCache
    refused: dict[bytes, DamagedInput]


def feature_key(source: BackboneSource, cfg: InputCfg) -> FeatureKey:
    """What the features of a source depend on: architecture and cut (its name), weights, and how photos are fed."""
    return FeatureKey(backbone=source.facts.name, weights=source.weights, input=cfg)


def ready_extractor(source: BackboneSource, size: int, machine: Path, emit: Emit) -> Extractor:
    """The backbone in the fastest variant here; says so where that must be measured first.

    Raises:
        As `variants.fastest`.
    """
    return fastest(source, size, machine, on_measuring=lambda: Meter(emit, PHASE_MEASURING, 0).finish())


def gather(
    photos: Iterable[Photo],
    source: BackboneSource,
    cfg: InputCfg,
    *,
    features: Path,
    machine: Path,
    emit: Emit,
    stop: StopToken,
) -> Gathered:
    """Every distinct content among `photos` has its features in the cache, or a reason why not.

    Of several files with one content, the next is tried where the one before could not be read.

    Args:
        photos: all with `sha256`.
        features: folder of the feature caches; machine: folder of what was measured here.
    Raises:
        Stopped: what was computed until then is kept.
        StorageError: a cache cannot be written.
        UserError: the backbone gives numbers that cannot be kept.
    """
    cache = FeatureCache(features, feature_key(source, cfg), source.facts.n_features)
    files: dict[bytes, list[Photo]] = {}
    for photo in photos:
        if photo.sha256 is not None:
            files.setdefault(photo.sha256, []).append(photo)
    refused: dict[bytes, DamagedInput] = {}
    todo = cache.missing(list(files))
    if not todo:
        return Gathered(cache=cache, refused=refused)
    extractor = ready_extractor(source, cfg.size, machine, emit)
    stop.raise_if_set()
    meter = Meter(emit, PHASE_LOOKING, len(todo))
    while todo:
        failed = _look(cache, [files[sha].pop(0) for sha in todo], extractor, cfg, meter, stop)
        refused.update(failed)
        todo = [sha for sha in failed if files[sha]]
        meter.set_total(meter.done + len(todo))
    meter.finish()
    return Gathered(cache=cache, refused={sha: error for sha, error in refused.items() if cache.missing([sha])})


def _look(
    cache: FeatureCache, photos: list[Photo], extractor: Extractor, cfg: InputCfg, meter: Meter, stop: StopToken
) -> dict[bytes, DamagedInput]:
    """The photos' features are in the cache; returned are the reasons of those that have none."""
    failed: dict[bytes, DamagedInput] = {}
    waiting: list[Seen] = []
    try:
        for seen in features_of(photos, extractor, cfg, stop):
            meter.add()
            if seen.refused is not None and seen.photo.sha256 is not None:
                failed[seen.photo.sha256] = seen.refused
                continue
            waiting.append(seen)
            if len(waiting) == CHUNK:
                _keep(cache, waiting)
                waiting = []
    finally:
        _keep(cache, waiting)
    return failed


def _keep(cache: FeatureCache, seen: list[Seen]) -> None:
    rows = [(one.photo.sha256, one.features) for one in seen if one.photo.sha256 is not None]
    if rows:
        features = np.stack([row for _, row in rows if row is not None])
        if not np.abs(features).max() <= LARGEST:
            raise UserError(
                "The network gives numbers for these photos that are too large to keep.",
                safe="Your photos and labels are unchanged.",
                advice="Cut it at another stage, or choose another network.",
                details=f"largest: {np.abs(features).max():g}, of what can be kept: {LARGEST:g}",
            )
        cache.append([sha for sha, _ in rows], features)
