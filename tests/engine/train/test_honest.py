"""Honest beside naive: copies flatter a naive score, and where there are none both agree."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.base.errors import Stopped
from engine.base.stop import StopToken
from engine.insight.honesty import Honesty, honesty
from engine.recipe.head_cfg import LogisticCfg
from engine.train.honest import honest_and_naive

CFG = LogisticCfg(strengths=(0.1, 1.0), folds=5)


def compared(n_groups: int, copies: int, *, signal: float, seed: int = 0) -> Honesty:
    """Photos in groups of `copies` that are nearly equal; classes differ by `signal`, photos by much else."""
    rng = np.random.default_rng(seed)
    labels = np.tile(np.arange(4), n_groups // 4).astype(np.int32)
    own: NDArray[np.float64] = rng.normal(size=(len(labels), 64))
    own[np.arange(len(labels)), labels] += signal
    features = np.repeat(own, copies, axis=0) + rng.normal(size=(len(labels) * copies, 64)) * 0.05
    groups = np.repeat(np.arange(len(labels)), copies)
    labels = np.repeat(labels, copies)
    found = honest_and_naive(
        features.astype(np.float32), labels, groups.astype(np.int64), 4, cfg=CFG, seed=1, stop=StopToken()
    )
    assert len(found.rows) == len(labels)
    return honesty(found.honest, found.naive, groups[found.rows])


def test_copies_make_the_naive_score_a_lie_and_that_is_said() -> None:
    found = compared(80, 6, signal=0.5)
    assert found.naive > 0.95
    assert found.honest < 0.6
    assert found.n_grouped == found.n == 480
    assert found.n_groups == 80
    assert found.honest_ci95[0] < found.honest < found.honest_ci95[1] < found.naive_ci95[0]
    assert found.p_value < 0.001
    assert "quote the honest score" in found.verdict


def test_without_groups_both_agree() -> None:
    found = compared(400, 1, signal=2.0)
    assert found.naive == found.honest
    assert found.n_grouped == 0
    assert found.verdict.startswith("No photo has relatives")


def test_harmless_groups_are_not_accused() -> None:
    found = compared(120, 2, signal=15.0)
    assert found.p_value >= 0.05
    assert "no more than chance" in found.verdict


def test_it_can_be_stopped() -> None:
    stop = StopToken()
    stop.request()
    features = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    labels = np.tile(np.arange(2), 10).astype(np.int32)
    with pytest.raises(Stopped):
        honest_and_naive(features, labels, np.arange(20), 2, cfg=CFG, seed=0, stop=stop)
