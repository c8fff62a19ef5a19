"""Quick training: from features and labels to a head, its strength and its out-of-fold answers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from engine.base.stop import StopToken
from engine.data.folds import stratified_group_folds
from engine.nets.heads import Head, normalise
from engine.recipe.head_cfg import LogisticCfg
from engine.train.head_fit import fit, head_of, principal_basis, solution_of
from engine.train.select import CrossValidation, cross_validate

# Below this many photos threads inside the algebra cost more than they bring.
SMALL = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an earlier model already settled: its strength, and its head with columns moved to the new classes."""

    strength: float
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickModel:
    """The final head, fitted on all photos given, and the cross-validation that chose its strength."""

    head: Head
    cv: CrossValidation


def n_fits(cfg: LogisticCfg, known: Known | None) -> int:
    """How many fits `train_quick` makes at most: what a progress bar counts."""
    return cfg.folds * (len(cfg.strengths) if known is None else 1) + 1


def train_quick(
    features: NDArray[np.float32],
    labels: NDArray[np.int32],
    groups: NDArray[np.int64],
    n_classes: int,
    *,
    cfg: LogisticCfg,
    seed: int,
    stop: StopToken,
    known: Known | None = None,
    on_fit: Callable[[], None] = lambda: None,
) -> QuickModel:
    """Choose the strength by cross-validation unless it is known, then fit the head on everything.

    Args:
        features: (n, d) pooled, as a backbone gives them; labels: (n,) class numbers; groups: (n,) photos of equal
            number stay on one side of every fold.
        known: from an earlier model; its head is where the final fit begins, which saves time and changes nothing else.
        on_fit: called after each fit, from any thread.
    Raises:
        Stopped: between two fits.
    """
    with threadpool_limits(limits=1, user_api="blas") if len(features) < SMALL else contextlib.nullcontext():
        basis = principal_basis(normalise(features))
        cv = cross_validate(
            basis,
            labels,
            stratified_group_folds(labels, groups, n_folds=cfg.folds, seed=seed),
            n_classes,
            strengths=cfg.strengths if known is None else (known.strength,),
            balanced=cfg.balanced,
            stop=stop,
            on_fit=on_fit,
        )
        stop.raise_if_set()
        start = None if known is None else solution_of(basis, known.head)
        solution = fit(basis.rows, labels, n_classes, strength=cv.strength, balanced=cfg.balanced, start=start)
        on_fit()
    return QuickModel(head=head_of(basis, solution, cv.temperature), cv=cv)
