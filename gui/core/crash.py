"""When something unforeseen happens in the window: it is written down, told, and the app lives on."""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from engine import __version__
from engine.base.dirs import state_dir

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
log = logging.getLogger("fieldmark")


def log_dir() -> Path:
    """Where the log and the crash report are; made if needed."""
    folder = state_dir() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class CrashGuard(QObject):
    """While installed: exceptions nobody caught (on any thread) and Qt's messages go to the log.

    `crashed` carries the report of an exception as text, in the thread of whoever listens.
    """

    crashed = Signal(str)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder or log_dir()
        self._fault_file: IO[str] | None = None
        self._handler: logging.Handler | None = None

    def install(self) -> None:
        """From now on nothing goes by unseen."""
        import logging.handlers

        self._handler = logging.handlers.RotatingFileHandler(
            self._folder / "fieldmark.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8", delay=True
        )
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
        log.addHandler(self._handler)
        log.setLevel(logging.INFO)
        self._fault_file = open(self._folder / "fault.txt", "a", encoding="utf-8")  # noqa: SIM115 - open as long as the app
        faulthandler.enable(self._fault_file)
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_in_thread
        qInstallMessageHandler(_log_qt)

    def remove(self) -> None:
        """Python's and Qt's own ways are back."""
        qInstallMessageHandler(None)
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        faulthandler.disable()
        if self._fault_file is not None:
            self._fault_file.close()
        if self._handler is not None:
            log.removeHandler(self._handler)
            self._handler.close()

    def _uncaught(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, where)
            return
        report = report_of(kind, error, where)
        log.error(report)
        self.crashed.emit(report)

    def _uncaught_in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def report_of(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> str:
    """What a maintainer needs to know, as text; it names no photos but those the error itself names."""
    head = (
        f"Fieldmark {__version__}, Python {platform.python_version()}, PySide6 {pyside_version}, "
        f"{platform.system()} {platform.release()} {platform.machine()}"
    )
    return head + "\n\n" + "".join(traceback.format_exception(kind, error, where))


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
