"""Which backups are kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.store.backup import N_DAILY, N_MONTHLY, N_WEEKLY, to_remove

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def copies(*ages: timedelta) -> list[tuple[Path, datetime]]:
    return [(Path(f"{age}"), NOW - age) for age in sorted(ages)]


def test_everything_of_two_days_is_kept() -> None:
    assert to_remove(copies(*(timedelta(minutes=30 * n) for n in range(90))), NOW) == []


@pytest.mark.parametrize("n_days", [30, 400])
def test_older_ones_are_thinned_to_days_weeks_and_months(n_days: int) -> None:
    given = copies(*(timedelta(days=day, hours=hour) for day in range(2, n_days) for hour in (1, 9, 17)))
    gone = set(to_remove(given, NOW))
    kept = [at for path, at in given if path not in gone]
    assert len(kept) <= N_DAILY + N_WEEKLY + N_MONTHLY
    newest_days = sorted({at.date() for _, at in given}, reverse=True)[:N_DAILY]
    assert set(newest_days) <= {at.date() for at in kept}
    assert len({at.strftime("%Y-%m") for at in kept}) == min(N_MONTHLY, len({at.strftime("%Y-%m") for _, at in given}))


def test_newest_copy_of_a_day_stands_for_it() -> None:
    morning, evening = timedelta(days=5, hours=6), timedelta(days=5, hours=1)
    gone = to_remove(copies(morning, evening), NOW)
    assert gone == [Path(f"{morning}")]


def test_a_clock_that_went_back_removes_nothing() -> None:
    assert to_remove(copies(timedelta(days=-3), timedelta(days=-400)), NOW) == []
