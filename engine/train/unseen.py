"""What models that have not seen a photo say of it: heads and classifiers fitted anew without each fold in turn."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from engine.base.stop import StopToken
from engine.data.folds import ALWAYS_TRAIN, stratified_group_folds
from engine.nets.classic_scores import Estimator, scores
from engine.nets.heads import normalise, probabilities
from engine.predict.views import Probs
from engine.recipe.head_cfg import ClassicCfg, LogisticCfg
from engine.train.classic import fit_classic
from engine.train.head_fit import fit, head_of, principal_basis
from engine.train.quick import SMALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """`folds`: (n,) the fold of each photo, `ALWAYS_TRAIN` where no model is without it. `probs`: of each fold, what
    turns (m, d) features into (m, k) probabilities and has learned from none of its photos.
    """

    folds: NDArray[np.int16]
    probs: dict[int, Probs]


def unseen_heads(
    features: NDArray[np.float32],
    labels: NDArray[np.int32],
    groups: NDArray[np.int64],
    n_classes: int,
    *,
    cfg: LogisticCfg,
    strength: float,
    temperature: float,
    seed: int,
    stop: StopToken,
) -> Unseen:
    """Heads at a strength and a temperature that are known, on the folds that Quick was cross-validated on.

    Args:
        features: (n, d) pooled, as a backbone gives them; labels: (n,) columns; groups: (n,) as for Quick.
    Raises:
        Stopped: between two fits.
    """
    folds = stratified_group_folds(labels, groups, n_folds=cfg.folds, seed=seed)
    found: dict[int, Probs] = {}
    with threadpool_limits(limits=1, user_api="blas") if len(features) < SMALL else contextlib.nullcontext():
        basis = principal_basis(normalise(features))
        for fold in _numbers(folds):
            stop.raise_if_set()
            inside = folds != fold
            solution = fit(basis.rows[inside], labels[inside], n_classes, strength=strength, balanced=cfg.balanced)
            found[fold] = head_of(basis, solution, temperature).probs
    return Unseen(folds=folds, probs=found)


def unseen_classifiers(
    features: NDArray[np.float32],
    labels: NDArray[np.int32],
    groups: NDArray[np.int64],
    n_classes: int,
    *,
    cfg: ClassicCfg,
    temperature: float,
    seed: int,
    stop: StopToken,
    n_threads: int,
) -> Unseen:
    """The same for classic classifiers; a fold without which fewer than two classes are left has no model.

    Raises:
        Stopped: between two fits.
    """
    folds = stratified_group_folds(labels, groups, n_folds=cfg.folds, seed=seed)
    rows = normalise(features)
    found: dict[int, Probs] = {}
    for fold in _numbers(folds):
        stop.raise_if_set()
        inside = folds != fold
        if len(np.unique(labels[inside])) < 2:
            continue
        estimator = fit_classic(cfg, rows[inside], labels[inside], seed=seed, n_threads=n_threads)

        def probs(given: NDArray[np.float32], estimator: Estimator = estimator) -> NDArray[np.float32]:
            return probabilities(scores(estimator, normalise(given), n_classes), temperature)

        found[fold] = probs
    return Unseen(folds=folds, probs=found)


def _numbers(folds: NDArray[np.int16]) -> list[int]:
    return [int(fold) for fold in np.unique(folds) if fold != ALWAYS_TRAIN]
