"""Comparing models that were asked the same questions: paired resampling, and many tests at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Draws = NDArray[np.float32]
RESAMPLES = 2000
_LEVELS = (0.025, 0.975)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p-values of several tests, each raised so that one false alarm among all of them stays as rare as claimed.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    n = len(p_values)
    order = sorted(range(n), key=lambda at: p_values[at])
    adjusted = [0.0] * n
    largest = 0.0
    for place, at in enumerate(order):
        largest = max(largest, min(1.0, (n - place) * p_values[at]))
        adjusted[at] = largest
    return tuple(adjusted)


def grouped_draws(groups: NDArray[np.int64], *, seed: int = 0, n: int = RESAMPLES) -> Draws:
    """(n, m) how often each photo is in each of `n` samples of whole groups, as many groups as there are.

    Whole numbers, held as float32 so that sums over photos are products of matrices; exact up to 16 million photos.

    Args:
        groups: (m,) the group of each photo; photos of one group are right or wrong together, so they are drawn so.
    Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 8 (resampling whole units).
    """
    group_of = np.unique(groups, return_inverse=True)[1]
    n_groups = int(group_of.max()) + 1
    rng = np.random.default_rng(seed)
    times = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=n)
    return times.astype(np.float32)[:, group_of]


def share_interval(right: Bools, draws: Draws) -> tuple[float, float]:
    """95 % interval of the share that is right, by percentiles over the samples of `grouped_draws`."""
    return _interval((draws @ right.astype(np.float32)) / draws.sum(axis=1))


def difference_interval(right: Bools, reference: Bools, draws: Draws) -> tuple[float, float]:
    """95 % interval of the difference of two shares on the same photos, by percentiles over the same samples."""
    gained = right.astype(np.float32) - reference.astype(np.float32)
    return _interval((draws @ gained) / draws.sum(axis=1))


def statistic_interval(values: NDArray[np.floating[Any]]) -> tuple[float, float]:
    """95 % interval from a statistic's values over samples; those that are not numbers do not count."""
    return _interval(values[np.isfinite(values)])


def corrected_resampled_t(differences: Sequence[float], *, test_share: float) -> float:
    """Two-sided p-value that two models are equally good, from the differences of their scores in each fold.

    Folds share most of their training photos, so their differences are alike and a plain t-test finds what is not
    there; the variance is raised for that.

    Args:
        differences: one a fold (of every repetition); at least 2. test_share: test photos per training photo in a fold,
            1 / (k - 1) for k folds.
    Source: Nadeau and Bengio 2003, "Inference for the generalization error" (Machine Learning 52), equation 9.
    """
    values = np.asarray(differences, dtype=np.float64)
    n = len(values)
    if n < 2:
        raise ValueError("one fold has no spread")
    variance = float(values.var(ddof=1))
    mean = float(values.mean())
    if variance == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return student_two_sided(mean / sqrt((1 / n + test_share) * variance), n - 1)


def student_two_sided(t: float, df: int) -> float:
    """Chance of a value at least as far from 0 as `t` under Student's distribution with `df` whole degrees of freedom.

    Source: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4 (finite series for whole degrees of freedom).
    """
    theta = float(np.arctan2(abs(t), sqrt(df)))
    cos, sin = float(np.cos(theta)), float(np.sin(theta))
    if df % 2:
        term, total = cos, 0.0
        for k in range(1, (df - 1) // 2 + 1):
            total += term
            term *= cos * cos * 2 * k / (2 * k + 1)
        inside = 2 / np.pi * (theta + sin * total)
    else:
        term, total = 1.0, 0.0
        for k in range(1, df // 2 + 1):
            total += term
            term *= cos * cos * (2 * k - 1) / (2 * k)
        inside = sin * total
    return float(min(1.0, max(0.0, 1.0 - inside)))


def _interval(values: NDArray[np.floating[Any]]) -> tuple[float, float]:
    low, high = np.quantile(values, _LEVELS)
    return float(low), float(high)
