"""Job: some photos as a training sees them, changed by the very functions that change them there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from engine.base.errors import UserError
from engine.base.events import Emit, ResultReady
from engine.base.fspath import to_path
from engine.base.meter import Meter
from engine.base.stop import StopToken
from engine.data.augment_preview import AugmentPreview, write_preview
from engine.jobs.spec import PreviewAugmentSpec
from engine.predict.features import Photo
from engine.train.augment import N_UP_FRONT
from engine.train.data import as_learned, place_seed
from engine.train.pixels import decode_all

READING = "Reading photos"
# Larger pictures are drawn at the size of the training and shown at this one.
MOST_SIDE = 256


def run(spec: PreviewAugmentSpec, emit: Emit, stop: StopToken) -> None:
    """`spec.out` holds the photos and their changes.

    Raises:
        UserError: none of the photos can be read.
        StorageError: a file cannot be read or written.
        Stopped: between two photos.
    """
    pixels = decode_all(
        to_path(spec.pixels),
        [Photo(path=photo.path, sha256=photo.sha256) for photo in spec.photos],
        spec.input,
        Meter(emit, READING, len(spec.photos)),
        stop,
    )
    photos = [photo for photo in spec.photos if photo.sha256 in pixels.row_of]
    if not photos:
        raise UserError("None of these photos can be read.", advice="Check that the disk with the photos is connected.")
    data = np.stack([pixels.data[pixels.row_of[photo.sha256]] for photo in photos])
    seen = torch.from_numpy(data).permute(0, 3, 1, 2).contiguous()
    versions = []
    for number in range(spec.n_drawn):
        stop.raise_if_set()
        versions.append(_drawn(seen, spec, number))
    preview = AugmentPreview(
        photo_ids=np.array([photo.photo_id for photo in photos], dtype=np.int64),
        seen=_pictures(seen),
        drawn=np.stack([_pictures(x) for x, _ in versions], axis=1),
        shares=np.stack([targets.numpy() for _, targets in versions], axis=1),
    )
    write_preview(to_path(spec.out), preview)
    emit(ResultReady(kind="augment_preview", path=spec.out))


def _drawn(seen: Tensor, spec: PreviewAugmentSpec, number: int) -> tuple[Tensor, Tensor]:
    """The photos as one step learns from them, each being a class of its own, so that targets tell who was mixed in."""
    n = len(seen)
    return as_learned(
        seen,
        torch.eye(n),
        spec.augment,
        torch.Generator().manual_seed(place_seed(spec.seed, 0, number)),
        rows=torch.arange(n),
        versions=torch.full((n,), number % N_UP_FRONT),
        seed=spec.seed,
    )


def _pictures(photos: Tensor) -> NDArray[np.uint8]:
    """(n, side, side, 3) uint8 of (n, 3, side, side) photos of any number type, no larger than `MOST_SIDE`."""
    whole = photos.round().clamp(0, 255) if photos.is_floating_point() else photos
    found = whole.to(torch.uint8).permute(0, 2, 3, 1).contiguous().numpy()
    return found if found.shape[1] <= MOST_SIDE else np.stack(_smaller(found))


def _smaller(photos: NDArray[np.uint8]) -> Sequence[NDArray[np.uint8]]:
    size = (MOST_SIDE, MOST_SIDE)
    return [np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.BOX)) for photo in photos]
