"""A stop stays; a pause holds a job until it is lifted or the job is stopped."""

from __future__ import annotations

import threading

import pytest

from engine.base.errors import Stopped
from engine.base.stop import StopToken


def test_a_stop_stays() -> None:
    stop = StopToken()
    stop.raise_if_set()
    stop.request()
    assert stop.is_set()
    with pytest.raises(Stopped):
        stop.raise_if_set()


@pytest.mark.parametrize("end", ["resume", "request"])
def test_a_pause_holds_until_it_is_lifted_or_the_job_is_stopped(end: str) -> None:
    stop = StopToken()
    stop.wait_while_paused()
    stop.pause()
    assert stop.is_paused()
    went_on = threading.Event()

    def work() -> None:
        stop.wait_while_paused()
        went_on.set()

    worker = threading.Thread(target=work)
    worker.start()
    assert not went_on.wait(0.05)
    getattr(stop, end)()
    assert went_on.wait(5)
    worker.join()
    assert not stop.is_paused()


def test_a_stopped_job_cannot_be_paused() -> None:
    stop = StopToken()
    stop.request()
    stop.pause()
    stop.wait_while_paused()
    assert not stop.is_paused()
