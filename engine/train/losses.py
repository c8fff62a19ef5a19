"""The loss of a batch, and what is done in it about classes of different size."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.recipe.training_cfg import TrainingCfg


def class_weights(columns: NDArray[np.int32], n_classes: int) -> Tensor:
    """(k,) weights: n / (k * photos of the class), so that classes weigh alike and photos weigh one on average.

    A class without photos weighs one.
    """
    counts = np.bincount(columns, minlength=n_classes)
    n_present = np.count_nonzero(counts)
    weights = np.ones(n_classes)
    weights[counts > 0] = len(columns) / (n_present * counts[counts > 0])
    return torch.from_numpy(weights.astype(np.float32))


def targets_of(columns: Tensor, n_classes: int, smoothing: float) -> Tensor:
    """(n, k) shares that sum to 1: the true class, with `smoothing` spread over all.

    Source: Szegedy et al. 2016, "Rethinking the Inception architecture", section 7.
    """
    exact = functional.one_hot(columns.long(), n_classes).float()
    return exact * (1 - smoothing) + smoothing / n_classes


def loss_of(logits: Tensor, targets: Tensor, cfg: TrainingCfg, weights: Tensor | None) -> Tensor:
    """The mean loss of a batch, a scalar.

    Cross entropy against shares; with class weights each photo weighs as its target's classes do. Focal: each photo's
    term times (1 - p) ** gamma, p the probability of its target (Lin et al. 2017, equation 5).

    Args:
        logits: (n, k); targets: (n, k) shares; weights: (k,) or None.
    """
    log_p = functional.log_softmax(logits.float(), dim=1)
    terms = -(targets * log_p)
    if cfg.imbalance == "focal":
        terms = terms * (1 - log_p.exp()) ** cfg.focal_gamma
    if weights is None:
        return terms.sum(dim=1).mean()
    return (terms * weights).sum(dim=1).mean()
