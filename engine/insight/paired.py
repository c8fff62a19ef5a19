"""Comparing models that were asked the same questions: paired resampling, and many tests at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import lgamma, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Draws = NDArray[np.float32]
RESAMPLES = 2000
# Of very many photos fewer samples are drawn, so that they fit in memory (numbers of four bytes), but no fewer than
# this: an interval so narrow needs no more.
_FEWEST_RESAMPLES, _MOST_DRAWN = 500, 40_000_000
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


def grouped_mcnemar(right: Bools, reference: Bools, groups: NDArray[np.int64]) -> float:
    """Two-sided p-value that two models are right equally often, where photos of a group say the same thing again.

    Under that hypothesis each group could as well have gone the other way round as a whole. If every photo is a group
    of its own, that is the exact McNemar test.

    Args:
        right, reference: (m,) whether each photo is answered right; groups: (m,) the group of each photo.
    Source: Fisher's randomization of signs, over groups (as in Good 2005, "Permutation, parametric and bootstrap tests
        of hypotheses", chapter 3); McNemar 1947 in its exact form.
    """
    group_of = np.unique(groups, return_inverse=True)[1]
    gained = right.astype(np.int64) - reference.astype(np.int64)
    won = np.rint(np.bincount(group_of, weights=gained)).astype(np.int64)
    sizes, total = np.abs(won[won != 0]), int(won.sum())
    if not total:
        return 1.0
    # Chance of each sum of the sizes of those groups that go one way, 0..all; singles are a binomial distribution.
    n_single, everything = int((sizes == 1).sum()), int(sizes.sum())
    chance = np.zeros(everything + 1)
    chance[: n_single + 1] = _coins(n_single)
    for size in sizes[sizes > 1]:
        chance[size:] = (chance[size:] + chance[:-size]) / 2
        chance[:size] /= 2
    distance = np.abs(2 * np.arange(everything + 1) - everything)
    return float(min(1.0, chance[distance >= abs(total)].sum()))


def grouped_draws(groups: NDArray[np.int64], *, seed: int = 0, n: int = RESAMPLES) -> Draws:
    """(n, m) how often each photo is in each of `n` samples of whole groups, as many groups as there are.

    Where that would be more than memory should hold, there are fewer samples.

    Whole numbers, held as float32 so that sums over photos are products of matrices; exact up to 16 million photos.

    Args:
        groups: (m,) the group of each photo; photos of one group are right or wrong together, so they are drawn so.
    Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 8 (resampling whole units).
    """
    group_of = np.unique(groups, return_inverse=True)[1]
    n_groups = int(group_of.max()) + 1
    rng = np.random.default_rng(seed)
    draws = np.empty((min(n, max(_FEWEST_RESAMPLES, _MOST_DRAWN // len(groups))), len(groups)), dtype=np.float32)
    for row in draws:
        row[:] = np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups)[group_of]
    return draws


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


def _coins(n: int) -> NDArray[np.float64]:
    """(n + 1,) chance of each number of heads of n coins."""
    logs = np.array([lgamma(at + 1) for at in range(n + 1)])
    return np.asarray(np.exp(logs[n] - logs - logs[::-1] - n * log(2)))


def _interval(values: NDArray[np.floating[Any]]) -> tuple[float, float]:
    low, high = np.quantile(values, _LEVELS)
    return float(low), float(high)
