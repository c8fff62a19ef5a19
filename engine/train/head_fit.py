"""Fits the linear head: multinomial logistic regression with an L2 penalty, in numpy, without torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.insight.lbfgs import minimise
from engine.nets.heads import Head, log_softmax

# Directions with less than this share of the largest one's energy are rounding noise of the features.
SMALLEST_ENERGY = 1e-9
# Relative fall of the loss at which the optimiser stops: first to learn the curvature, then for the answer.
# FINE is close enough to the exact minimum for the probabilities a test compares with scikit-learn.
ROUGH = 1e-3
FINE = 3e-7
MAX_STEPS = 1000
# The score of a class without photos: never predicted, and still a number.
ABSENT_BIAS = -30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The features of a set of photos on their principal axes; exact, because the L2 penalty does not see rotations.

    Args:
        rows: (n, r) float32, one photo a row, r <= min(n, d).
        axes: (r, d) float64, orthonormal; `centre + rows @ axes` are the features again.
        centre: (d,) float64.
    """

    rows: NDArray[np.float32]
    axes: NDArray[np.float64]
    centre: NDArray[np.float64]


def principal_basis(features: NDArray[np.float32]) -> Basis:
    """The features on their principal axes, found from the smaller of the two Gram matrices.

    A fit there is exact for all rows and for any subset of them, and costs r instead of d columns.

    Args:
        features: (n, d), n >= 1.
    """
    x = np.asarray(features, dtype=np.float64)
    centre = x.mean(axis=0)
    x = x - centre
    n, d = x.shape
    energy, vectors = np.linalg.eigh(x @ x.T if n <= d else x.T @ x)
    kept = energy > max(float(energy[-1]), 1e-30) * SMALLEST_ENERGY
    energy, vectors = energy[kept][::-1], vectors[:, kept][:, ::-1]
    if n <= d:
        rows = vectors * np.sqrt(energy)
        axes = (vectors / np.sqrt(energy)).T @ x
    else:
        rows, axes = x @ vectors, vectors.T
    return Basis(rows=np.ascontiguousarray(rows, dtype=np.float32), axes=axes, centre=centre)


def class_weights(labels: NDArray[np.int32], n_classes: int, *, balanced: bool) -> NDArray[np.float64]:
    """(n,) weight of each photo; their mean is 1 and, if `balanced`, all classes that have photos sum to the same.

    Args:
        labels: (n,) class numbers in [0, n_classes).
    """
    if not balanced:
        return np.ones(len(labels))
    counts = np.bincount(labels, minlength=n_classes)
    return np.asarray(len(labels) / (np.count_nonzero(counts) * counts[labels]), dtype=np.float64)


def fit(
    rows: NDArray[np.float32],
    labels: NDArray[np.int32],
    n_classes: int,
    *,
    strength: float,
    balanced: bool,
    start: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The minimiser of `strength * sum(class weight * cross entropy) + |W|^2 / 2`; the bias is not penalised.

    A class without photos gets no weights and a bias so low that it is never predicted.

    Args:
        rows: (m, r) rows of a `Basis`; labels: (m,) their class numbers.
        start: (r + 1, k) an earlier solution to begin from, or None.
    Returns:
        (r + 1, k) weights on the principal axes; the last row is the bias.
    Source: Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", section 4.4.
    """
    present, columns = np.unique(labels, return_inverse=True)
    weights = strength * class_weights(labels, n_classes, balanced=balanced)
    problem = _Problem(rows=rows, columns=columns, weights=weights)
    solution = np.zeros((rows.shape[1] + 1, n_classes))
    solution[-1] = ABSENT_BIAS
    if start is None:
        begin = problem.minimise(np.zeros((rows.shape[1] + 1, len(present))), tolerance=ROUGH)
    else:
        begin = start[:, present]
        # A class that is new since then begins level with the others.
        begin[-1, begin[-1] <= ABSENT_BIAS] = 0.0
    solution[:, present] = problem.minimise(begin, tolerance=FINE)
    solution[-1, present] -= solution[-1, present].mean()
    return solution


def scores(rows: NDArray[np.float32], solution: NDArray[np.float64]) -> NDArray[np.float32]:
    """(n, k) class scores of (n, r) rows under a (r + 1, k) solution."""
    narrow = solution.astype(np.float32)
    return np.asarray(rows @ narrow[:-1] + narrow[-1])


def head_of(basis: Basis, solution: NDArray[np.float64], temperature: float) -> Head:
    """The solution as a map from features instead of principal axes."""
    weights = basis.axes.T @ solution[:-1]
    bias = solution[-1] - basis.centre @ weights
    return Head(weights=weights.astype(np.float32), bias=bias.astype(np.float32), temperature=temperature)


def solution_of(basis: Basis, head: Head) -> NDArray[np.float64]:
    """(r + 1, k) what of the head the principal axes can express: where to begin a fit on other photos."""
    weights = head.weights.astype(np.float64)
    bias = head.bias + basis.centre @ weights
    return np.concatenate([basis.axes @ weights, bias[None]])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """One minimisation: (m, r) rows, (m,) columns of their classes, (m,) weights of their cross entropies."""

    rows: NDArray[np.float32]
    columns: NDArray[np.intp]
    weights: NDArray[np.float64]

    def minimise(self, begin: NDArray[np.float64], *, tolerance: float) -> NDArray[np.float64]:
        """(r + 1, k) solution, reached from `begin`; `tolerance` as in `lbfgs.minimise`.

        Every variable is measured in units of the loss's curvature at `begin`. Principal axes are nearly uncorrelated,
        so in these units all directions are alike, which halves the number of steps.
        """
        unit = 1.0 / np.sqrt(self._curvature(begin))

        def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            value, gradient = self._loss(flat.reshape(unit.shape) * unit)
            return value, (gradient * unit).ravel()

        found = minimise(loss, (begin / unit).ravel(), tolerance=tolerance, max_steps=MAX_STEPS)
        return np.asarray(found.reshape(unit.shape) * unit)

    def _loss(self, w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Loss and its (r + 1, k) gradient."""
        at = np.arange(len(self.rows))
        log_p = log_softmax(scores(self.rows, w))
        value = 0.5 * float(np.sum(w[:-1] ** 2)) - float(self.weights @ log_p[at, self.columns])
        error = np.exp(log_p)
        error[at, self.columns] -= 1.0
        error *= self.weights[:, None]
        slope = self.rows.T @ error.astype(np.float32)
        return value, np.concatenate([slope + w[:-1], error.sum(axis=0)[None]])

    def _curvature(self, w: NDArray[np.float64]) -> NDArray[np.float64]:
        """(r + 1, k) diagonal of the second derivative at `w`, features and residuals taken as independent."""
        p = np.exp(log_softmax(scores(self.rows, w)))
        spread = self.weights @ (p * (1.0 - p))
        energy = np.mean(np.square(self.rows, dtype=np.float64), axis=0)
        return np.concatenate([1.0 + energy[:, None] * spread, spread[None] + 1e-6])
