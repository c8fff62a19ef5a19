"""Short work with files or heavy imports on a pool thread; the answer arrives in the GUI thread, like the store's."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from engine.base.errors import AppError, EngineBug

T = TypeVar("T")


def on_pool(
    work: Callable[[], T],
    then: Callable[[T], object],
    *,
    context: QObject,
    on_error: Callable[[AppError], object] | None = None,
) -> None:
    """`then` is called with what `work` gave, or `on_error` with why it could not; neither if `context` has died.

    `work` must touch nothing that the GUI thread changes meanwhile.
    """
    answer = _Answer(then, on_error, context)
    _under_way.add(answer)
    QThreadPool.globalInstance().start(_Task(work, answer))


class _Answer(QObject):
    """Lives in the GUI thread until it has been delivered there, whatever becomes of whoever asked."""

    came = Signal(object, object)

    def __init__(
        self, then: Callable[[Any], object], on_error: Callable[[AppError], object] | None, context: QObject
    ) -> None:
        super().__init__()
        self._then = then
        self._on_error = on_error
        self._context = context
        self.came.connect(self._deliver)

    @Slot(object, object)
    def _deliver(self, value: object, error: AppError | None) -> None:
        _under_way.discard(self)
        if not shiboken6.isValid(self._context):
            return
        if error is None:
            self._then(value)
        elif self._on_error is not None:
            self._on_error(error)


_under_way: set[_Answer] = set()


class _Task(QRunnable):
    def __init__(self, work: Callable[[], object], answer: _Answer) -> None:
        super().__init__()
        self._work = work
        self._answer = answer

    def run(self) -> None:
        value: object = None
        failure: AppError | None = None
        try:
            value = self._work()
        except AppError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - the border of this thread: whatever it is, whoever asked hears of it
            failure = EngineBug(
                "Something went wrong inside Fieldmark.",
                safe="Everything saved before this is safe.",
                advice="Copy the details and report them, then try again.",
                details="".join(traceback.format_exception(error)),
            )
        self._answer.came.emit(value, failure)
