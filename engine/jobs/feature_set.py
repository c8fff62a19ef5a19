"""The photos of a manifest as features, for the learners that stand on frozen features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.base.events import Emit, Notice
from engine.base.fspath import to_path
from engine.base.stop import StopToken
from engine.data.manifest import Manifest, ManifestPhoto, read_manifest
from engine.jobs.library import library_of
from engine.jobs.spec import CompareSplitsSpec, LeaveOneOutSpec, TrainSpec
from engine.jobs.train_results import check_enough
from engine.nets.source import BackboneSource, source_of
from engine.predict.features import Photo
from engine.predict.gather import Gathered, gather


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSet:
    """Photos with their (n, d) features and (n,) columns."""

    photos: tuple[ManifestPhoto, ...]
    features: NDArray[np.float32]
    columns: NDArray[np.int32]

    @property
    def groups(self) -> NDArray[np.int64]:
        """(n,) photos of equal number stay on one side of every fold."""
        return np.array([photo.group for photo in self.photos], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos:
    """What there is to learn from and what is held out for the test."""

    manifest: Manifest
    source: BackboneSource
    learning: FeatureSet
    test: FeatureSet


def feature_sets(spec: TrainSpec | CompareSplitsSpec | LeaveOneOutSpec, emit: Emit, stop: StopToken) -> Photos:
    """The features of all photos of the job's manifest; photos that cannot be read are left out, and that is said.

    Raises:
        UserError: fewer than two classes have photos that can be read, or the recipe's network cannot be had.
        StorageError: a file cannot be read or written.
        Stopped: on request.
    """
    manifest = read_manifest(to_path(spec.manifest))
    source = source_of(spec.recipe, library_of(spec.library))
    gathered = gather(
        [Photo(path=photo.path, sha256=photo.sha256) for photo in manifest.photos],
        source,
        spec.recipe.input,
        features=to_path(spec.features),
        machine=to_path(spec.machine),
        emit=emit,
        stop=stop,
    )
    usable = _usable(manifest, gathered, emit)
    learning = _set_of([photo for photo in usable if photo.part != "test"], gathered)
    check_enough(learning.columns, manifest)
    test = _set_of([photo for photo in usable if photo.part == "test"], gathered)
    return Photos(manifest=manifest, source=source, learning=learning, test=test)


def _usable(manifest: Manifest, gathered: Gathered, emit: Emit) -> list[ManifestPhoto]:
    """The photos that have features; the user is told how many have not, and why."""
    lost = [photo for photo in manifest.photos if photo.sha256 in gathered.refused]
    if lost:
        first = gathered.refused[lost[0].sha256]
        emit(
            Notice(
                level="warning",
                text=f"{len(lost)} of {len(manifest.photos)} photos could not be read and were left out. "
                f"The first of them: {first.what}",
                advice=first.advice or "Check that the disk with the photos is connected.",
            )
        )
    return [photo for photo in manifest.photos if photo.sha256 not in gathered.refused]


def _set_of(photos: Sequence[ManifestPhoto], gathered: Gathered) -> FeatureSet:
    return FeatureSet(
        photos=tuple(photos),
        features=gathered.cache.read([photo.sha256 for photo in photos]),
        columns=np.array([photo.class_no for photo in photos], dtype=np.int32),
    )
