"""Progress is thinned out, ends with everything done, and estimates only what it can."""

from __future__ import annotations

from engine.base.events import AnyEvent, Phase
from engine.base.meter import MIN_GAP_SECONDS, Meter
from tests.helpers.extractors import Clock


def phases(heard: list[AnyEvent]) -> list[Phase]:
    return [event for event in heard if isinstance(event, Phase)]


def test_ten_thousand_quick_pieces_are_a_handful_of_events() -> None:
    heard: list[AnyEvent] = []
    clock = Clock()
    meter = Meter(heard.append, "Counting", 10_000, now=clock)
    for _ in range(10_000):
        clock.seconds += 0.0001
        meter.add()
    told = phases(heard)
    assert len(told) <= 1.0 / MIN_GAP_SECONDS + 2
    assert [event.done for event in told] == sorted(event.done for event in told)
    assert (told[-1].done, told[-1].total) == (10_000, 10_000)


def test_time_left_is_told_when_there_is_something_to_go_by() -> None:
    heard: list[AnyEvent] = []
    clock = Clock()
    meter = Meter(heard.append, "Counting", 100, now=clock)
    clock.seconds = 0.5
    meter.add(10)
    assert phases(heard)[-1].seconds_left is None, "the first moments predict nothing"
    clock.seconds = 2.0
    meter.add(10)
    assert phases(heard)[-1].seconds_left == 8.0


def test_an_unknown_total_is_no_estimate_and_becomes_what_was_done() -> None:
    heard: list[AnyEvent] = []
    clock = Clock()
    meter = Meter(heard.append, "Counting", 0, now=clock)
    clock.seconds = 5.0
    meter.add(3)
    assert phases(heard)[-1].seconds_left is None
    meter.finish()
    assert (phases(heard)[-1].done, phases(heard)[-1].total) == (3, 3)
