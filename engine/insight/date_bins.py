"""When photos were taken as bars to draw: by day, by month or by year, with the empty ones between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from engine.insight.overview import Count

DateUnit = Literal["day", "month", "year"]
# Longer spans than this are shown by the next coarser unit.
MOST_DAYS = 62
MOST_MONTHS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DateBins:
    """`bins`: 2020-05-06, 2020-05 or 2020, by `unit`, in order and without gaps. `n_unknown`: of no known date."""

    unit: DateUnit
    bins: tuple[Count, ...]
    n_unknown: int


def date_bins(days: Sequence[Count]) -> DateBins:
    """The finest unit that gives no more bars than can be told apart.

    Args:
        days: dates as 2020-05-06 with their numbers, as `Overview.days`; empty or no date: unknown.
    """
    known = {when: count.n for count in days if (when := _date(count.value)) is not None}
    n_unknown = sum(count.n for count in days) - sum(known.values())
    if not known:
        return DateBins(unit="day", bins=(), n_unknown=n_unknown)
    first, last = min(known), max(known)
    if (last - first).days < MOST_DAYS:
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return DateBins(unit="day", bins=_filled(known, 10, map(str, span)), n_unknown=n_unknown)
    months = list(_months(first, last))
    if len(months) <= MOST_MONTHS:
        return DateBins(unit="month", bins=_filled(known, 7, months), n_unknown=n_unknown)
    years = (f"{year:04}" for year in range(first.year, last.year + 1))
    return DateBins(unit="year", bins=_filled(known, 4, years), n_unknown=n_unknown)


def _filled(known: dict[date, int], length: int, values: Iterable[str]) -> tuple[Count, ...]:
    """A count of each value, which is the beginning of so many letters of its dates."""
    found: Counter[str] = Counter()
    for when, n in known.items():
        found[str(when)[:length]] += n
    return tuple(Count(value=value, n=found[value]) for value in values)


def _months(first: date, last: date) -> Iterator[str]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12:04}-{number % 12 + 1:02}"


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
