"""Tests for differences between models agree with reference implementations, and know what goes together."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.insight.before_after import mcnemar
from engine.insight.paired import (
    corrected_resampled_t,
    difference_interval,
    grouped_draws,
    grouped_mcnemar,
    holm,
    share_interval,
    student_two_sided,
)

p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(p_lists)
def test_holm_is_that_of_statsmodels(p_values: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])


@settings(max_examples=40, deadline=None)
@given(st.floats(-40, 40), st.integers(1, 60))
def test_student_is_that_of_scipy(t: float, df: int) -> None:
    from scipy.stats import t as student

    assert student_two_sided(t, df) == pytest.approx(2 * student.sf(abs(t), df), abs=1e-9)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_that_of_statsmodels(gained: int, lost: int) -> None:
    from statsmodels.stats.contingency_tables import mcnemar as reference

    if gained + lost:
        assert mcnemar(gained, lost) == pytest.approx(reference([[5, gained], [lost, 5]], exact=True).pvalue)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 9))
def test_the_test_over_groups_of_one_photo_is_mcnemar_s(gained: int, lost: int, both: int) -> None:
    right = np.array([True] * gained + [False] * lost + [True] * both, dtype=bool)
    reference = np.array([False] * gained + [True] * lost + [True] * both, dtype=bool)
    singly = np.arange(len(right))
    assert grouped_mcnemar(right, reference, singly) == pytest.approx(mcnemar(gained, lost))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=1, max_size=8))
def test_a_group_goes_one_way_or_the_other_as_a_whole(won: list[int]) -> None:
    groups = np.array([at for at, n in enumerate(won) for _ in range(abs(n))], dtype=np.int64)
    right = np.array([won[at] > 0 for at in groups], dtype=bool)
    ways = [abs(sum(signs)) >= abs(sum(won)) for signs in product(*((n, -n) for n in won))]
    found = grouped_mcnemar(right, ~right, groups) if len(groups) else 1.0
    assert found == pytest.approx(sum(ways) / len(ways))


def test_without_sharing_the_corrected_test_is_the_paired_t_test() -> None:
    from scipy.stats import ttest_1samp

    differences = [0.02, 0.05, -0.01, 0.03, 0.04]
    plain = float(ttest_1samp(differences, 0).pvalue)
    assert corrected_resampled_t(differences, test_share=0.0) == pytest.approx(plain)
    assert corrected_resampled_t(differences, test_share=0.25) > plain, "folds that share photos say less"
    assert corrected_resampled_t([0.0, 0.0], test_share=0.25) == 1.0
    with pytest.raises(ValueError, match="one fold"):
        corrected_resampled_t([0.1], test_share=0.25)


def test_the_interval_of_single_photos_is_that_of_scipy_s_bootstrap() -> None:
    from scipy.stats import bootstrap

    right = np.random.default_rng(1).random(150) < 0.7
    low, high = share_interval(right, grouped_draws(np.arange(150)))
    reference = bootstrap((right.astype(float),), np.mean, method="percentile", n_resamples=4000, rng=2)
    assert (low, high) == pytest.approx(tuple(reference.confidence_interval), abs=0.02)


def test_photos_that_go_together_make_the_interval_wider() -> None:
    right = np.repeat(np.random.default_rng(2).random(30) < 0.6, 8)
    singly = share_interval(right, grouped_draws(np.arange(240)))
    together = share_interval(right, grouped_draws(np.repeat(np.arange(30), 8)))
    assert together[1] - together[0] > 1.8 * (singly[1] - singly[0])


def test_a_difference_is_measured_on_the_same_photos() -> None:
    rng = np.random.default_rng(3)
    base = rng.random(400) < 0.5
    better = base | (rng.random(400) < 0.1)
    low, high = difference_interval(better, base, grouped_draws(np.arange(400)))
    assert 0 < low < better.mean() - base.mean() < high
    alone = share_interval(better, grouped_draws(np.arange(400)))
    assert high - low < alone[1] - alone[0], "what both have right and wrong says nothing about the difference"


@settings(max_examples=20)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_groups_are_drawn_whole(groups: list[int]) -> None:
    draws = grouped_draws(np.array(groups), n=50)
    n_groups = len(set(groups))
    for number in set(groups):
        columns = draws[:, np.array(groups) == number]
        assert (columns == columns[:, :1]).all()
    first = [groups.index(number) for number in set(groups)]
    assert (draws[:, first].sum(axis=1) == n_groups).all()
