"""The one thread that owns the open project: questions go in, answers come back on the GUI thread."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QThread, Signal, Slot

from engine.base.changes import Changes
from engine.base.errors import AppError, EngineBug, UserError
from gui.core.notices import NoticeBoard

if TYPE_CHECKING:
    from engine.project.project import Project, ProjectPaths

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProject:
    """What screens may know of the open project without asking the store."""

    folder: Path
    name: str
    read_only: bool
    paths: ProjectPaths


@dataclass(slots=True, kw_only=True)
class _Question:
    """One call on its way to the store thread and back; `era` tells questions to an earlier project apart."""

    work: Callable[[_Owner], Any]
    then: Callable[[Any], None] | None
    context: QObject | None
    on_error: Callable[[AppError], None] | None
    era: int | None
    opens: bool
    future: Future[Any] = field(default_factory=Future)
    answer: Any = None
    error: AppError | None = None


class _Owner(QObject):
    """Lives in the store thread and owns the project; nothing else ever touches it."""

    answered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.project: Project | None = None
        self.era = 0

    @Slot(object)
    def take(self, question: _Question) -> None:
        try:
            question.answer = question.work(self)
        except AppError as error:
            question.error = error
        except Exception as error:  # noqa: BLE001 - the border of this thread: whatever it is, the user hears of it and the app lives
            question.error = EngineBug(
                "Something went wrong inside Fieldmark.",
                safe="Everything saved before this is safe.",
                advice="Copy the details and report them, then try again.",
                details="".join(traceback.format_exception(error)),
            )
        self.answered.emit(question)

    def close(self) -> None:
        """No project is open any more."""
        project, self.project = self.project, None
        if project is not None:
            project.close()


class StoreThread(QObject):
    """Asks the project on its thread. All methods are called from the GUI thread, and all answers arrive there.

    `changed` carries `Changes` of every call that returned them (alone, or as the last item of a tuple);
    `opened` carries an `OpenProject`; `busy` tells whether answers are outstanding ("Saving" / "Saved").
    """

    changed = Signal(object)
    opened = Signal(object)
    closed = Signal()
    busy = Signal(bool)
    _asked = Signal(object)

    def __init__(self, notices: NoticeBoard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._n_waiting = 0
        self._era = 0
        self._n_opening = 0
        self._held: list[_Question] = []
        self._thread = QThread()
        self._thread.setObjectName("store")
        self._owner = _Owner()
        self._owner.moveToThread(self._thread)
        self._asked.connect(self._owner.take)
        self._owner.answered.connect(self._deliver)
        self._thread.start()

    def ask(
        self,
        fn: Callable[[Project], T],
        then: Callable[[T], None] | None = None,
        *,
        context: QObject | None = None,
        on_error: Callable[[AppError], None] | None = None,
    ) -> Future[T]:
        """`fn(project)` runs on the store thread, in the order of asking; `then(result)` follows on the GUI thread.

        `then` and `on_error` are dropped if `context` has been destroyed or another project was opened meanwhile; while
        one is being opened they wait for it, or what they begin for this project would go on in the other one.
        Errors go to the notice board unless `on_error` is given. The future is for tests; never wait for it here.
        """

        def work(owner: _Owner) -> T:
            if owner.project is None or owner.era != era:
                raise UserError("No project is open.")
            return fn(owner.project)

        era = self._era
        return self._send(work, then, context, on_error, era)

    def open(
        self,
        folder: Path,
        *,
        create: bool = False,
        read_only: bool = False,
        context: QObject | None = None,
        then: Callable[[OpenProject], None] | None = None,
        on_error: Callable[[AppError], None] | None = None,
    ) -> Future[OpenProject]:
        """The project in `folder` (made first if `create`) is the open one; on failure the former one stays open."""
        era = self._era + 1

        def work(owner: _Owner) -> OpenProject:
            from engine.project.project import Project

            project = Project.create(folder) if create else Project.open(folder, read_only=read_only)
            owner.close()
            owner.project, owner.era = project, era
            return OpenProject(
                folder=project.folder,
                name=project.name,
                read_only=project.read_only,
                paths=project.paths,
            )

        def opened(project: OpenProject) -> None:
            self._era = era
            self.opened.emit(project)
            if then is not None:
                then(project)

        self._n_opening += 1
        return self._send(work, opened, context, on_error, opens=True)

    def is_busy(self) -> bool:
        """Whether answers are outstanding."""
        return self._n_waiting > 0

    def close_project(self) -> Future[None]:
        """No project is open; everything asked before is done first."""
        self._era += 1

        def work(owner: _Owner) -> None:
            owner.close()

        return self._send(work, lambda _: self.closed.emit(), None, None)

    def shut_down(self) -> None:
        """Everything asked is done, the project is closed and the thread has ended; nothing may be asked after."""

        def work(owner: _Owner) -> None:
            owner.close()
            # From within: a quit from outside would overtake the questions that still wait.
            owner.thread().quit()

        self._send(work, None, None, None)
        self._thread.wait()

    def _send(
        self,
        work: Callable[[_Owner], T],
        then: Callable[[T], None] | None,
        context: QObject | None,
        on_error: Callable[[AppError], None] | None,
        era: int | None = None,
        *,
        opens: bool = False,
    ) -> Future[T]:
        question = _Question(work=work, then=then, context=context, on_error=on_error, era=era, opens=opens)
        self._n_waiting += 1
        if self._n_waiting == 1:
            self.busy.emit(True)
        self._asked.emit(question)
        return question.future

    @Slot(object)
    def _deliver(self, question: _Question) -> None:
        self._n_waiting -= 1
        if self._n_waiting == 0:
            self.busy.emit(False)
        if question.error is not None:
            question.future.set_exception(question.error)
        else:
            question.future.set_result(question.answer)
        if question.era is not None and self._n_opening:
            self._held.append(question)
            return
        self._n_opening -= question.opens
        self._tell(question)
        if not self._n_opening:
            held, self._held = self._held, []
            for earlier in held:
                self._tell(earlier)

    def _tell(self, question: _Question) -> None:
        if question.error is not None:
            self._tell_error(question, question.error)
            return
        if not self._is_current(question):
            return
        changes = _changes_in(question.answer)
        if changes:
            self.changed.emit(changes)
        if question.then is not None and _alive(question.context):
            question.then(question.answer)

    def _tell_error(self, question: _Question, error: AppError) -> None:
        if not self._is_current(question):
            return
        if question.on_error is None:
            self._notices.error(error)
        elif _alive(question.context):
            question.on_error(error)

    def _is_current(self, question: _Question) -> bool:
        """Whether the project it was asked of is still the open one; opening and closing always count."""
        return question.era is None or question.era == self._era


def _alive(context: QObject | None) -> bool:
    return context is None or shiboken6.isValid(context)


def _changes_in(answer: object) -> Changes | None:
    last = answer[-1] if isinstance(answer, tuple) and answer else answer
    return last if isinstance(last, Changes) else None
