"""A project: opened or made, with its verbs, held by one writer at a time."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import filelock

from engine.base.clock import Clock, utc_now
from engine.base.errors import StorageError, UserError
from engine.base.files import sweep_partials
from engine.project.browse import Browse
from engine.project.classes import Classes, clean_name
from engine.project.columns import Columns
from engine.project.comparisons import Comparisons
from engine.project.context import Context
from engine.project.copies import Copies
from engine.project.exchange import Exchange
from engine.project.explore import Explore
from engine.project.labels import Labels
from engine.project.paths import SUFFIX, ProjectPaths
from engine.project.photos import Photos
from engine.project.runs import Runs
from engine.project.saved_studies import SavedStudies
from engine.project.splits import Splits
from engine.project.studies import Studies
from engine.project.tables import Tables
from engine.project.tags import Tags
from engine.project.undo import History
from engine.store.backup import back_up
from engine.store.db import Database, create_database, open_database


class Project:
    """One open project. All calls belong on the thread that opened it."""

    def __init__(self, context: Context, lock: filelock.BaseFileLock | None) -> None:
        self._context = context
        self._lock = lock
        self.paths = context.paths
        self.photos = Photos(context)
        self.labels = Labels(context)
        self.classes = Classes(context)
        self.tags = Tags(context)
        self.columns = Columns(context)
        self.copies = Copies(context)
        self.splits = Splits(context)
        self.runs = Runs(context, self.splits)
        self.comparisons = Comparisons(context, self.splits)
        self.studies = Studies(context, self.splits, self.runs)
        self.saved_studies = SavedStudies(context)
        self.explore = Explore(context, self.splits)
        self.tables = Tables(context)
        self.exchange = Exchange(context, self.photos)
        self.history = History(context)
        self.browse = Browse(context)

    @classmethod
    def create(cls, folder: Path, *, clock: Clock = utc_now) -> Project:
        """A new, empty project in `folder`, whose name gets `.fieldmark` if it lacks it.

        Raises:
            UserError: there is a project already, or a file is in the way.
            StorageError: the disk refused.
        """
        folder = folder if folder.suffix == SUFFIX else folder.with_name(folder.name + SUFFIX)
        if not clean_name(folder.stem):
            raise UserError("A project needs a name.")
        paths = ProjectPaths(folder.absolute())
        try:
            paths.make()
        except OSError as error:
            raise StorageError(
                f"The project folder {folder.name} could not be made.",
                advice="Choose a folder you may write to, on a disk with free space.",
                details=repr(error),
            ) from error
        lock = _take_lock(paths)
        try:
            return cls(Context(create_database(paths.database), paths, clock), lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False, clock: Clock = utc_now) -> Project:
        """The project in `folder`, checked and backed up; runs that were cut short are marked so.

        Raises:
            UserError: not a project, made by a newer Fieldmark, or open elsewhere.
            StorageError: damaged or unreadable.
        """
        paths = ProjectPaths(folder.absolute())
        if not paths.database.is_file():
            raise UserError(
                f"{folder.name} is not a Fieldmark project.",
                advice=_what_is_one(folder),
            )
        if read_only:
            return cls(
                Context(open_database(paths.database, read_only=True), paths, clock),
                None,
            )
        lock = _take_lock(paths)
        try:
            database = open_database(paths.database, read_only=False)
            try:
                project = cls(Context(database, paths, clock), lock)
                project._make_ready()
            except BaseException:
                database.close()
                raise
        except BaseException:
            lock.release()
            raise
        return project

    @property
    def folder(self) -> Path:
        """The project's folder, `Name.fieldmark`."""
        return self.paths.folder

    @property
    def name(self) -> str:
        """The folder's name without its suffix."""
        return self.paths.folder.stem

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed."""
        return self._database.read_only

    def close(self) -> None:
        """Nothing of the project is in use any more; calling it again does nothing."""
        self._database.close()
        if self._lock is not None:
            self._lock.release()

    @property
    def _database(self) -> Database:
        return self._context.db

    def _make_ready(self) -> None:
        self.paths.make()
        sweep_partials(self.paths.folder)
        for left_over in self.paths.tmp.iterdir():
            left_over.unlink(missing_ok=True)
        self.runs.mark_interrupted()
        back_up(self._database, self.paths.backups, self._context.clock())


def _what_is_one(folder: Path) -> str:
    """What to open instead of a folder that is no project."""
    meant = Path(f"{folder}{SUFFIX}")
    return f"Did you mean {meant.name}?" if meant.is_dir() else "Choose a folder that ends in .fieldmark."


def _take_lock(paths: ProjectPaths) -> filelock.BaseFileLock:
    """The lock of a project folder; the system frees it when its holder dies, so it is never stale.

    Raises:
        UserError: somebody else has the project open.
        StorageError: the folder cannot be written to.
    """
    lock = filelock.FileLock(paths.lock, thread_local=False)
    owner = paths.folder / ".lock-owner"
    try:
        lock.acquire(timeout=0)
        owner.write_text(f"process {os.getpid()} on {socket.gethostname()}", "utf-8")
    except filelock.Timeout as error:
        who = owner.read_text("utf-8") if owner.is_file() else "another program"
        raise UserError(
            "This project is already open.",
            safe="Nothing was changed.",
            advice="Go to the window that has it open, or close it there first.",
            details=f"held by {who}",
        ) from error
    except OSError as error:
        raise StorageError(
            "The project folder cannot be written to.",
            safe="Nothing was changed.",
            advice="Open it for reading only, or move it to a folder you may write to.",
            details=repr(error),
        ) from error
    return lock
