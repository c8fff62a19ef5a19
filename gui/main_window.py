"""The window: start page or project, rail and pages, menus, what is running, and notices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from gui.actions import Context, action
from gui.commands import Commands
from gui.core import theme
from gui.core.crash import log_dir
from gui.core.drops import has_files, paths_in
from gui.core.places import friendly
from gui.core.session import Session
from gui.core.settings import GEOMETRY, SCHEME
from gui.core.store_thread import OpenProject
from gui.pages.start import StartPage
from gui.verbs.drops import DropVerb, is_for_window
from gui.verbs.exchange import ExchangeVerbs
from gui.verbs.import_photos import ImportVerb
from gui.verbs.leaving import Leaving
from gui.verbs.projects import ProjectVerbs
from gui.widgets import window_state
from gui.widgets.cards import line
from gui.widgets.drop_overlay import DropOverlay
from gui.widgets.job_strip import JobStrip
from gui.widgets.nav_rail import NavRail
from gui.widgets.toast import ToastHost
from gui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from engine.base.changes import Changes
    from engine.store.rows import PhotoFilter
    from gui.pages.review import ReviewPage

# Page key -> (module, class); a page is made when it is first turned to, so that starting does not pay for it.
PAGES: dict[str, tuple[str, str]] = {
    "photos": ("gui.pages.photos", "PhotosPage"),
    "explore": ("gui.pages.explore", "ExplorePage"),
    "train": ("gui.pages.train", "TrainPage"),
    "review": ("gui.pages.review", "ReviewPage"),
    "classify": ("gui.pages.classify", "ClassifyPage"),
    "studies": ("gui.pages.studies", "StudiesPage"),
}


class MainWindow(QMainWindow):
    """Assembles the screens; what they do is theirs. `closed` is emitted once the window has gone for good."""

    closed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._pages: dict[str, QWidget] = {}
        self._page = ""
        self.imports = ImportVerb(session, self)
        self.leaving = Leaving(session, self)
        self.projects = ProjectVerbs(session, self, self.imports, self.leaving)
        self.exchange = ExchangeVerbs(session, self)
        self.drops = DropVerb(session, self.projects, self.imports, self._show_model, self.exchange.read, self)
        self.commands = Commands(self._handler, self)
        self._make_parts()
        self._connect()
        self.setAcceptDrops(True)
        self.setMinimumSize(1000, 640)
        window_state.restore(self, session.settings.get(GEOMETRY))
        self._show_start()

    def turn_to(self, key: str) -> None:
        """The page is shown, made first if it has not been shown before. Nothing happens without a project."""
        if self._session.project is None or key not in PAGES:
            return
        page = self._pages.get(key) or self._make_page(key)
        self._page = key
        self._stack.setCurrentWidget(page)
        self.rail.set_current(key)
        self._enable()
        page.setFocus()

    def page(self) -> QWidget:
        """The screen being shown."""
        return self._stack.currentWidget()

    def page_key(self) -> str:
        """The key of the page being shown, empty on the start page."""
        return self._page

    def _make_parts(self) -> None:
        session = self._session
        actions = self.commands.actions
        self.commands.fill(self.menuBar())
        entries = tuple(
            (key, actions[f"page_{key}"].text().replace("&", ""), info.icon, info.shortcut)
            for key, info in ((key, action(f"page_{key}")) for key in PAGES)
        )
        self.rail = NavRail(entries)
        self.bar = TopBar(actions["undo"], actions["redo"], actions["toggle_theme"])
        self.strip = JobStrip(session.jobs)
        self._stack = QStackedWidget()
        self._start = StartPage(session, self.projects)
        self._stack.addWidget(self._start)
        self._rail_line = line(vertical=True)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        for part in (self.rail, self._rail_line):
            middle.addWidget(part)
        middle.addWidget(self._stack, 1)
        body = QWidget()
        box = QVBoxLayout(body)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._bar_line, self._strip_line = line(), line()
        for part in (self.bar, self._bar_line):
            box.addWidget(part)
        box.addLayout(middle, 1)
        for part in (self._strip_line, self.strip):
            box.addWidget(part)
        self.setCentralWidget(body)
        self.toasts = ToastHost(body, self.strip)
        self.overlay = DropOverlay(body)

    def _connect(self) -> None:
        session = self._session
        self.rail.chosen.connect(self.turn_to)
        session.show_page.connect(self.turn_to)
        session.show_photos.connect(self._show_photos)
        session.show_run.connect(self._show_run)
        session.show_curves.connect(self._show_curves)
        session.resume_run.connect(self._resume_run)
        session.show_weights.connect(self._show_weights)
        session.show_before_after.connect(self._show_before_after)
        session.files_dropped.connect(self.drops.take)
        session.project_opened.connect(self._project_opened)
        session.project_closed.connect(self._project_closed)
        session.changed.connect(self._changed)
        session.store.busy.connect(self.strip.set_busy)
        session.notices.posted.connect(self.toasts.show_notice)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_scheme_changed)

    def _make_page(self, key: str) -> QWidget:
        module, name = PAGES[key]
        kind = getattr(import_module(module), name)
        page: QWidget = kind(self._session, self.imports) if key == "photos" else kind(self._session)
        self._pages[key] = page
        self._stack.addWidget(page)
        return page

    # Commands

    def _handler(self, name: str) -> Callable[[], object] | None:
        own: dict[str, Callable[[], object]] = {
            "new_project": self.projects.ask_new,
            "open_project": self.projects.ask_open,
            "open_sample": self.projects.open_sample,
            "close_project": self.projects.close,
            "import_folder": self.imports.choose_folder,
            "import_files": self.imports.choose_files,
            "read_table": self.exchange.choose_table,
            "export_photos": self.exchange.ask_export,
            "quit": self.close,
            "undo": partial(self._session.store.ask, lambda project: project.history.undo()),
            "redo": partial(self._session.store.ask, lambda project: project.history.redo()),
            "toggle_theme": self._toggle_theme,
            "full_screen": self._toggle_full_screen,
            "compare_two": lambda: self._review().show_side_by_side(),
            "compare_models": lambda: self._review().show_models(),
            "show_keys": self._show_keys,
            "show_machine": self._show_machine,
            "show_weights": self._show_weights,
            "open_logs": self._open_logs,
            "show_about": self._show_about,
        }
        if name in own:
            return own[name]
        if name.startswith("page_"):
            return partial(self.turn_to, name.removeprefix("page_"))
        page = self._pages.get(self._page)
        handlers = getattr(page, "handlers", None)
        return handlers().get(name) if handlers is not None else None

    def _enable(self) -> None:
        contexts: set[Context] = {"always"}
        if self._session.project is not None:
            contexts.add("project")
            if self._page == "photos":
                contexts.add("photos")
        self.commands.enable(contexts)
        self._ask_steps()

    def _ask_steps(self) -> None:
        if self._session.project is None:
            self._show_steps(("", ""))
            return
        self._session.store.ask(
            lambda project: (project.history.undo_title(), project.history.redo_title()),
            self._show_steps,
            context=self,
        )

    def _show_steps(self, titles: tuple[str, str]) -> None:
        self.commands.set_step("undo", self.tr("Undo"), titles[0])
        self.commands.set_step("redo", self.tr("Redo"), titles[1])

    # Project

    def _show_start(self) -> None:
        self._page = ""
        self._stack.setCurrentWidget(self._start)
        self._show_frame(visible=False)
        self.setWindowTitle(self.tr("Fieldmark"))
        self.bar.set_project("", "", read_only=False)
        self.strip.set_state("")
        self._enable()

    def _show_frame(self, *, visible: bool) -> None:
        for part in (self.rail, self._rail_line, self.bar, self._bar_line, self.strip, self._strip_line):
            part.setVisible(visible)

    @Slot(object)
    def _project_opened(self, project: OpenProject) -> None:
        self._show_frame(visible=True)
        self.setWindowTitle(self.tr("{0} - Fieldmark").format(project.name))
        self.bar.set_project(project.name, friendly(str(project.folder.parent)), read_only=project.read_only)
        self.strip.set_state(self.tr("Saved"))
        self._session.settings.add_recent(project.folder)
        self._session.settings.save()
        self.turn_to(self._page or "photos")

    @Slot()
    def _project_closed(self) -> None:
        self._show_start()

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        self._ask_steps()

    @Slot(object)
    def _show_photos(self, wanted: PhotoFilter) -> None:
        fresh = "photos" not in self._pages
        self.turn_to("photos")
        if fresh and "photos" in self._pages:
            # A page made just now has not heard the signal that brought us here.
            self._session.show_photos.emit(wanted)

    @Slot(object)
    def _show_run(self, run_id: object) -> None:
        fresh = "review" not in self._pages
        self.turn_to("review")
        if fresh and "review" in self._pages:
            self._session.show_run.emit(run_id)

    @Slot(object)
    def _show_curves(self, run_ids: object) -> None:
        fresh = "train" not in self._pages
        self.turn_to("train")
        if fresh and "train" in self._pages:
            self._session.show_curves.emit(run_ids)

    @Slot(object)
    def _resume_run(self, run_id: object) -> None:
        fresh = "train" not in self._pages
        self.turn_to("train")
        if fresh and "train" in self._pages:
            self._session.resume_run.emit(run_id)

    def _show_model(self, path: bytes) -> None:
        from gui.pages.classify import ClassifyPage

        self.turn_to("classify")
        page = self.page()
        assert isinstance(page, ClassifyPage)
        page.use_file(path)

    @Slot(object, object)
    def _show_before_after(self, old: object, new: object) -> None:
        fresh = "review" not in self._pages
        self.turn_to("review")
        if fresh and "review" in self._pages:
            self._session.show_before_after.emit(old, new)

    def _review(self) -> ReviewPage:
        from gui.pages.review import ReviewPage

        self.turn_to("review")
        page = self.page()
        assert isinstance(page, ReviewPage)
        return page

    # Look

    def _toggle_theme(self) -> None:
        wanted: theme.Scheme = "light" if theme.scheme() == "dark" else "dark"
        self._session.settings.set(SCHEME, wanted)
        self._apply_scheme(wanted)

    @Slot()
    def _system_scheme_changed(self) -> None:
        app = QApplication.instance()
        if self._session.settings.get(SCHEME) == "system" and isinstance(app, QApplication):
            self._apply_scheme(theme.system_scheme(app) or theme.scheme())

    def _apply_scheme(self, wanted: theme.Scheme) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication) and wanted != theme.scheme():
            theme.apply(app, wanted)
            self.bar.refresh_theme()

    def _toggle_full_screen(self) -> None:
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_dir())))

    def _show_keys(self) -> None:
        from gui.dialogs.keys import KeysDialog
        from gui.key_map import key_groups

        KeysDialog(key_groups(), self).open()

    def _show_machine(self) -> None:
        from gui.pages.machine import MachineDialog

        MachineDialog(self._session, self).open()

    @Slot(str)
    def _show_weights(self, network: str = "") -> None:
        from gui.pages.weights import WeightsDialog

        # Also wanted from dialogs, whose windows are above this one.
        WeightsDialog(self._session, QApplication.activeModalWidget() or self, network=network).open()

    def _show_about(self) -> None:
        from gui.dialogs.about import AboutDialog

        AboutDialog(self).open()

    @Slot(str)
    def show_crash(self, report: str) -> None:
        """The report of a fault of ours is on the screen."""
        from gui.dialogs.crash import CrashDialog

        CrashDialog(report, self).open()

    # Drops and the end

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not has_files(event.mimeData()):
            return
        event.acceptProposedAction()
        if self._session.project is None:
            return  # the start page has its own target
        roots = paths_in(event.mimeData())
        own = getattr(self.page(), "own_drops", None)
        beside = own() if own is not None and not is_for_window(roots) else None
        self.overlay.show_text(self.drops.promise(roots), beside=beside)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        event.acceptProposedAction()
        self.drops.take(paths_in(event.mimeData()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.overlay.isVisible():
            self.overlay.fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        jobs = self._session.jobs.active()
        if jobs:
            event.ignore()
            if all(job.quiet for job in jobs):
                self.hide()  # nothing the user knows of runs: the rest happens behind the scenes
            if not self.leaving.is_under_way():
                self.leaving.leave(self.close, yes=self.tr("Stop it and close"))
            return
        self._session.settings.set(GEOMETRY, window_state.saved(self))
        self._session.settings.save()
        event.accept()
        self.closed.emit()
