"""Puts the application together: settings, threads, session, window."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

import resources
from engine import __version__
from engine.base.changes import Changes
from gui.core import theme
from gui.core.crash import CrashGuard
from gui.core.english import EnglishPlurals
from gui.core.gc_guard import GcGuard
from gui.core.icons import icon
from gui.core.job_thread import JobRunner, Role, Runner
from gui.core.notices import NoticeBoard
from gui.core.resume_offer import ResumeOffer
from gui.core.runners import Runners
from gui.core.session import Session
from gui.core.settings import SCHEME, Settings
from gui.core.store_thread import OpenProject, StoreThread
from gui.core.thumbs import ThumbCache
from gui.core.warm_up import WarmUp
from gui.main_window import MainWindow

DESKTOP_ID = "org.fieldmark.Fieldmark"


class Application(QObject):
    """Everything that lives as long as the window; `shut_down` ends it in order."""

    def __init__(self, app: QApplication, settings: Settings, runners: Runners | None = None) -> None:
        super().__init__()
        self._app = app
        self._runners = runners or Runners()
        notices = NoticeBoard(self)
        self.session = Session(
            store=StoreThread(notices, self),
            jobs=JobRunner(self._runner, notices, self),
            settings=settings,
            notices=notices,
            thumbs=ThumbCache(parent=self),
            parent=self,
        )
        session = self.session
        session.store.changed.connect(self._changed)
        session.store.opened.connect(self._opened)
        session.store.closed.connect(self._closed)
        session.jobs.event.connect(session.job_event)
        self.gc = GcGuard(self)
        self._warm_up = WarmUp(session)
        self._resume_offer = ResumeOffer(session)
        self.window = MainWindow(session)
        self.window.setWindowIcon(icon("fish", "accent"))

    def shut_down(self) -> None:
        """No thread and no child process of ours runs any more; the project is closed and settings are saved."""
        self.session.jobs.shut_down()
        self._runners.close()
        self.session.thumbs.shut_down()
        self.session.store.shut_down()
        self.session.settings.save()
        self.gc.release()

    def _runner(self, role: Role) -> Runner:
        return self._runners.runner(role)

    def _changed(self, changes: Changes) -> None:
        self.session.changed.emit(changes)

    def _opened(self, project: OpenProject) -> None:
        self.session.project = project
        self.session.thumbs.set_folder(project.paths.thumbs)
        self.session.project_opened.emit(project)

    def _closed(self) -> None:
        self.session.project = None
        self.session.thumbs.set_folder(None)
        self.session.project_closed.emit()


def make_qt_app(settings: Settings) -> QApplication:
    """The one QApplication, with names, translations and the scheme the user wants."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("fieldmark")
    app.setApplicationDisplayName("Fieldmark")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(DESKTOP_ID)
    if app.findChild(QTranslator) is None:
        _translate(app)
    wanted = settings.get(SCHEME)
    theme.apply(app, wanted if wanted in theme.SCHEMES else theme.system_scheme(app) or "light")
    return app


def _translate(app: QApplication) -> None:
    """Our words and Qt's are in the user's language; once, because every translator is asked for every word."""
    own = QTranslator(app)
    if not own.load(QLocale(), "fieldmark", "_", str(resources.path("icons").parent / "i18n")):
        own.deleteLater()
        own = EnglishPlurals(app)
    app.installTranslator(own)
    of_qt = QTranslator(app)
    if of_qt.load(QLocale(), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(of_qt)


def main(path: Path | None = None) -> int:
    """The window is on the screen until the user closes it; `path`: a project to open. Returns the exit code."""
    settings = Settings()
    app = make_qt_app(settings)
    guard = CrashGuard()
    guard.install()
    application = Application(app, settings)
    guard.crashed.connect(application.window.show_crash)
    application.window.closed.connect(app.quit)
    application.window.show()
    # Ctrl+C in a terminal and the end of a session leave in order; the guard's timer lets Python notice.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.quit())
    if path is not None:
        QTimer.singleShot(0, application, lambda: application.window.projects.open(path))
    code = app.exec()
    application.shut_down()
    guard.remove()
    return code
