"""Exchange with other tools: a table or a manifest read in, photos and labels exported; and what came of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.base.fspath import to_bytes
from engine.data.names import LABEL_SUFFIXES, is_table
from gui.core.notices import Notice
from gui.core.pool_work import on_pool
from gui.core.session import Session
from gui.verbs.import_photos import conflict_text
from gui.verbs.reveal import reveal_folder

if TYPE_CHECKING:
    from engine.base.changes import Changes
    from engine.base.events import Ended
    from engine.exchange.forms import ExportRecord
    from engine.exchange.reading import Reading
    from engine.exchange.text_table import RowProblem
    from engine.jobs.spec import ExportPhotosSpec
    from engine.project.exchange import ReadPlan, ReadSummary
    from engine.project.tables import TableSummary
    from engine.store.rows import Counts
    from gui.dialogs.export_photos import ExportChoice
    from gui.dialogs.import_table import TableChoice


class ExchangeVerbs(QObject):
    """Asks on `window`, carries it out, and tells."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    @Slot()
    def choose_table(self) -> None:
        """The user picks a file; then `read`."""
        picker = QFileDialog(self._window, self.tr("Table, manifest or labels"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.setNameFilter(
            self.tr("Tables and labels ({0})").format(" ".join(sorted(f"*.{one.decode()}" for one in LABEL_SUFFIXES)))
        )
        picker.fileSelected.connect(self._picked)
        picker.open()

    def read(self, file: bytes) -> None:
        """A dialog shows what the file says: of photos that are here, or, for a manifest, also of others beside it."""
        on_pool(
            partial(_reading, file),
            partial(self._show_reading, file),
            context=self,
            on_error=self._session.notices.error,
        )

    @Slot()
    def ask_export(self) -> None:
        """A dialog asks in which form and where to."""
        self._session.store.ask(lambda project: project.browse.counts(), self._show_export, context=self)

    def export(self, choice: ExportChoice) -> None:
        """The export is on its way; a notice tells when it is there."""
        self._session.store.ask(
            lambda project: project.exchange.export_spec(choice.out, choice.form, photos=choice.photos, bom=choice.bom),
            self._start_export,
            context=self,
        )

    @Slot(str)
    def _picked(self, file: str) -> None:
        self.read(to_bytes(file))

    def _show_reading(self, file: bytes, reading: Reading | None) -> None:
        if reading is not None:
            self._session.store.ask(lambda project: project.exchange.plan(reading), self._show_plan, context=self)
            return
        from gui.dialogs.import_table import ImportTableDialog

        dialog = ImportTableDialog(self._session, file, self._window)
        title = self.tr("Read {0}").format(Path(str(file, "utf-8", "replace")).name)
        dialog.chosen.connect(partial(self._take_table, title))
        dialog.open()

    def _take_table(self, title: str, choice: TableChoice) -> None:
        self._session.store.ask(
            lambda project: project.tables.take(
                choice.table,
                choice.match,
                title=title,
                columns=choice.columns,
                labels=choice.labels,
                replace=choice.replace,
            ),
            partial(self._tell_table, choice.match.problems),
            context=self,
        )

    def _tell_table(self, problems: tuple[RowProblem, ...], done: tuple[TableSummary, Changes]) -> None:
        summary, changes = done
        text = self.tr("Something new is known of %n photo(s)", "", summary.n_changed)
        if summary.n_labelled:
            text += ", " + self.tr("%n labelled", "", summary.n_labelled)
        self._tell(text, summary.conflicts, problems, changes)

    def _show_plan(self, plan: ReadPlan) -> None:
        from gui.dialogs.read_manifest import ReadManifestDialog

        dialog = ReadManifestDialog(plan, self._window)
        dialog.chosen.connect(partial(self._read_manifest, plan))
        dialog.open()

    def _read_manifest(self, plan: ReadPlan, replace: bool) -> None:
        from gui.core.manifest_reading import ManifestRun

        run = ManifestRun(self._session, plan, replace=replace)
        run.finished.connect(self._tell_manifest)

    @Slot(object, object)
    def _tell_manifest(self, summary: ReadSummary, ended: Ended | None) -> None:
        text = self.tr("%n photo(s) added", "", summary.imported.added)
        text += ", " + self.tr("something new is known of %n", "", summary.n_changed)
        if ended is not None and ended.reason == "cancelled":
            text = self.tr("Import stopped: {0}").format(text)
        self._tell(text, summary.conflicts, summary.problems, None)

    def _tell(
        self, text: str, conflicts: tuple[str, ...], problems: tuple[RowProblem, ...], changes: Changes | None
    ) -> None:
        # Dates and places that were filled in are no step: undoing would take back an earlier one.
        undo = changes is not None and bool(changes.title) and not problems
        self._session.notices.post(
            Notice(
                level="success",
                text=text + ("; " + self.tr("%n row(s) left out", "", len(problems)) if problems else "") + ".",
                advice=conflict_text(conflicts),
                action_text=self.tr("Undo") if undo else self.tr("Show rows") if problems else "",
                action=self._undo if undo else partial(self._show_problems, problems) if problems else None,
            )
        )

    def _show_problems(self, problems: tuple[RowProblem, ...]) -> None:
        from gui.dialogs.row_problems import RowProblemsDialog

        RowProblemsDialog(problems, self._window).open()

    def _undo(self) -> None:
        self._session.store.ask(lambda project: project.history.undo())

    def _show_export(self, counts: Counts) -> None:
        from gui.dialogs.export_photos import ExportPhotosDialog

        project = self._session.project
        if project is None:
            return
        name = self.tr("{0} photos").format(project.name)
        dialog = ExportPhotosDialog(self._window, counts, name=name, place=project.folder.parent)
        dialog.chosen.connect(self.export)
        dialog.open()

    def _start_export(self, spec: ExportPhotosSpec) -> None:
        # Its own child beside the others: copying many photos must not keep a drop or a model waiting.
        job = self._session.jobs.start(spec, title=self.tr("Exporting photos and labels"), role="fetch")
        job.ended.connect(partial(self._exported, spec.out))

    def _exported(self, out: bytes, ended: Ended) -> None:
        if ended.reason == "finished":
            on_pool(
                partial(_record, out),
                partial(self._tell_export, out),
                context=self,
                on_error=self._session.notices.error,
            )

    def _tell_export(self, out: bytes, record: ExportRecord) -> None:
        text = self.tr("%n photo(s) exported", "", record.n_photos)
        if record.left_out:
            text += ", " + self.tr("%n left out because their files are gone or changed", "", len(record.left_out))
        show = partial(reveal_folder, out)
        level = "warning" if record.left_out else "success"
        action_text = self.tr("Show the folder")
        self._session.notices.post(Notice(level=level, text=text + ".", action_text=action_text, action=show))


def _reading(file: bytes) -> Reading | None:
    """What a manifest says; None for a table of facts alone."""
    from engine.exchange.csv_manifest import is_manifest
    from engine.exchange.sniff import read_data_set
    from engine.exchange.text_table import read_table

    if is_table(file) and not is_manifest(read_table(file)):
        return None
    return read_data_set(file)


def _record(out: bytes) -> ExportRecord:
    from engine.base.fspath import to_path
    from engine.exchange.export import read_record

    return read_record(to_path(out))
