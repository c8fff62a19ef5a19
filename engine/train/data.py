"""The photos of a training on a device: batches as they are learned from, and photos as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.recipe.training_cfg import AugmentCfg, TrainingCfg
from engine.train.augment import N_UP_FRONT, augment, mixed, up_front
from engine.train.losses import targets_of
from engine.train.sampler import epoch_order

# Photos stay on a GPU if they take no more than this share of its memory.
RESIDENT_SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Photos by their record in the pixels, (n,), with their classes, (n,)."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int32]


class Photos:
    """Pixels by record: on the device where they fit, else read from the memory map batch by batch.

    `changed_on`: the device on which photos are changed at random before they are learned from.

    Args:
        data: (r, side, side, 3) uint8.
    """

    def __init__(self, data: NDArray[np.uint8], device: torch.device) -> None:
        self._data = data
        self._device = device
        # Apple's library lacks some of the operations that changing photos takes.
        self.changed_on = torch.device("cpu") if device.type == "mps" else device
        self._resident: Tensor | None = None
        if device.type == "cuda":
            free, _ = torch.cuda.mem_get_info(device)
            if data.nbytes < RESIDENT_SHARE * free:
                self._resident = torch.from_numpy(np.ascontiguousarray(data)).to(device).permute(0, 3, 1, 2)

    def batch(self, rows: NDArray[np.int64], *, to_change: bool = False) -> Tensor:
        """(n, 3, side, side) uint8 on the device; `to_change`: on the one where photos are changed."""
        if self._resident is not None:
            return self._resident[torch.from_numpy(rows).to(self._device)].contiguous()
        found = torch.from_numpy(np.ascontiguousarray(self._data[rows]))
        device = self.changed_on if to_change else self._device
        return found.permute(0, 3, 1, 2).contiguous().to(device, non_blocking=True)

    def on_device(self, x: Tensor) -> Tensor:
        """The tensor on the device that learns."""
        return x.to(self._device)


class Training:
    """The training photos in the order and the versions of each epoch; every random number follows from the place."""

    def __init__(self, photos: Photos, labelled: Labelled, n_classes: int, cfg: TrainingCfg, seed: int) -> None:
        self._photos = photos
        self._labelled = labelled
        self._n_classes = n_classes
        self._cfg = cfg
        self._seed = seed
        self._n_versions = N_UP_FRONT if cfg.augment.up_front else 1

    @property
    def n_steps_per_epoch(self) -> int:
        """Batches of an epoch; the last one may be smaller."""
        return -(-len(self._labelled.rows) * self._n_versions // self._cfg.batch)

    def batches(self, epoch: int, first: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of an epoch (from 0) from the one numbered `first` on: photos, float32, and target shares."""
        order = epoch_order(
            self._labelled.columns,
            seed=self._seed,
            epoch=epoch,
            balanced=self._cfg.imbalance == "balanced_sampler",
            n_versions=self._n_versions,
        )
        for step in range(first, self.n_steps_per_epoch):
            items = order[step * self._cfg.batch : (step + 1) * self._cfg.batch]
            yield self._batch(items, place_seed(self._seed, epoch, step))

    def _batch(self, items: NDArray[np.int64], seed: int) -> tuple[Tensor, Tensor]:
        cfg: AugmentCfg = self._cfg.augment
        rng = torch.Generator().manual_seed(seed)
        chosen = items // self._n_versions
        pixels = self._photos.batch(self._labelled.rows[chosen], to_change=True)
        columns = torch.from_numpy(self._labelled.columns[chosen]).to(pixels.device)
        targets = targets_of(columns, self._n_classes, self._cfg.smoothing)
        versions = torch.from_numpy(items % self._n_versions)
        rows = torch.from_numpy(chosen)
        x, targets = as_learned(pixels, targets, cfg, rng, rows=rows, versions=versions, seed=self._seed)
        return self._photos.on_device(x), self._photos.on_device(targets)


def as_learned(
    photos: Tensor,
    targets: Tensor,
    cfg: AugmentCfg,
    rng: torch.Generator,
    *,
    rows: Tensor,
    versions: Tensor,
    seed: int,
) -> tuple[Tensor, Tensor]:
    """Photos and their targets as one step learns from them: all that `cfg` says, in order.

    Args:
        photos: (n, 3, side, side) uint8; targets: (n, k) shares that sum to 1.
        rows: (n,) which photo of the training each is; versions: (n,) which of its fixed versions it stands in, where
            photos stand in such; seed: of the training, by which these versions are drawn.
    Returns:
        (n, 3, side, side) float32 in 0..255, and (n, k).
    """
    if cfg.up_front:
        photos = up_front(photos, rows, versions, seed)
    return mixed(augment(photos, cfg, rng), targets, mixup=cfg.mixup, cutmix=cfg.cutmix, rng=rng)


def place_seed(seed: int, epoch: int, step: int) -> int:
    """A seed that only this place in this training has."""
    return int(np.random.SeedSequence([seed & 0xFFFF_FFFF, epoch, step]).generate_state(1, np.uint64)[0] >> 1)
