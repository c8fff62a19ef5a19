"""The honest score beside the naive one: cross-validation with groups kept together, and with photos drawn singly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.base.stop import StopToken
from engine.data.folds import stratified_group_folds
from engine.nets.heads import normalise
from engine.recipe.head_cfg import LogisticCfg
from engine.train.head_fit import principal_basis
from engine.train.select import CrossValidation, cross_validate


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestAndNaive:
    """Both scores on the same photos.

    Args:
        rows: (m,) the photos that both ways held out once, rising.
        honest: (m,) bool, right by a model that saw none of the photo's group. naive: (m,) bool, right by a model that
            may have seen its relatives.
    """

    rows: NDArray[np.intp]
    honest: NDArray[np.bool_]
    naive: NDArray[np.bool_]


def honest_and_naive(
    features: NDArray[np.float32],
    labels: NDArray[np.int32],
    groups: NDArray[np.int64],
    n_classes: int,
    *,
    cfg: LogisticCfg,
    seed: int,
    stop: StopToken,
    on_fit: Callable[[], None] = lambda: None,
) -> HonestAndNaive:
    """Cross-validate twice with the same photos, strengths, number of folds and seed; only the folds differ.

    Args:
        features: (n, d) pooled, as a backbone gives them; labels: (n,) class numbers; groups: (n,) photos of equal
            number belong together.
        on_fit: called after each of the `2 * cfg.folds * len(cfg.strengths)` fits, from any thread.
    Raises:
        Stopped: between two fits.
    """
    basis = principal_basis(normalise(features))

    def validated(by: NDArray[np.int64]) -> CrossValidation:
        return cross_validate(
            basis,
            labels,
            stratified_group_folds(labels, by, n_folds=cfg.folds, seed=seed),
            n_classes,
            strengths=cfg.strengths,
            balanced=cfg.balanced,
            stop=stop,
            on_fit=on_fit,
        )

    kept, drawn = validated(groups), validated(np.arange(len(labels), dtype=np.int64))
    rows = np.intersect1d(kept.held_out, drawn.held_out)

    def right(cv: CrossValidation) -> NDArray[np.bool_]:
        at = np.searchsorted(cv.held_out, rows)
        return np.asarray(cv.logits[at].argmax(axis=1) == labels[rows])

    return HonestAndNaive(rows=rows, honest=right(kept), naive=right(drawn))
