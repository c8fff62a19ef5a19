"""Photos are judged as they are, in as large portions as memory allows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from engine.base.errors import Stopped
from engine.train.data import Labelled, Photos
from engine.train.judge import judge, logits_of

PIXELS = np.random.default_rng(0).integers(0, 256, (150, 4, 4, 3), dtype=np.uint8)
PHOTOS = Photos(PIXELS, torch.device("cpu"))
ROWS = np.arange(150)[::-1].copy()


class Corner(nn.Module):
    """Its answers are the first pixel, or rather those of the first and the last row of a photo."""

    def __init__(self, at_most: int = 1000) -> None:
        super().__init__()
        self.at_most = at_most
        self.seen: list[int] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if len(x) > self.at_most:
            raise torch.OutOfMemoryError("out of memory")
        self.seen.append(len(x))
        return x[:, :, 0, 0].float()


def test_each_photo_is_answered_for_by_its_own_pixels_in_the_order_asked_for() -> None:
    found = logits_of(Corner(), PHOTOS, ROWS, 3, mirrored=False)
    assert np.array_equal(found, PIXELS[ROWS, 0, 0].astype(np.float32))


def test_mirrored_is_the_mean_of_both() -> None:
    found = logits_of(Corner(), PHOTOS, ROWS, 3, mirrored=True)
    assert np.allclose(found, (PIXELS[ROWS, 0, 0].astype(float) + PIXELS[ROWS, 0, 3]) / 2)


def test_where_memory_is_short_fewer_photos_are_looked_at_at_once() -> None:
    small = Corner(at_most=20)
    found = logits_of(small, PHOTOS, ROWS, 3, mirrored=False)
    assert np.array_equal(found, PIXELS[ROWS, 0, 0].astype(np.float32))
    assert max(small.seen) == 16
    with pytest.raises(torch.OutOfMemoryError):
        logits_of(Corner(at_most=0), PHOTOS, ROWS, 3, mirrored=False)


def test_a_request_is_heard_before_each_portion() -> None:
    network, left = Corner(), iter([True, True, False])

    def heed() -> None:
        if not next(left):
            raise Stopped

    with pytest.raises(Stopped):
        logits_of(network, PHOTOS, ROWS, 3, mirrored=False, heed=heed)
    assert len(network.seen) == 2


def test_numbers_are_the_plain_ones() -> None:
    logits = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.6, 0.2, 0.2]], dtype=np.float32))
    found = judge(logits, Labelled(rows=np.arange(3), columns=np.array([0, 1, 2], dtype=np.int32)))
    assert found.loss == pytest.approx(-np.log([0.5, 0.8, 0.2]).mean(), abs=1e-6)
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.macro_f1 == pytest.approx((2 / 3 + 1 + 0) / 3)
