"""A small model that learns how far to believe each of several models in each class: stacking, in numpy alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.insight.lbfgs import Vector, minimise

N_FOLDS = 5
# Tried from the strongest on, each begun at the solution of the one before. One is a stack that hardly moves from the
# plain pool; at a thousandth the photos alone decide.
PENALTIES = (1.0, 0.1, 0.01, 0.001)
# The strength is chosen on so many photos at most; the stack itself is fitted to all.
_MOST_CHOOSING = 4000
# A probability below this is rounding.
_LEAST = 1e-7
_TOLERANCE, _MAX_STEPS = 1e-6, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The score of a class is what the members' log-probabilities of it add up to, weighted, and a bias of its own.

    Args:
        weights: (m, k), how far each member is believed in each class. bias: (k,). penalty: the strength of its L2.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    penalty: float

    def probs(self, members: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, k) of the (m, n, k) probabilities of the members; rows sum to 1."""
        return np.exp(_log_probs(_logs(members), self.weights, self.bias))


def fit_stack(members: NDArray[np.float64], columns: NDArray[np.int64], groups: NDArray[np.int64]) -> Stack:
    """Multinomial logistic regression on log-probabilities, with an L2 penalty on what parts it from the plain pool.

    The plain pool believes all members alike (their geometric mean), so that few photos cannot lead far from it. The
    strength is chosen by cross-validation over groups.

    Args:
        members: (m, n, k) probabilities by models that had not seen the photos. columns: (n,) of the labels.
        groups: (n,) photos of one group are never on both sides of a fold.
    Raises:
        ValueError: there are fewer than two groups.
    Source: Wolpert 1992, "Stacked generalization"; Breiman 1996, "Stacked regressions"; that a class is scored by its
        own probabilities alone: Seewald 2002, "How to make stacking better and faster".
    """
    logs = _logs(members)
    penalty = _chosen_penalty(logs, columns, groups)
    *_, (weights, bias) = _path(logs, columns, PENALTIES[: PENALTIES.index(penalty) + 1])
    return Stack(weights=weights, bias=bias, penalty=penalty)


def group_folds(groups: NDArray[np.int64], *, n_folds: int = N_FOLDS, seed: int = 0) -> NDArray[np.int64]:
    """(n,) the fold of each photo, 0 to `n_folds` - 1 at most; whole groups, dealt out so that folds are alike in size.

    Raises:
        ValueError: there are fewer than two groups.
    """
    _, group_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        raise ValueError("photos of one group alone cannot be divided")
    shuffled = np.random.default_rng(seed).permutation(len(sizes))
    filled = np.zeros(min(n_folds, len(sizes)), dtype=np.int64)
    fold_of = np.zeros(len(sizes), dtype=np.int64)
    for group in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold_of[group] = filled.argmin()
        filled[fold_of[group]] += sizes[group]
    return np.asarray(fold_of[group_of], dtype=np.int64)


def _chosen_penalty(logs: NDArray[np.float64], columns: NDArray[np.int64], groups: NDArray[np.int64]) -> float:
    """The one under which photos of left-out folds are likeliest; the stronger on a tie."""
    folds = group_folds(groups, n_folds=max(N_FOLDS, N_FOLDS * len(columns) // _MOST_CHOOSING))
    some = folds < N_FOLDS
    logs, columns, folds = logs[:, some], columns[some], folds[some]
    losses = np.zeros(len(PENALTIES))
    for fold in np.unique(folds):
        inside, outside = folds != fold, folds == fold
        for at, (weights, bias) in enumerate(_path(logs[:, inside], columns[inside], PENALTIES)):
            losses[at] += _loss(_log_probs(logs[:, outside], weights, bias), columns[outside]) * outside.sum()
    return PENALTIES[int(losses.argmin())]


def _path(
    logs: NDArray[np.float64], columns: NDArray[np.int64], penalties: tuple[float, ...]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Weights (m, k) and bias (k,) at each penalty, each found from the one before."""
    m, n, k = logs.shape
    pool = np.concatenate([np.full(m * k, 1 / m), np.zeros(k)])
    truth = np.zeros((n, k))
    truth[np.arange(n), columns] = 1.0
    point = pool
    for penalty in penalties:

        def objective(at: Vector, penalty: float = penalty) -> tuple[float, Vector]:
            found = _log_probs(logs, at[: m * k].reshape(m, k), at[m * k :])
            excess = (np.exp(found) - truth) / n
            slope = np.concatenate([(logs * excess).sum(axis=1).ravel(), excess.sum(axis=0)])
            moved = at - pool
            return _loss(found, columns) + penalty / 2 * float(moved @ moved), slope + penalty * moved

        point = minimise(objective, point, tolerance=_TOLERANCE, max_steps=_MAX_STEPS)
        yield point[: m * k].reshape(m, k), point[m * k :]


def _logs(members: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log(np.maximum(members, _LEAST)), dtype=np.float64)


def _log_probs(
    logs: NDArray[np.float64], weights: NDArray[np.float64], bias: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(n, k) logarithms that rows of probabilities have."""
    scores = (logs * weights[:, None, :]).sum(axis=0) + bias
    scores -= scores.max(axis=1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), dtype=np.float64)


def _loss(log_probs: NDArray[np.float64], columns: NDArray[np.int64]) -> float:
    return float(-log_probs[np.arange(len(columns)), columns].mean())
