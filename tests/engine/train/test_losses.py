"""Losses are those of their papers, and what is done about imbalance does it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from engine.recipe.training_cfg import TrainingCfg
from engine.train.losses import class_weights, loss_of, targets_of
from engine.train.sampler import epoch_order

LOGITS = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
COLUMNS = torch.tensor([0, 1, 2, 3, 1, 1])


def test_plain_loss_is_torch_s_cross_entropy() -> None:
    found = loss_of(LOGITS, targets_of(COLUMNS, 4, 0.0), TrainingCfg(imbalance="none"), None)
    assert found == pytest.approx(float(functional.cross_entropy(LOGITS, COLUMNS)))


def test_smoothing_is_torch_s_too() -> None:
    found = loss_of(LOGITS, targets_of(COLUMNS, 4, 0.1), TrainingCfg(), None)
    assert found == pytest.approx(float(functional.cross_entropy(LOGITS, COLUMNS, label_smoothing=0.1)))


def test_focal_loss_with_gamma_0_is_cross_entropy_and_cares_less_for_the_easy() -> None:
    targets = targets_of(COLUMNS, 4, 0.0)
    plain = float(functional.cross_entropy(LOGITS, COLUMNS))
    assert loss_of(LOGITS, targets, TrainingCfg(imbalance="focal", focal_gamma=0.0), None) == pytest.approx(plain)
    easy = torch.eye(4)[COLUMNS] * 6
    share = loss_of(easy, targets, TrainingCfg(imbalance="focal"), None) / loss_of(easy, targets, TrainingCfg(), None)
    hard = loss_of(-easy, targets, TrainingCfg(imbalance="focal"), None) / loss_of(-easy, targets, TrainingCfg(), None)
    assert share < 0.01
    assert hard > 0.9


def test_weights_give_every_class_the_same_sum_and_the_photos_the_mean_one() -> None:
    columns = np.array([0] * 12 + [1] * 4 + [3] * 2, dtype=np.int32)
    weights = class_weights(columns, 5).numpy()
    assert weights[0] * 12 == pytest.approx(weights[1] * 4) == pytest.approx(weights[3] * 2)
    assert weights[columns].mean() == pytest.approx(1.0)
    assert weights[[2, 4]].tolist() == [1.0, 1.0], "classes without photos weigh one"


def test_a_balanced_epoch_draws_classes_alike_and_a_plain_one_every_photo_once() -> None:
    columns = np.array([0] * 300 + [1] * 60 + [2] * 6, dtype=np.int32)
    plain = epoch_order(columns, seed=0, epoch=0, balanced=False)
    assert sorted(plain) == list(range(366))
    drawn = columns[epoch_order(columns, seed=0, epoch=0, balanced=True)]
    assert len(drawn) == 366
    assert np.bincount(drawn) == pytest.approx([122] * 3, abs=30)


def test_each_epoch_has_its_own_order_and_the_same_one_every_time() -> None:
    columns = np.zeros(50, dtype=np.int32)
    orders = [epoch_order(columns, seed=4, epoch=epoch, balanced=False, n_versions=2) for epoch in (0, 0, 1)]
    assert np.array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[0], orders[2])
    assert sorted(orders[0]) == list(range(100))
