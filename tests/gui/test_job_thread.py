"""Jobs: three lanes, one at a time in each, every event in order, one end each."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from engine.base.events import AnyEvent, Emit, Ended, Phase, Started
from engine.base.events import Notice as JobNotice
from engine.base.stop import StopToken
from engine.jobs.spec import AnySpec, DoctorSpec
from gui.core.job_thread import JobEvent, JobRunner
from gui.core.notices import NoticeBoard
from tests.gui.fake_runner import FakeRunner

SPEC = DoctorSpec(out=b"/o", machine=b"/m")


class Office:
    """A job runner with one fake for all lanes, and a record of what it said."""

    def __init__(self) -> None:
        self.fake = FakeRunner()
        self.notices = NoticeBoard()
        self.jobs = JobRunner(lambda _: self.fake, self.notices)
        self.heard: list[tuple[str, AnyEvent]] = []
        self.jobs.event.connect(self._hear)

    def _hear(self, item: JobEvent) -> None:
        self.heard.append((item.job.title, item.event))

    def ends(self) -> list[tuple[str, str]]:
        return [(title, event.reason) for title, event in self.heard if isinstance(event, Ended)]


@pytest.fixture
def office(qtbot: QtBot) -> Iterator[Office]:
    made = Office()
    yield made
    made.jobs.shut_down()


def test_events_arrive_in_order_with_one_end(qtbot: QtBot, office: Office) -> None:
    office.fake.script = lambda _: [Phase(name="a", done=n, total=3) for n in range(3)]
    with qtbot.waitSignal(office.jobs.idle):
        office.jobs.start(SPEC, title="A")
    kinds = [type(event) for _, event in office.heard]
    assert kinds == [Started, Phase, Phase, Phase, Ended]
    assert [event.done for _, event in office.heard if isinstance(event, Phase)] == [0, 1, 2]


def test_a_runner_that_also_reports_its_end_ends_the_job_once(qtbot: QtBot, office: Office) -> None:
    office.fake.script = lambda _: [Ended(reason="finished")]
    with qtbot.waitSignal(office.jobs.idle):
        office.jobs.start(SPEC, title="A")
    assert office.ends() == [("A", "finished")]


def test_everything_is_heard_in_the_gui_thread(qtbot: QtBot, office: Office) -> None:
    threads: list[QThread] = []
    office.jobs.event.connect(lambda _: threads.append(QThread.currentThread()))
    with qtbot.waitSignal(office.jobs.idle):
        office.jobs.start(SPEC, title="A")
    assert set(threads) == {QThread.currentThread()}


def test_a_lane_runs_one_job_at_a_time(qtbot: QtBot, office: Office) -> None:
    office.fake.gate = threading.Event()
    first, second = office.jobs.start(SPEC, title="A"), office.jobs.start(SPEC, title="B")
    qtbot.waitUntil(lambda: len(office.heard) == 1)
    assert (first.state, second.state) == ("running", "queued")
    with qtbot.waitSignal(office.jobs.idle):
        office.fake.gate.set()
    assert office.ends() == [("A", "finished"), ("B", "finished")]


def test_lanes_do_not_wait_for_one_another(qtbot: QtBot, office: Office) -> None:
    office.fake.gate = threading.Event()
    made = [office.jobs.start(SPEC, title=role, role=role) for role in ("import", "light", "train")]
    qtbot.waitUntil(lambda: len(office.heard) == 3)
    assert [job.state for job in made] == ["running"] * 3
    office.jobs.cancel_all()
    qtbot.waitUntil(lambda: not office.jobs.active())


def test_a_cancelled_job_stops(qtbot: QtBot, office: Office) -> None:
    office.fake.gate = threading.Event()
    job = office.jobs.start(SPEC, title="A")
    qtbot.waitUntil(lambda: bool(office.heard))
    with qtbot.waitSignal(office.jobs.idle):
        job.cancel()
    assert office.ends() == [("A", "cancelled")]
    assert office.notices.history == []


def test_a_job_cancelled_while_it_waits_never_begins(qtbot: QtBot, office: Office) -> None:
    office.fake.gate = threading.Event()
    office.jobs.start(SPEC, title="A")
    waiting = office.jobs.start(SPEC, title="B")
    with qtbot.waitSignal(waiting.ended):
        waiting.cancel()
    office.fake.gate.set()
    qtbot.waitUntil(lambda: not office.jobs.active())
    assert len(office.fake.specs) == 1
    assert office.ends() == [("B", "cancelled"), ("A", "finished")]


def test_a_failure_says_what_happened_and_what_is_safe(qtbot: QtBot, office: Office) -> None:
    office.fake.script = lambda _: [Ended(reason="failed", user_text="The disk is full.", advice="Free some space.")]
    with qtbot.waitSignal(office.jobs.idle):
        office.jobs.start(SPEC, title="A")
    [notice] = office.notices.history
    assert (notice.level, notice.text, notice.advice) == ("error", "The disk is full.", "Free some space.")
    assert "safe" in notice.safe


def test_a_quiet_job_fails_quietly(qtbot: QtBot, office: Office) -> None:
    office.fake.script = lambda _: [Ended(reason="failed", user_text="x")]
    with qtbot.waitSignal(office.jobs.idle):
        office.jobs.start(SPEC, title="A", quiet=True)
    assert office.notices.history == []


def test_a_runner_that_breaks_ends_its_job(qtbot: QtBot, office: Office) -> None:
    class Broken:
        def run(self, spec: AnySpec, on_event: Emit, stop: StopToken) -> Ended:
            raise RuntimeError("no such program")

    office.fake = Broken()  # type: ignore[assignment]
    with qtbot.waitSignal(office.jobs.idle):
        office.jobs.start(SPEC, title="A")
    assert office.ends() == [("A", "crashed")]
    assert "no such program" in office.notices.history[0].details


def test_a_job_started_when_another_ends_runs(qtbot: QtBot, office: Office) -> None:
    job = office.jobs.start(SPEC, title="A")
    job.ended.connect(lambda _: office.jobs.start(SPEC, title="B"))
    qtbot.waitUntil(lambda: len(office.ends()) == 2)
    assert office.ends() == [("A", "finished"), ("B", "finished")]


def test_progress_is_kept_with_the_job(qtbot: QtBot, office: Office) -> None:
    office.fake.script = lambda _: [JobNotice(level="info", text="hello"), Phase(name="Reading", done=2, total=9)]
    job = office.jobs.start(SPEC, title="A")
    with qtbot.waitSignal(office.jobs.progressed):
        pass
    assert job.phase == Phase(name="Reading", done=2, total=9)
