"""The Classify page: drop new photos, see what they show and how sure that is, save the table or the model."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from engine.base.changes import Changes
from engine.base.dirs import machine_dir
from engine.base.events import Classified, Ended, FilesRefused, ModelLoaded, Phase
from engine.base.fspath import to_bytes
from engine.data.names import MODEL_SUFFIX, is_model, is_project
from engine.jobs.spec import ClassifySpec
from gui.core.drops import has_files, paths_in
from gui.core.full_photo import FullPhotoLoader
from gui.core.job_thread import Job
from gui.core.session import Session
from gui.core.thumbs import ThumbCache
from gui.models.result_model import ResultModel
from gui.pages.classify_model import ModelChoice, colours_of, model_file, model_in_use
from gui.verbs.save_results import SaveResultsVerb
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, row
from gui.widgets.classify_drop import ClassifyDrop
from gui.widgets.empty_state import EmptyState
from gui.widgets.progress_row import ProgressRow
from gui.widgets.result_view import ResultView

if TYPE_CHECKING:
    from PIL import Image


class ClassifyPage(QWidget):
    """Works with the model of the open project, or with a model file and no project at all."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._model: ModelChoice | None = None
        self._in_use: ModelChoice | None = None
        self._job: Job | None = None
        self._progress: ProgressRow | None = None
        self.saving = SaveResultsVerb(session, self)
        self._listed_for: bytes | None = None
        # Its own: these photos belong to no project, and the list may outlive the project's thumbnails.
        self._thumbs = ThumbCache(_load_thumb, parent=self)
        self._thumbs.set_folder(Path())
        self._loader = FullPhotoLoader(parent=self)
        for pool in (self._thumbs, self._loader):
            self.destroyed.connect(pool.shut_down)
        self.results = ResultModel(self)
        self.setAcceptDrops(True)
        self._build()
        session.changed.connect(self._changed)
        session.project_opened.connect(self._project_opened)
        session.project_closed.connect(self._project_closed)
        self._ask_model()
        self._show_state()

    # The model

    def model_title(self) -> str:
        """Which model classifies, in words; empty if there is none."""
        return self._model.title if self._model is not None else ""

    def progress(self) -> ProgressRow | None:
        """The line of the job that runs."""
        return self._progress

    def use_file(self, path: bytes) -> None:
        """The model file classifies from now on; whether it is one shows when it is loaded."""
        self._set_model(model_file(path))

    @Slot()
    def use_project(self) -> None:
        """The project's model classifies from now on."""
        self._set_model(self._in_use)

    @Slot()
    def choose_model(self) -> None:
        """The user picks a model file."""
        picker = QFileDialog(self, self.tr("Open a model"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.setNameFilter(self.tr("Models ({0})").format(f"*{MODEL_SUFFIX}"))
        picker.fileSelected.connect(self._picked_model)
        picker.open()

    @Slot(str)
    def _picked_model(self, file: str) -> None:
        self.use_file(to_bytes(file))

    @Slot(object)
    def _changed(self, changes: Changes) -> None:
        if changes.runs or changes.classes:
            self._ask_model()

    @Slot()
    def _project_opened(self) -> None:
        self._project_closed()
        self._ask_model()

    @Slot()
    def _project_closed(self) -> None:
        self._in_use = None
        if self._model is not None and self._model.run is not None:
            self._set_model(None)
        self._show_state()

    def _ask_model(self) -> None:
        if self._session.project is not None:
            self._session.store.ask(model_in_use, self._take_model_in_use, context=self)

    def _take_model_in_use(self, found: ModelChoice | None) -> None:
        self._in_use = found
        if self._model is None or self._model.run is not None:
            self._set_model(found)
        self._show_state()

    def _set_model(self, model: ModelChoice | None) -> None:
        self._model = model
        self._show_state()

    # Classifying

    def classify(self, inputs: Sequence[bytes]) -> None:
        """These files and what is below these folders are classified and join the list."""
        if self._model is None or self._job is not None or not inputs:
            return
        if self._model.path != self._listed_for:
            self._listed_for = None
        spec = ClassifySpec(model=self._model.path, inputs=tuple(inputs), machine=os.fsencode(machine_dir()), csv=None)
        self._progress = ProgressRow(self.tr("Classifying"))
        self._progress.set_waiting()
        self._progress_place.addWidget(self._progress)
        self._job = self._session.jobs.start(spec, title=self.tr("Classifying photos"), role="light")
        self._progress.stop_wanted.connect(self._job.cancel)
        self._job.event.connect(self._take)
        self._job.ended.connect(self._ended)
        self._show_state()

    @Slot(object)
    def _take(self, event: object) -> None:
        if isinstance(event, ModelLoaded):
            self._loaded(event)
        elif isinstance(event, Classified):
            self.view.add(event.rows)
        elif isinstance(event, FilesRefused):
            self.view.add((), event.rows)
        elif isinstance(event, Phase) and self._progress is not None:
            self._progress.set_phase(event)

    def _loaded(self, event: ModelLoaded) -> None:
        # The same model again: what was dropped before stays in the list.
        if self._model is not None and (self._listed_for is None or event.classes != self.results.classes()):
            self._listed_for = self._model.path
            self.view.start(event.classes, colours_of(self._model, event.classes))
        self._show_state()

    @Slot(object)
    def _ended(self, ended: Ended) -> None:
        self._job = None
        if self._progress is not None:
            self._progress.deleteLater()
            self._progress = None
        if ended.reason == "finished" and not self.results.tally().n:
            self._session.notices.info(
                self.tr("No photos were found there."), advice=self.tr("Drop photos, or folders with photos.")
            )
        self._show_state()

    @Slot()
    def clear(self) -> None:
        """The list is empty; nothing that was saved is lost."""
        self._listed_for = None
        self.view.start((), ())
        self._show_state()

    @Slot()
    def _choose_table(self) -> None:
        self.saving.choose_table(self.results.classes(), self.results.photos())

    @Slot()
    def _choose_model_target(self) -> None:
        if self._model is not None and self._model.run is not None:
            self.saving.choose_model(self._model.run.id)

    # Choosing and dropping photos

    @Slot(str)
    def _wanted(self, what: str) -> None:
        if what == "train":
            self._session.show_page.emit("train")
        elif what == "model":
            self.choose_model()
        else:
            self._choose_photos(folder=what == "folder")

    @Slot()
    def _more_files(self) -> None:
        self._choose_photos(folder=False)

    @Slot()
    def _more_folders(self) -> None:
        self._choose_photos(folder=True)

    def _choose_photos(self, *, folder: bool) -> None:
        picker = QFileDialog(self, self.tr("Folder with photos") if folder else self.tr("Photos"))
        if folder:
            picker.setFileMode(QFileDialog.FileMode.Directory)
            picker.setOption(QFileDialog.Option.ShowDirsOnly)
        else:
            picker.setFileMode(QFileDialog.FileMode.ExistingFiles)
        picker.filesSelected.connect(self._picked)
        picker.open()

    @Slot(list)
    def _picked(self, files: list[str]) -> None:
        self.classify(tuple(to_bytes(file) for file in files))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if has_files(event.mimeData()):
            event.acceptProposedAction()
            self.target.set_hot(hot=True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.target.set_hot(hot=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.target.set_hot(hot=False)
        event.acceptProposedAction()
        paths = paths_in(event.mimeData())
        if any(is_project(path) for path in paths):
            self._session.files_dropped.emit(paths)
            return
        models = [path for path in paths if is_model(path)]
        if models:
            self.use_file(models[0])
        self.classify(tuple(path for path in paths if path not in models))

    # How it is laid out

    def _build(self) -> None:
        self._title = label("", "section")
        self._facts = label("", "muted")
        self._open = button(self.tr("Open a model file…"), "quiet", icon_name="package")
        self._open.clicked.connect(self.choose_model)
        self._back = button(self.tr("Use this project's model"), "quiet")
        self._back.clicked.connect(self.use_project)
        self.none = EmptyState(
            "scan-search",
            self.tr("No model yet"),
            self.tr("Train a model on your labelled photos, or open a model file that somebody gave you."),
            (("train", self.tr("Go to Train")), ("model", self.tr("Open a model file…"))),
        )
        self.target = ClassifyDrop()
        self.view = ResultView(self.results, self._thumbs, self._loader)
        self.view.refused_wanted.connect(self._show_refused)
        for part in (self.none, self.target):
            part.chosen.connect(self._wanted)
        self.pile = QStackedWidget()
        for part in (self.none, self.target, self.view):
            self.pile.addWidget(part)
        self._progress_place = QVBoxLayout()
        self._progress_place.setContentsMargins(PAGE_MARGIN, 0, PAGE_MARGIN, 0)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for part in (self._title, self._facts):
            texts.addWidget(part)
        head = QVBoxLayout()
        head.setContentsMargins(PAGE_MARGIN, PAGE_MARGIN, PAGE_MARGIN, 0)
        head.setSpacing(GAP)
        head.addWidget(label(self.tr("Classify"), "title"))
        line = row(None, self._back, self._open)
        line.insertLayout(0, texts)
        head.addLayout(line)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 2 * GAP)
        box.setSpacing(2 * GAP)
        box.addLayout(head)
        box.addLayout(self._progress_place)
        box.addWidget(self.pile, 1)
        box.addWidget(self._foot())

    def _foot(self) -> QWidget:
        self._save = button(self.tr("Save table…"), "primary", icon_name="table", shortcut="Ctrl+S")
        self._save.clicked.connect(self._choose_table)
        self._save_model = button(self.tr("Save model…"), icon_name="package")
        self._save_model.clicked.connect(self._choose_model_target)
        self._files = button(self.tr("Add photos…"), icon_name="image-plus")
        self._files.clicked.connect(self._more_files)
        self._folder = button(self.tr("Add a folder…"), icon_name="folder-plus")
        self._folder.clicked.connect(self._more_folders)
        self._clear = button(self.tr("Clear the list"), "quiet")
        self._clear.clicked.connect(self.clear)
        made = QWidget()
        box = row(self._files, self._folder, self._clear, None, self._save_model, self._save)
        box.setContentsMargins(PAGE_MARGIN, 0, PAGE_MARGIN, 0)
        made.setLayout(box)
        return made

    def _show_state(self) -> None:
        model, listed = self._model, self.results.tally().n or bool(self.view.refused)
        busy = self._job is not None
        self._title.setText(self.model_title())
        self._facts.setText(model.facts if model is not None else "")
        self._facts.setVisible(bool(model is not None and model.facts))
        self._back.setVisible(model is not None and model.run is None and self._in_use is not None)
        self._open.setVisible(model is not None)
        for part in (self._open, self._back):
            part.setEnabled(not busy)
        listing = bool(listed) or (busy and self._listed_for is not None)
        self.pile.setCurrentWidget(self.view if listing else self.target if model is not None else self.none)
        self.target.setEnabled(not busy)
        for part in (self._files, self._folder):
            part.setVisible(listing)
            part.setEnabled(not busy and model is not None)
        self._clear.setVisible(listing)
        self._clear.setEnabled(not busy)
        self._save.setVisible(listing)
        self._save.setEnabled(not busy and bool(listed))
        self._save_model.setVisible(model is not None and model.run is not None)

    @Slot()
    def _show_refused(self) -> None:
        from gui.dialogs.refused_files import RefusedFilesDialog

        RefusedFilesDialog(self.view.refused, self).open()


def _load_thumb(folder: Path, key: bytes, original: Path) -> Image.Image:
    # Here and not above: the decoder is not needed before the first photo is listed.
    from engine.image.opening import open_image
    from engine.image.thumbs import LONG_SIDE, shrink

    return shrink(open_image(original, min_long_side=LONG_SIDE).image)
