"""The worker process, however its job ends: one `Ended`, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.base.events import AnyEvent, Ended, Notice, Paused, Phase, Started
from engine.base.stop import StopToken
from engine.host import child
from engine.host.child import ChildRunner, ResidentRunner
from engine.jobs.spec import ImportSpec

SCRIPT = [sys.executable, str(Path(__file__).with_name("job_script.py"))]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def from_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def resident() -> Iterator[ResidentRunner]:
    runner = ResidentRunner(argv=SCRIPT, stop_seconds=0.3)
    yield runner
    runner.close()


def spec(what: str) -> ImportSpec:
    return ImportSpec(roots=(what.encode(),))


def run(runner: ChildRunner | ResidentRunner, what: str, stop: StopToken | None = None) -> tuple[Ended, list[AnyEvent]]:
    events: list[AnyEvent] = []
    ended = runner.run(spec(what), events.append, stop or StopToken())
    return ended, events


def test_events_arrive_in_order_and_prints_do_not_disturb_them() -> None:
    ended, events = run(ChildRunner(argv=SCRIPT), "fine")
    assert ended.reason == "finished"
    assert [type(event) for event in events] == [Started, Phase, Notice, Ended]


@pytest.mark.parametrize(
    ("what", "reason", "text"),
    [
        ("user-error", "failed", "No."),
        ("storage-error", "failed", "The disk is full. Labels are safe."),
        ("bug", "failed", "unchanged"),
        ("segfault", "crashed", "unchanged"),
        ("exit", "crashed", "unchanged"),
    ],
)
def test_a_job_that_fails_says_what_is_safe(what: str, reason: str, text: str) -> None:
    ended, events = run(ChildRunner(argv=SCRIPT), what)
    assert ended.reason == reason
    assert text in ended.user_text
    assert [type(event) for event in events].count(Ended) == 1
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Ended)


def test_last_words_of_a_dead_worker_are_kept_for_the_report() -> None:
    ended, _ = run(ChildRunner(argv=SCRIPT), "exit")
    assert "exit status 7" in ended.details
    assert "last words" in ended.details


def test_a_bug_is_told_with_its_traceback() -> None:
    ended, _ = run(ChildRunner(argv=SCRIPT), "bug")
    assert "ZeroDivisionError" in ended.details


def test_stop_ends_a_job_that_listens() -> None:
    stop = StopToken()
    events: list[AnyEvent] = []

    def on_event(event: AnyEvent) -> None:
        events.append(event)
        if isinstance(event, Phase):
            stop.request()

    ended = ChildRunner(argv=SCRIPT).run(spec("patient"), on_event, stop)
    assert ended.reason == "cancelled"


def test_a_job_that_does_not_listen_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "TERMINATE_SECONDS", 0.3)
    stop = StopToken()

    def on_event(event: AnyEvent) -> None:
        if isinstance(event, Phase):
            stop.request()

    ended = ChildRunner(argv=SCRIPT, stop_seconds=0.3).run(spec("deaf"), on_event, stop)
    assert ended.reason == "cancelled"


def test_a_resident_worker_is_the_same_process_for_the_next_job(resident: ResidentRunner) -> None:
    pids = {event.text for _ in range(3) for event in run(resident, "fine")[1] if isinstance(event, Notice)}
    assert len(pids) == 1


def test_a_resident_worker_that_crashed_is_replaced(resident: ResidentRunner) -> None:
    assert run(resident, "segfault")[0].reason == "crashed"
    assert run(resident, "fine")[0].reason == "finished"


def test_a_stop_that_comes_before_the_job_ends_it_too(resident: ResidentRunner) -> None:
    stop = StopToken()
    stop.request()
    assert run(resident, "patient", stop)[0].reason == "cancelled"


def test_closing_ends_the_process(resident: ResidentRunner) -> None:
    _, events = run(resident, "fine")
    pid = next(int(event.text) for event in events if isinstance(event, Notice))
    resident.close()
    resident.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_worker_dies_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1]);"
        "from engine.host.child import ResidentRunner; from engine.base.stop import StopToken;"
        "from engine.jobs.spec import ImportSpec; from engine.base.events import Phase;"
        "r = ResidentRunner(argv=sys.argv[2:]);"
        "say = lambda e: isinstance(e, Phase) and print(r._process.pid, flush=True);"
        "r.run(ImportSpec(roots=(b'patient',)), say, StopToken())"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(ROOT), *SCRIPT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone_within(pid, 5.0)


def gone_within(pid: int, seconds: float) -> bool:
    """Whether the process ends in time; a zombie (its new parent has not looked yet) is gone."""
    waiter = threading.Event()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        waiter.wait(0.02)
    return False


@pytest.mark.parametrize("end", ["resumed", "stopped while paused"])
def test_a_pause_reaches_the_job_and_can_be_lifted(end: str) -> None:
    stop = StopToken()
    said: list[bool] = []

    def hear(event: AnyEvent) -> None:
        if isinstance(event, Phase):
            stop.pause()
        elif isinstance(event, Paused):
            said.append(event.on)
            if event.on and end == "resumed":
                stop.resume()
            else:
                stop.request()

    ended = ChildRunner(argv=SCRIPT).run(spec("pausable"), hear, stop)
    assert ended.reason == "cancelled"
    assert said == [True, False]
