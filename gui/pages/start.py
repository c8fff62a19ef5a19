"""The first screen: recent projects, a new one, the sample, and a large place to drop a folder on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui.core.drops import has_files, paths_in
from gui.core.places import friendly
from gui.core.session import Session
from gui.core.settings import RECENTS
from gui.verbs.projects import ProjectVerbs
from gui.widgets.cards import GAP, Picture, button, label, tool_button
from gui.widgets.elided import ElidedLabel

WIDTH = 880


class StartPage(QWidget):
    """Shown while no project is open."""

    def __init__(self, session: Session, projects: ProjectVerbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._projects = projects
        self._recents = QVBoxLayout()
        self._recents.setSpacing(4)
        self._checker = _FolderCheck(self)
        self._checker.checked.connect(self._show_recents)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        outer.addLayout(self._columns())
        outer.addStretch(1)
        session.project_closed.connect(self.reload)
        self.reload()

    @Slot()
    def reload(self) -> None:
        """The list of recent projects is read again."""
        self._checker.start(tuple(Path(text) for text in self._session.settings.get(RECENTS)))

    def _columns(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(3 * GAP, 5 * GAP, 3 * GAP, 3 * GAP)
        column.setSpacing(3 * GAP)
        column.addStretch(1)
        head = QVBoxLayout()
        head.setSpacing(4)
        head.addWidget(label(self.tr("Fieldmark"), "hero"))
        head.addWidget(label(self.tr("Teach your computer to tell things apart in photos."), "muted"))
        column.addLayout(head)
        middle = QHBoxLayout()
        middle.setSpacing(4 * GAP)
        middle.addLayout(self._left(), 5)
        middle.addLayout(self._right(), 4)
        column.addLayout(middle)
        column.addStretch(2)
        return column

    def _left(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(2 * GAP)
        target = DropTarget()
        target.dropped.connect(self._session.files_dropped)
        box.addWidget(target)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        for text, name, slot in (
            (self.tr("New project"), "plus", self._projects.ask_new),
            (self.tr("Open a project"), "folder-open", self._projects.ask_open),
            (self.tr("Open the sample"), "sparkles", self._projects.open_sample),
        ):
            made = button(text, "primary" if name == "plus" else "", icon_name=name)
            made.clicked.connect(slot)
            buttons.addWidget(made)
        buttons.addStretch(1)
        box.addLayout(buttons)
        return box

    def _right(self) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(GAP)
        box.addWidget(label(self.tr("Recent projects"), "section"))
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(self._recents)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(holder)
        area.setMinimumWidth(320)
        area.setMinimumHeight(300)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box.addWidget(area, 1)
        return box

    @Slot(object)
    def _show_recents(self, found: tuple[tuple[Path, bool], ...]) -> None:
        while self._recents.count():
            widget = self._recents.takeAt(0).widget()
            if widget is not None:
                widget.deleteLater()
        if not found:
            self._recents.addWidget(label(self.tr("Projects you open are listed here."), "muted", wrap=True))
        for folder, exists in found:
            made = RecentRow(folder, exists=exists)
            made.open_wanted.connect(self._projects.open)
            made.remove_wanted.connect(self._forget)
            made.locate_wanted.connect(self._locate)
            self._recents.addWidget(made)

    @Slot(object)
    def _forget(self, folder: Path) -> None:
        self._session.settings.remove_recent(folder)
        self.reload()

    @Slot(object)
    def _locate(self, folder: Path) -> None:
        picker = QFileDialog(self, self.tr("Where is {0} now?").format(folder.stem))
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        picker.fileSelected.connect(lambda text: self._located(folder, Path(text)))
        picker.open()

    def _located(self, old: Path, new: Path) -> None:
        self._session.settings.remove_recent(old)
        self._projects.open(new)


class RecentRow(QFrame):
    """One recent project; a missing one is greyed and can be located or removed."""

    open_wanted = Signal(object)
    remove_wanted = Signal(object)
    locate_wanted = Signal(object)

    def __init__(self, folder: Path, *, exists: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self.setProperty("role", "card")
        box = QHBoxLayout(self)
        box.setContentsMargins(GAP + 4, GAP, GAP, GAP)
        box.setSpacing(GAP)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        if exists:
            name: QWidget = self._open_button(folder)
        else:
            name = label(self.tr("{0} (not found)").format(folder.stem), "muted")
        texts.addWidget(name)
        texts.addWidget(ElidedLabel(friendly(str(folder.parent))))
        box.addLayout(texts, 1)
        if not exists:
            locate = button(self.tr("Locate…"), "quiet")
            locate.setAccessibleName(self.tr("Locate {0}").format(folder.stem))
            locate.clicked.connect(self._locate)
            box.addWidget(locate)
        remove = tool_button(self.tr("Remove {0} from this list").format(folder.stem), "x", token="text_muted")
        remove.clicked.connect(self._remove)
        box.addWidget(remove)

    def _open_button(self, folder: Path) -> QPushButton:
        made = button(folder.stem, "link", tip=str(folder))
        made.setAccessibleName(self.tr("Open {0}").format(folder.stem))
        made.clicked.connect(self._open)
        return made

    @Slot()
    def _open(self) -> None:
        self.open_wanted.emit(self._folder)

    @Slot()
    def _remove(self) -> None:
        self.remove_wanted.emit(self._folder)

    @Slot()
    def _locate(self) -> None:
        self.locate_wanted.emit(self._folder)


class DropTarget(QFrame):
    """`dropped` carries the paths as bytes."""

    dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "drop")
        self.setAcceptDrops(True)
        self.setMinimumSize(420, 240)
        sign = Picture("folder-input", 48, "accent")
        text = label(self.tr("Drop a folder of photos here"), "title")
        hint = label(self.tr("Sub-folders become classes. The photos stay where they are."), "muted")
        box = QVBoxLayout(self)
        box.setSpacing(GAP)
        box.addStretch(1)
        for part in (sign, text, hint):
            box.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if has_files(event.mimeData()):
            event.acceptProposedAction()
            self._set_hot(hot=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_hot(hot=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_hot(hot=False)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(paths_in(event.mimeData()))

    def _set_hot(self, *, hot: bool) -> None:
        self.setProperty("hot", "true" if hot else "false")
        self.style().unpolish(self)
        self.style().polish(self)


class _FolderCheck(QObject):
    """Looks on a pool thread whether folders exist: a network drive that is gone would hold the window up."""

    checked = Signal(object)

    def start(self, folders: tuple[Path, ...]) -> None:
        """`checked` follows with ((folder, exists), ...)."""
        QThreadPool.globalInstance().start(_FolderTask(self, folders))


class _FolderTask(QRunnable):
    def __init__(self, check: _FolderCheck, folders: tuple[Path, ...]) -> None:
        super().__init__()
        self._check = check
        self._folders = folders

    def run(self) -> None:
        self._check.checked.emit(tuple((folder, folder.is_dir()) for folder in self._folders))
