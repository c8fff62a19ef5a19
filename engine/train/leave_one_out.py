"""Each group of photos in turn answered by a head that learned from all the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from engine.base.stop import StopToken
from engine.data.folds import stratified_group_folds
from engine.nets.heads import normalise
from engine.recipe.head_cfg import LogisticCfg
from engine.train.head_fit import Basis, fit, principal_basis, scores
from engine.train.select import cross_validate, in_parallel

NOT_ASKED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutAnswers:
    """What the heads said.

    Args:
        strength: at which all of them were fitted.
        answers: (n,) int32 class numbers; `NOT_ASKED` for photos of no group, and where nothing was left to learn from.
        taught: (n,) bool, whether any photo that the head learned from shows the photo's class.
        n_set_aside: (g,) photos of other groups that a head did not learn from either, because they are copies of its
            group's photos or of one burst with them.
    """

    strength: float
    answers: NDArray[np.int32]
    taught: NDArray[np.bool_]
    n_set_aside: NDArray[np.int64]


def n_fits(cfg: LogisticCfg, n_left: int) -> int:
    """How many fits `leave_one_out` makes at most: what a progress bar counts."""
    return cfg.folds * len(cfg.strengths) + n_left


def leave_one_out(
    features: NDArray[np.float32],
    labels: NDArray[np.int32],
    relatives: NDArray[np.int64],
    left: NDArray[np.int64],
    n_classes: int,
    *,
    cfg: LogisticCfg,
    seed: int,
    stop: StopToken,
    on_fit: Callable[[], None] = lambda: None,
) -> LeftOutAnswers:
    """Leave out each group, learn from the rest, answer the group.

    The strength is one for all, chosen by cross-validation on all photos whose folds part neither groups nor relatives:
    the only thing that a head knows of the photos it answers. No fit begins at a solution that has seen them.

    Args:
        features: (n, d) pooled, as a backbone gives them; labels: (n,) class numbers.
        relatives: (n,) photos of equal number (copies, bursts) never stand on both sides.
        left: (n,) number of the group that is left out with the photo, from 0 without gaps; -1 for none: such photos
            only teach.
        on_fit: called after each fit, from any thread.
    Raises:
        Stopped: between two fits.
    """
    basis = principal_basis(normalise(features))
    cv = cross_validate(
        basis,
        labels,
        stratified_group_folds(labels, joined(relatives, left), n_folds=cfg.folds, seed=seed),
        n_classes,
        strengths=cfg.strengths,
        balanced=cfg.balanced,
        stop=stop,
        on_fit=on_fit,
    )
    n_left = int(left.max(initial=-1)) + 1
    found = LeftOutAnswers(
        strength=cv.strength,
        answers=np.full(len(labels), NOT_ASKED, dtype=np.int32),
        taught=np.zeros(len(labels), dtype=np.bool_),
        n_set_aside=np.zeros(n_left, dtype=np.int64),
    )

    def without(number: int) -> None:
        stop.raise_if_set()
        _answer(found, basis, labels, relatives, left == number, number, n_classes, balanced=cfg.balanced)
        on_fit()

    in_parallel(without, list(range(n_left)))
    return found


def joined(relatives: NDArray[np.int64], left: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) equal numbers for photos that either of the two, or both in a chain, put together; -1 in `left` does not."""
    relative_of = np.unique(relatives, return_inverse=True)[1]
    n_relatives, grouped = int(relative_of.max(initial=-1)) + 1, left >= 0
    n = n_relatives + int(left.max(initial=-1)) + 1
    ends = (relative_of[grouped], n_relatives + left[grouped])
    _, component = connected_components(coo_array((np.ones(len(ends[0])), ends), shape=(n, n)), directed=False)
    return np.asarray(component[relative_of], dtype=np.int64)


def _answer(
    found: LeftOutAnswers,
    basis: Basis,
    labels: NDArray[np.int32],
    relatives: NDArray[np.int64],
    asked: NDArray[np.bool_],
    number: int,
    n_classes: int,
    *,
    balanced: bool,
) -> None:
    """The answers to one group are in `found`."""
    apart = np.isin(relatives, relatives[asked])
    found.n_set_aside[number] = int((apart & ~asked).sum())
    if apart.all():
        return
    solution = fit(basis.rows[~apart], labels[~apart], n_classes, strength=found.strength, balanced=balanced)
    found.answers[asked] = scores(basis.rows[asked], solution).argmax(axis=1)
    found.taught[asked] = np.isin(labels[asked], labels[~apart])
