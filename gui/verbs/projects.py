"""Opening, making and closing projects, the sample included."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.base.dirs import default_projects_dir
from engine.base.errors import AppError, EngineBug
from engine.base.fspath import shown, to_bytes
from gui.core.notices import Notice
from gui.core.session import Session
from gui.verbs.import_photos import ImportVerb
from gui.verbs.leaving import Leaving
from gui.verbs.reveal import reveal_folder

if TYPE_CHECKING:
    from engine.data.sample import Sample

SUFFIX = ".fieldmark"
SAMPLE_NAME = "Sample"


class ProjectVerbs(QObject):
    """Which project the window shows."""

    def __init__(self, session: Session, window: QWidget, imports: ImportVerb, leaving: Leaving) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._imports = imports
        self._leaving = leaving

    @Slot()
    def ask_new(self) -> None:
        """The dialog for a new, empty project is open."""
        self._ask("", (), "")

    def ask_new_for(self, roots: Sequence[bytes]) -> None:
        """A drop without an open project: a name is proposed, and the photos are imported into the new project."""
        name = shown(roots[0].rstrip(b"/")).rpartition("/")[2]
        stem = Path(name).stem
        text = self.tr("The photos are imported into a new project. The photos themselves stay where they are.")
        self._ask(stem or name, tuple(roots), text)

    @Slot()
    def ask_open(self) -> None:
        """The user picks a project folder."""
        picker = QFileDialog(self._window, self.tr("Open a project"), str(_existing(default_projects_dir())))
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        picker.fileSelected.connect(self._open_text)
        picker.open()

    def open(self, folder: Path) -> None:
        """The project in `folder` is shown, or a notice says why not and the former one stays."""
        self._leaving.leave(lambda: self._open(folder), yes=self.tr("Stop it and open"))

    @Slot()
    def open_sample(self) -> None:
        """The sample project is shown; it is drawn first if it is not there yet."""
        folder = default_projects_dir() / (SAMPLE_NAME + SUFFIX)
        if folder.exists():
            self.open(folder)
            return
        self._session.notices.info(self.tr("Drawing the sample photos…"))
        maker = _SampleMaker(default_projects_dir() / "Sample photos", self)
        maker.made.connect(lambda sample: self._open_drawn(folder, sample))
        maker.failed.connect(self._session.notices.error)
        maker.start()

    def _open_drawn(self, folder: Path, sample: Sample) -> None:
        self.create(folder, (to_bytes(sample.photos),))
        to_try = sample.new_species.parent
        self._session.notices.post(
            Notice(
                level="info",
                text=self.tr(
                    "This is a sample with drawn fish. To try adding a class, drop “{0}” on the class list."
                ).format(sample.new_species.name),
                action_text=self.tr("Show its folder"),
                action=lambda: reveal_folder(to_bytes(to_try)),
            )
        )

    def create(self, folder: Path, roots: Sequence[bytes] = ()) -> None:
        """A new project in `folder` is shown, and the photos below `roots` are on their way into it."""

        def make() -> None:
            self._session.store.open(folder, create=True, then=lambda _: self._imports.start(roots) if roots else None)

        self._leaving.leave(make, yes=self.tr("Stop it and go on"))

    @Slot()
    def close(self) -> None:
        """No project is shown; everything is saved."""
        self._leaving.leave(self._session.store.close_project, yes=self.tr("Stop it and close"))

    def _open(self, folder: Path, *, read_only: bool = False) -> None:
        self._session.store.open(
            folder, read_only=read_only, on_error=lambda error: self._not_opened(folder, error, read_only=read_only)
        )

    def _not_opened(self, folder: Path, error: AppError, *, read_only: bool) -> None:
        """A project that is in use elsewhere, or on a disk that cannot be written to, can still be looked at."""
        look = not read_only and folder.suffix == SUFFIX
        self._session.notices.post(
            Notice(
                level="error",
                text=error.what,
                safe=error.safe,
                advice=error.advice,
                details=error.details,
                action_text=self.tr("Open read-only") if look else "",
                action=(lambda: self._open(folder, read_only=True)) if look else None,
            )
        )

    @Slot(str)
    def _open_text(self, folder: str) -> None:
        self.open(Path(folder))

    def _ask(self, name: str, roots: tuple[bytes, ...], text: str) -> None:
        from gui.dialogs.new_project import NewProjectDialog

        dialog = NewProjectDialog(self._window, name=name, text=text)
        dialog.chosen.connect(lambda folder: self.create(folder, roots))
        dialog.open()


class _SampleMaker(QObject):
    """Draws the sample photos on a pool thread; `made` carries a `Sample`."""

    made = Signal(object)
    failed = Signal(object)

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.folder = folder

    def start(self) -> None:
        """The drawing begins."""
        QThreadPool.globalInstance().start(_SampleTask(self))

    def draw(self) -> None:
        """Called on the pool thread."""
        from engine.data.sample import make_sample

        try:
            sample = make_sample(self.folder)
        except AppError as error:
            self.failed.emit(error)
        except Exception as error:  # noqa: BLE001 - the border of a pool thread
            self.failed.emit(EngineBug(self.tr("The sample could not be drawn."), details=repr(error)))
        else:
            self.made.emit(sample)


class _SampleTask(QRunnable):
    def __init__(self, maker: _SampleMaker) -> None:
        super().__init__()
        self._maker = maker

    def run(self) -> None:
        self._maker.draw()


def _existing(folder: Path) -> Path:
    return folder if folder.is_dir() else Path.home()
