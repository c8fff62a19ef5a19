"""Bars of dates: the finest unit that can be read, nothing lost, nothing skipped."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.insight.date_bins import date_bins
from engine.insight.overview import Count


def days(*values: str) -> list[Count]:
    return [Count(value=value, n=2) for value in values]


@pytest.mark.parametrize(
    ("values", "unit", "first", "last", "n_bins"),
    [
        (("2020-02-27", "2020-03-01"), "day", "2020-02-27", "2020-03-01", 4),
        (("2019-11-02", "2020-02-03"), "month", "2019-11", "2020-02", 4),
        (("2001-01-01", "2020-02-03"), "year", "2001", "2020", 20),
    ],
)
def test_the_span_decides_the_unit(values: tuple[str, ...], unit: str, first: str, last: str, n_bins: int) -> None:
    found = date_bins(days(*values))
    assert (found.unit, found.bins[0].value, found.bins[-1].value, len(found.bins)) == (unit, first, last, n_bins)


def test_what_is_no_date_is_unknown() -> None:
    found = date_bins(days("", "2020-13-45"))
    assert (found.bins, found.n_unknown) == ((), 4)


@given(st.sets(st.dates(date(1990, 1, 1), date(2030, 1, 1)), max_size=9))
def test_no_photo_is_lost(known: set[date]) -> None:
    found = date_bins(days("", *map(str, known)))
    assert sum(count.n for count in found.bins) + found.n_unknown == 2 * (len(known) + 1)
