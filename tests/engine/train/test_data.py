"""Where the photos of a training are changed, and where they arrive."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.recipe.training_cfg import TrainingCfg
from engine.train import data
from engine.train.data import Labelled, Photos, Training

PIXELS = np.arange(6 * 16 * 16 * 3, dtype=np.uint8).reshape(6, 16, 16, 3)
LABELLED = Labelled(rows=np.arange(6), columns=np.array([0, 1, 0, 1, 0, 1], dtype=np.int32))


def test_for_an_apple_gpu_photos_are_changed_on_the_cpu_and_then_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[torch.device] = []

    def moving(photos: Photos, x: torch.Tensor) -> torch.Tensor:
        moved.append(photos._device)
        return x

    apple = torch.device("mps")
    monkeypatch.setattr(data.Photos, "on_device", moving)
    on_cpu, on_apple = (
        next(Training(Photos(PIXELS, device), LABELLED, 2, TrainingCfg(batch=4), seed=3).batches(0, 0))
        for device in (torch.device("cpu"), apple)
    )
    assert moved[2:] == [apple, apple]
    assert all(torch.equal(one, other) for one, other in zip(on_cpu, on_apple, strict=True))
