"""What a table says of the photos: which column names them, which are taken in, and the first rows to check by eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QListView, QWidget

from engine.base.fspath import shown
from gui.core.session import Session
from gui.core.table_reading import PREVIEWED, Matched, TableReading
from gui.dialogs.dialog import Dialog
from gui.models.table_model import Column, TableModel
from gui.widgets.cards import GAP, Card, button, label, row
from gui.widgets.table_view import RowTable

if TYPE_CHECKING:
    from engine.base.errors import AppError
    from engine.exchange.side_table import TableMatch
    from engine.exchange.text_table import TextTable

translate = QCoreApplication.translate
MOST_COLUMNS = 30
PREVIEW_HEIGHT = 230
# Pixels for the folder and the file of a photo.
LEAST_PATH = 160
CHECK_WIDTH, CHECK_HEIGHT = 44, 24


@dataclass(frozen=True, slots=True)
class TableChoice:
    """What is to be taken in: numbers of columns, and of the one that says what photos show."""

    table: TextTable
    match: TableMatch
    columns: tuple[int, ...]
    labels: int | None
    replace: bool


@dataclass(frozen=True, slots=True)
class _Previewed:
    """A row as it is shown: the photo it is of, empty for none, and its cells."""

    photo: str
    cells: tuple[str, ...]


class ImportTableDialog(Dialog):
    """`chosen` carries a `TableChoice`."""

    chosen = Signal(object)

    def __init__(self, session: Session, file: bytes, parent: QWidget | None = None) -> None:
        super().__init__(
            parent, translate("Dialog", "Read a table"), accept_text=translate("Dialog", "Take in"), width=760
        )
        self._match: TableMatch | None = None
        self.body.addWidget(label(shown(file).rpartition("/")[2], "muted", wrap=True))
        self._headline = label(self.tr("Reading the table…"), "section", wrap=True)
        self._said = label("", "muted", wrap=True)
        self._said.hide()
        self.problems_button = button(self.tr("Show what is left out…"), "quiet")
        self.problems_button.setAutoDefault(False)
        self.problems_button.clicked.connect(self._show_problems)
        self.problems_button.hide()
        card = Card(role="sunken")
        card.body.addWidget(self._headline)
        card.body.addWidget(self._said)
        card.body.addLayout(row(self.problems_button, None))
        self.body.addWidget(card)
        self._make_choices()
        self._reading = TableReading(session, file, self)
        self._reading.read.connect(self._show_table)
        self._reading.matched.connect(self._show_match)
        self._reading.failed.connect(self._show_failure)
        self._allow()

    def accept(self) -> None:
        table, match = self._reading.table, self._match
        if table is None or match is None or not match.rows:
            return
        labels = self.labels.currentData()
        columns = tuple(at for at in self._checked() if at not in (match.key, labels))
        self.chosen.emit(TableChoice(table, match, columns, labels, self.replace.isChecked()))
        super().accept()

    def _make_choices(self) -> None:
        self.key = QComboBox()
        self.key.setAccessibleName(self.tr("Column that names the photos"))
        self.key.activated.connect(self._key_chosen)
        self.labels = QComboBox()
        self.labels.setAccessibleName(self.tr("Column with the classes"))
        self.labels.activated.connect(self._labels_chosen)
        self.replace = QCheckBox(self.tr("Also replace labels that photos have already"))
        self._items = QStandardItemModel(self)
        self.columns = QListView()
        self.columns.setModel(self._items)
        self.columns.setFlow(QListView.Flow.LeftToRight)
        self.columns.setWrapping(True)
        self.columns.setResizeMode(QListView.ResizeMode.Adjust)
        self.columns.setSpacing(GAP // 2)
        self.columns.setFixedHeight(76)
        self.columns.setAccessibleName(self.tr("Columns to take in"))
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(2 * GAP)
        form.setVerticalSpacing(GAP)
        for caption, field in (
            (self.tr("Photos are named in"), self.key),
            (self.tr("Classes are in"), self.labels),
            ("", self.replace),
            (self.tr("Take in"), self.columns),
        ):
            form.addRow(caption, field)
        self._choices = QWidget()
        self._choices.setLayout(form)
        self._choices.hide()
        self.body.addWidget(self._choices)

    @Slot(object)
    def _show_table(self, table: TextTable) -> None:
        self.labels.addItem(self.tr("No column"), None)
        for at, heading in enumerate(table.headings):
            self.key.addItem(heading, at)
            self.labels.addItem(heading, at)
            item = QStandardItem(heading)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            # The list would ask for less room than the box and the text of its style take.
            item.setSizeHint(QSize(self.fontMetrics().horizontalAdvance(heading) + CHECK_WIDTH, CHECK_HEIGHT))
            item.setCheckState(Qt.CheckState.Checked if heading else Qt.CheckState.Unchecked)
            self._items.appendRow(item)
        shown_columns = [
            Column(heading=heading, text=lambda one, at=at: one.cells[at])
            for at, heading in enumerate(table.headings[:MOST_COLUMNS])
        ]
        photo: Column[_Previewed] = Column(heading=self.tr("Photo"), text=lambda one: one.photo or "–")
        self._preview: TableModel[_Previewed] = TableModel((photo, *shown_columns), self)
        self._headline.setText(self.tr("Looking for the photos…"))
        self.preview = RowTable(self._preview, self.tr("First rows of the table"), least_wide=LEAST_PATH)
        self.preview.setFixedHeight(PREVIEW_HEIGHT)
        self._fill_preview({})
        self.body.addWidget(self.preview)
        self._choices.show()

    @Slot(object)
    def _show_match(self, found: Matched) -> None:
        match, table = found.match, self._reading.table
        assert table is not None
        self._match = match
        self.key.setCurrentIndex(match.key)
        self._headline.setText(
            self.tr("{0} of {1}").format(
                f"{len(match.rows):,}", self.tr("%n row(s) are of photos here", "", match.n_rows)
            )
        )
        self._said.setText(" ".join(self._sentences(table, found)))
        self._said.setVisible(bool(self._said.text()))
        self.problems_button.setVisible(bool(match.problems))
        self._fill_preview(found.photos)
        self._labels_chosen()
        if self.accept_button is not None and self.focusWidget() in (None, self.reject_button):
            self.accept_button.setFocus()

    def _fill_preview(self, photos: dict[int, str]) -> None:
        table = self._reading.table
        assert table is not None
        first = table.rows[:PREVIEWED]
        self._preview.set_rows([_Previewed(photos.get(one.line, ""), one.cells) for one in first])

    def _sentences(self, table: TextTable, found: Matched) -> list[str]:
        from engine.exchange.side_table import has_meta

        match, said = found.match, list(table.notes)
        if match.n_without:
            said.append(self.tr("%n photo(s) of the project have no row.", "", match.n_without))
        if match.problems:
            said.append(self.tr("%n row(s) left out.", "", len(match.problems)))
        if has_meta(table):
            said.append(self.tr("Dates, places and cameras also fill in what the photos themselves do not say."))
        if found.n_unread:
            text = self.tr("%n date(s) can be read in several ways or none; write them as {0}.", "", found.n_unread)
            said.append(text.format("2026-03-31 14:05:00"))
        return said

    @Slot(object)
    def _show_failure(self, error: AppError) -> None:
        self._match = None
        self._headline.setText(error.what)
        self._said.setText(error.advice)
        self._said.setVisible(bool(error.advice))
        self.problems_button.hide()
        self._allow()

    @Slot()
    def _key_chosen(self) -> None:
        self._match = None
        self._reading.match(self.key.currentData())
        self._allow()

    @Slot()
    def _labels_chosen(self) -> None:
        """What names the photos or their classes is no fact beside them."""
        used = (self.key.currentData(), self.labels.currentData())
        for at in range(self._items.rowCount()):
            self._items.item(at).setEnabled(at not in used)
        self._allow()

    @Slot()
    def _allow(self) -> None:
        assert self.accept_button is not None
        self.accept_button.setEnabled(self._match is not None and bool(self._match.rows))
        self.replace.setEnabled(self.labels.currentData() is not None)

    @Slot()
    def _show_problems(self) -> None:
        from gui.dialogs.row_problems import RowProblemsDialog

        if self._match is not None:
            RowProblemsDialog(self._match.problems, self).open()

    def _checked(self) -> list[int]:
        items = [self._items.item(at) for at in range(self._items.rowCount())]
        return [at for at, item in enumerate(items) if item.checkState() == Qt.CheckState.Checked]
