"""Classified photos to look through: what to show, the table, and the chosen photo with all its probabilities."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QSlider,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.base.events import ClassifiedPhoto, RefusedFile
from gui.core.full_photo import FullPhotoLoader
from gui.core.score_text import percent
from gui.core.thumbs import ThumbCache
from gui.models.result_model import DEFAULT_THRESHOLD, Result, ResultModel
from gui.widgets.cards import GAP, PAGE_MARGIN, button, label, row
from gui.widgets.elided import ElidedLabel
from gui.widgets.photo_canvas import PhotoCanvas
from gui.widgets.probability_bars import ProbabilityBars
from gui.widgets.result_delegate import ROW_HEIGHT, ResultDelegate

SIDE_WIDTH = 340


class ResultView(QWidget):
    """Knows a `ResultModel`, no project. `refused_wanted`: the user wants to read which files were left out."""

    refused_wanted = Signal()

    def __init__(
        self, model: ResultModel, thumbs: ThumbCache, loader: FullPhotoLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = model
        self._thumbs = thumbs
        self._loader = loader
        self._kept: int | None = None
        self.refused: tuple[RefusedFile, ...] = ()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self._list_side())
        split.addWidget(self._photo_side())
        split.setStretchFactor(0, 1)
        split.setSizes([3 * SIDE_WIDTH, SIDE_WIDTH])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(split)
        thumbs.ready.connect(self._thumb_ready)
        loader.loaded.connect(self._photo_loaded)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)

    def start(self, classes: Sequence[str], colours: Sequence[str]) -> None:
        """The list is empty and speaks of these classes, each drawn in its colour (`#rrggbb`)."""
        self.refused = ()
        self._kept = None
        self._loader.forget()
        self.delegate.set_colours(colours)
        self.model.start(classes)
        self._fill_choices()
        self._show_counts()

    def add(self, photos: Sequence[ClassifiedPhoto], refused: Sequence[RefusedFile] = ()) -> None:
        """The list grows."""
        self.model.add(photos)
        self.refused += tuple(refused)
        self._show_counts()
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _list_side(self) -> QWidget:
        self.choice = QComboBox()
        self.choice.setAccessibleName(self.tr("Which photos to show"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.activated.connect(self._choose)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setValue(round(DEFAULT_THRESHOLD * 100))
        self.slider.setPageStep(5)
        self.slider.setFixedWidth(160)
        self.slider.setAccessibleName(self.tr("Answers below this confidence count as not sure, in percent"))
        self.slider.setToolTip(self.tr("Answers below this confidence count as not sure. Nothing is left out by it."))
        self.slider.valueChanged.connect(self._move_threshold)
        self._limit = label()
        self._limit.setMinimumWidth(self._limit.fontMetrics().horizontalAdvance("100 %"))
        self._limit.setText(percent(DEFAULT_THRESHOLD))
        name = label(self.tr("Not sure below"))
        name.setBuddy(self.slider)
        self.delegate = ResultDelegate(self._thumbs, self)
        self.table = self._make_table()
        self._counts = label("", "muted")
        self._refused_button = button(self.tr("Show"), "quiet")
        self._refused_button.clicked.connect(self.refused_wanted)
        self._refused_text = label("", "muted")
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(PAGE_MARGIN, 0, GAP, 0)
        box.setSpacing(GAP)
        box.addLayout(row(self.choice, None, name, self.slider, self._limit))
        box.addWidget(self.table, 1)
        box.addLayout(row(self._counts, None, self._refused_text, self._refused_button))
        return made

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setAccessibleName(self.tr("Classified photos"))
        table.setModel(self.model)
        table.setItemDelegate(self.delegate)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setMouseTracking(True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(ResultModel.PHOTO, QHeaderView.ResizeMode.Stretch)
        for column, width in ((ResultModel.CLASS, 190), (ResultModel.CONFIDENCE, 160), (ResultModel.SECOND, 170)):
            head.resizeSection(column, width)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        table.selectionModel().currentRowChanged.connect(self._show_current)
        return table

    def _photo_side(self) -> QWidget:
        self.canvas = PhotoCanvas()
        self.canvas.setMinimumHeight(80)
        self._name = label("", "section", wrap=True, selectable=True)
        self._folder = ElidedLabel("")
        self._answer = label("", "muted", wrap=True)
        self.bars = ProbabilityBars(8)
        made = QWidget()
        made.setMinimumWidth(260)
        box = QVBoxLayout(made)
        box.setContentsMargins(2 * GAP, 0, PAGE_MARGIN, 0)
        box.setSpacing(GAP)
        box.addWidget(self.canvas, 1)
        box.addWidget(self._name)
        box.addWidget(self._folder)
        box.addWidget(self._answer)
        box.addWidget(self.bars)
        return made

    @Slot(int)
    def _move_threshold(self, percents: int) -> None:
        self._limit.setText(percent(percents / 100))
        self.model.set_threshold(percents / 100)
        self._show_counts()

    @Slot(int)
    def _choose(self, at: int) -> None:
        sureness, class_no = self.choice.itemData(at)
        self.model.set_filter(sureness, class_no)

    def _fill_choices(self) -> None:
        self.choice.clear()
        for text, sureness in (
            (self.tr("All photos"), "all"),
            (self.tr("Not sure"), "unsure"),
            (self.tr("Sure"), "sure"),
        ):
            self.choice.addItem(text, (sureness, None))
        self.choice.insertSeparator(self.choice.count())
        for class_no, name in enumerate(self.model.classes()):
            self.choice.addItem(name, ("sure", class_no))
        self.model.set_filter()

    def _show_counts(self) -> None:
        tally = self.model.tally()
        counts = {("all", None): tally.n, ("unsure", None): tally.n_unsure, ("sure", None): tally.n - tally.n_unsure}
        counts |= {("sure", class_no): n for class_no, n in enumerate(tally.by_class)}
        names = [self.tr("All photos"), self.tr("Not sure"), self.tr("Sure"), "", *self.model.classes()]
        for at in range(self.choice.count()):
            wanted = self.choice.itemData(at)
            if wanted is not None:
                self.choice.setItemText(at, f"{names[at]}  ({counts[tuple(wanted)]:,})")
        self._counts.setText(
            self.tr("%n photo(s)", "", tally.n) + ", " + self.tr("{0} not sure").format(f"{tally.n_unsure:,}")
            if tally.n
            else ""
        )
        for part in (self._refused_text, self._refused_button):
            part.setVisible(bool(self.refused))
        self._refused_text.setText(self.tr("%n file(s) cannot be used", "", len(self.refused)))

    def current(self) -> Result | None:
        """The chosen result."""
        index = self.table.currentIndex()
        return self.model.result(index.row()) if index.isValid() else None

    @Slot(QModelIndex)
    def _show_current(self, index: QModelIndex) -> None:
        result = self.model.result(index.row()) if index.isValid() else None
        if result is None:
            self._name.clear()
            self._folder.set_text("")
            self._answer.clear()
            self.bars.show_shares(())
            self.canvas.set_text(self.tr("Choose a photo in the list."))
            return
        self._name.setText(result.name)
        self._folder.set_text(result.shown.rpartition("/")[0])
        names = self.model.classes()
        self._answer.setText(
            self.tr("The model says {0}:").format(names[result.photo.top])
            if self.model.is_sure(result)
            else self.tr("The model is not sure:")
        )
        self.bars.show_shares(tuple(zip(names, result.photo.probs, strict=True)), names[result.photo.top])
        preview = self._thumbs.pixmap(result, ROW_HEIGHT)
        if preview is None:
            self.canvas.set_text(self.tr("Opening the photo…"))
        else:
            self.canvas.set_preview(preview)
        self._loader.request(result)

    @Slot(object, object)
    def _photo_loaded(self, photo_id: int, found: QImage | str) -> None:
        result = self.current()
        if result is None or result.id != photo_id:
            return
        if isinstance(found, str):
            self.canvas.set_text(found)
        else:
            self.canvas.set_image(found)

    @Slot(object)
    def _thumb_ready(self, sha256: bytes) -> None:
        self.table.viewport().update()

    @Slot()
    def _remember(self) -> None:
        result = self.current()
        self._kept = result.id if result is not None else None

    @Slot()
    def _restore(self) -> None:
        at = self.model.row_of(self._kept) if self._kept is not None else -1
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(max(0, at), 0))
        else:
            self._show_current(QModelIndex())
