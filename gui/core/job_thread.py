"""Long work: one thread a job supervises a child process; its events arrive in the GUI thread, summed up per tick."""

from __future__ import annotations

import itertools
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from PySide6.QtCore import QObject, QThread, Signal, Slot

from engine.base.stop import StopToken
from gui.core.inbox import EventInbox
from gui.core.notices import Notice, NoticeBoard

if TYPE_CHECKING:
    # Events and specs load their codec; the window is on the screen before the first of them is needed.
    from engine.base.events import AnyEvent, Emit, Ended, Phase
    from engine.jobs.spec import AnySpec

Role = Literal["import", "light", "train", "fetch"]
JobState = Literal["queued", "running", "stopping", "ended"]


class Runner(Protocol):
    """What carries a job out: engine.host has a child process, tests have a script."""

    def run(self, spec: AnySpec, on_event: Emit, stop: StopToken) -> Ended:
        """The job is over when this returns; events arrive on the calling thread."""
        ...


class Job(QObject):
    """One job from being queued to its end. Connect right after `JobRunner.start`; nothing arrives before that.

    `event` carries every event but the last, in order; `ended` carries the `Ended`, exactly once, after all events.
    A job that is cancelled while it waits ends as `cancelled` without having begun.
    """

    event = Signal(object)
    ended = Signal(object)
    cancelled = Signal(object)

    def __init__(self, spec: AnySpec, *, title: str, role: Role, quiet: bool, parent: QObject) -> None:
        super().__init__(parent)
        self.spec = spec
        self.title = title
        self.role: Role = role
        self.quiet = quiet
        self.state: JobState = "queued"
        self.phase: Phase | None = None
        self.stop = StopToken()

    def cancel(self) -> None:
        """The job is asked to stop; it ends soon, as `cancelled`, keeping what it has finished."""
        if self.state in ("queued", "running"):
            self.state = "stopping"
            self.stop.request()
            self.cancelled.emit(self)


@dataclass(frozen=True, slots=True)
class JobEvent:
    """An event together with the job it came from."""

    job: Job
    event: AnyEvent


class _RunThread(QThread):
    """Blocks in the runner; a subclass, so that its signals live in the GUI thread."""

    def __init__(self, job: Job, runner: Runner, inbox: EventInbox[JobEvent]) -> None:
        super().__init__()
        self.setObjectName(f"job-{job.role}")
        self.job = job
        self._runner = runner
        self._inbox = inbox

    def run(self) -> None:
        from engine.base.events import Ended

        job = self.job
        try:
            ended = self._runner.run(job.spec, self._pass_on, job.stop)
        except Exception as error:  # noqa: BLE001 - the border of this thread: the job ends and says why, whatever happened
            ended = Ended(
                reason="crashed",
                user_text="The background process could not be run.",
                advice="Try again; if it happens again, copy the details and report them.",
                details="".join(traceback.format_exception(error)),
                error_code="bug",
            )
        self._inbox.put(JobEvent(job, ended))

    def _pass_on(self, event: AnyEvent) -> None:
        from engine.base.events import Ended

        # The one `Ended` is what `run` returns; a runner that also reports it as an event must not end the job twice.
        if not isinstance(event, Ended):
            self._inbox.put(JobEvent(self.job, event))


class JobRunner(QObject):
    """Runs jobs in four lanes, each one at a time and in order.

    `train` is for long work, `light` for what should answer at once with a model (adding a class, classifying), and
    `import` for reading photos, so that a drop never waits for either, and `fetch` for the internet, which takes its
    time.

    `event` carries a `JobEvent` for every event of every job, the last one included; `changed` says that a job was
    queued, began, is stopping or ended; `progressed` carries the job whose `phase` is new.
    """

    event = Signal(object)
    changed = Signal()
    progressed = Signal(object)
    idle = Signal()

    def __init__(
        self,
        make_runner: Callable[[Role], Runner],
        notices: NoticeBoard,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_runner = make_runner
        self._notices = notices
        self._inbox: EventInbox[JobEvent] = EventInbox(self._take, self)
        self._waiting: dict[Role, deque[Job]] = {role: deque() for role in get_args(Role)}
        self._threads: dict[Role, _RunThread] = {}
        self._numbers = itertools.count(1)

    def start(self, spec: AnySpec, *, title: str, role: Role = "light", quiet: bool = False) -> Job:
        """The job is queued in its lane and begins when the lane is free.

        `title` is shown in the job strip. `quiet`: the job is not shown, and its failure makes no notice.
        """
        job = Job(spec, title=title, role=role, quiet=quiet, parent=self)
        job.cancelled.connect(self._job_was_cancelled)
        job.setObjectName(f"job {next(self._numbers)}: {title}")
        self._waiting[role].append(job)
        self._inbox.open()
        self._begin_next(role)
        self.changed.emit()
        return job

    def active(self) -> tuple[Job, ...]:
        """Jobs that run or wait, running ones first; quiet ones included."""
        running = tuple(thread.job for thread in self._threads.values())
        return running + tuple(job for lane in self._waiting.values() for job in lane)

    def cancel_all(self) -> None:
        """Every job is asked to stop; `idle` follows when the last one has ended."""
        for job in self.active():
            job.cancel()

    def shut_down(self, seconds: float = 20.0) -> None:
        """No job runs any more; returns at the latest after `seconds` a lane (the runner kills what does not stop)."""
        self.cancel_all()
        for thread in tuple(self._threads.values()):
            thread.wait(int(seconds * 1000))
        self._inbox.close()

    @Slot(object)
    def _job_was_cancelled(self, job: Job) -> None:
        from engine.base.events import Ended

        # A waiting job leaves its lane at once; a running one reads its stop token.
        lane = self._waiting[job.role]
        if job in lane:
            lane.remove(job)
            self._end(job, Ended(reason="cancelled"))
        self.changed.emit()

    def _begin_next(self, role: Role) -> None:
        if role in self._threads or not self._waiting[role]:
            return
        job = self._waiting[role].popleft()
        job.state = "running"
        thread = _RunThread(job, self._make_runner(role), self._inbox)
        self._threads[role] = thread
        thread.start()

    @Slot(object)
    def _take(self, item: JobEvent) -> None:
        from engine.base.events import Ended, Phase
        from engine.base.events import Notice as JobNotice

        job, event = item.job, item.event
        if isinstance(event, Ended):
            thread = self._threads.pop(job.role)
            thread.wait()
            thread.deleteLater()
            self._begin_next(job.role)
            self._end(job, event)
            self.changed.emit()
            return
        if isinstance(event, Phase):
            job.phase = event
            self.progressed.emit(job)
        elif isinstance(event, JobNotice) and not job.quiet:
            self._notices.post(Notice(level=event.level, text=event.text, advice=event.advice))
        job.event.emit(event)
        self.event.emit(item)

    def _end(self, job: Job, ended: Ended) -> None:
        job.state = "ended"
        if ended.reason in ("failed", "crashed") and not job.quiet:
            self._notices.post(
                Notice(
                    level="error",
                    text=ended.user_text or self.tr("“{0}” stopped unexpectedly.").format(job.title),
                    safe=self.tr("Your photos and labels are safe."),
                    advice=ended.advice,
                    details=ended.details,
                )
            )
        job.ended.emit(ended)
        self.event.emit(JobEvent(job, ended))
        job.deleteLater()
        if not self.active():
            self._inbox.close()
            self.idle.emit()
