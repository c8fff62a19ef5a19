"""Cross-validation of the head: which strength is best, and what each photo is called by a model that never saw it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from engine.base.stop import StopToken
from engine.data.folds import ALWAYS_TRAIN
from engine.nets.heads import log_softmax
from engine.train.head_fit import Basis, class_weights, fit, scores

# 1/5 .. 5: beyond that the scores are wrong, not merely too bold or too shy. 65 steps are 5 % apart.
TEMPERATURES = np.geomspace(0.2, 5.0, 65)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrengthScore:
    """How one strength did on held-out photos: mean cross entropy (classes weighted as in training) and accuracy."""

    strength: float
    log_loss: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossValidation:
    """The outcome.

    Args:
        tried: in the order of the strengths given.
        strength: the one of lowest log loss; the smaller on a tie.
        held_out: (m,) rows that some model had not seen, rising.
        folds: (m,) the fold of each, from 0.
        logits: (m, k) float32, their scores at `strength` from that model.
        temperature: fitted to `logits`; 1 if nothing was held out.
    """

    tried: tuple[StrengthScore, ...]
    strength: float
    held_out: NDArray[np.intp]
    folds: NDArray[np.int16]
    logits: NDArray[np.float32]
    temperature: float


def cross_validate(
    basis: Basis,
    labels: NDArray[np.int32],
    folds: NDArray[np.int16],
    n_classes: int,
    *,
    strengths: tuple[float, ...],
    balanced: bool,
    stop: StopToken,
    on_fit: Callable[[], None] = lambda: None,
) -> CrossValidation:
    """Each fold scored by a model fitted on the others, for every strength; strengths rise, each begins at the last.

    The principal axes come from all photos without their labels, which changes no solution (see `principal_basis`).

    Args:
        labels: (n,) class numbers of all rows of the basis; folds: (n,) from `stratified_group_folds`.
        strengths: at least one. If nothing can be held out, the middle one is taken.
        on_fit: called after each fit, from any thread.
    Raises:
        Stopped: between two fits.
    """
    rising = tuple(sorted(strengths))
    held_out = np.flatnonzero(folds != ALWAYS_TRAIN)
    if not len(held_out):
        nothing = np.zeros((0, n_classes), dtype=np.float32)
        middle = rising[len(rising) // 2]
        return CrossValidation(
            tried=(), strength=middle, held_out=held_out, folds=folds[held_out], logits=nothing, temperature=1.0
        )
    logits = np.zeros((len(rising), len(labels), n_classes), dtype=np.float32)

    def run_fold(fold: int) -> None:
        inside, outside = folds != fold, folds == fold
        rows, solution = basis.rows[inside], None
        for at, strength in enumerate(rising):
            stop.raise_if_set()
            solution = fit(rows, labels[inside], n_classes, strength=strength, balanced=balanced, start=solution)
            logits[at, outside] = scores(basis.rows[outside], solution)
            on_fit()

    in_parallel(run_fold, [int(fold) for fold in np.unique(folds[held_out])])
    truth = labels[held_out]
    weights = class_weights(truth, n_classes, balanced=balanced)
    tried = tuple(_score(strength, logits[at, held_out], truth, weights) for at, strength in enumerate(rising))
    best = min(range(len(tried)), key=lambda at: tried[at].log_loss)
    return CrossValidation(
        tried=tried,
        strength=rising[best],
        held_out=held_out,
        folds=folds[held_out],
        logits=logits[best, held_out],
        temperature=fit_temperature(logits[best, held_out], truth),
    )


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int32]) -> float:
    """The temperature in [0.2, 5] under which the labels are likeliest, to 5 %.

    Args:
        logits: (m, k) scores by a model that had not seen the photos, m >= 1; labels: (m,) class numbers.
    Source: Guo et al. 2017, "On calibration of modern neural networks", section 4.2.
    """
    at = np.arange(len(labels))
    losses = [-float(log_softmax(logits / t)[at, labels].mean()) for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def _score(
    strength: float, logits: NDArray[np.float32], truth: NDArray[np.int32], weights: NDArray[np.float64]
) -> StrengthScore:
    log_p = log_softmax(logits)[np.arange(len(truth)), truth]
    right = logits.argmax(axis=1) == truth
    return StrengthScore(
        strength=strength, log_loss=-float(weights @ log_p) / len(truth), accuracy=float(np.mean(right))
    )


def in_parallel(run: Callable[[int], None], folds: list[int]) -> None:
    """Folds on threads, each with single-threaded algebra: on matrices this small that is faster than the reverse."""
    n_threads = min(len(folds), os.cpu_count() or 1)
    with threadpool_limits(limits=1, user_api="blas"), ThreadPoolExecutor(n_threads) as pool:
        for done in [pool.submit(run, fold) for fold in folds]:
            done.result()
