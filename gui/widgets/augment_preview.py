"""Photos before and after augmentation: on the left as validation sees them, beside that as training does."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.recipe.recipe import Recipe
from engine.recipe.training_cfg import AugmentCfg
from gui.core.augment_asking import N_DRAWN, AugmentRequest, Drawn, DrawnPhoto
from gui.widgets.cards import GAP, button, label, row
from gui.widgets.elided import ElidedLabel

_LEAST, _MOST = 48, 220
# Between the photo as it is and its changes.
_APART = 2 * GAP


class AugmentPreview(QWidget):
    """`show_recipe` while the recipe is edited; `wanted` carries what is to be drawn, `show_photos` shows it."""

    wanted = Signal(object)

    def __init__(self, recipe: Recipe, n_picked: int, parent: QWidget | None = None) -> None:
        """`n_picked`: photos that are selected on the Photos page, and can be chosen."""
        super().__init__(parent)
        self._recipe = recipe
        self._seed = recipe.seed
        self.source = QComboBox()
        self.source.setAccessibleName(self.tr("Which photos to show"))
        self.source.addItem(self.tr("One photo of each class"), False)
        if n_picked:
            self.source.addItem(self.tr("%n selected photo(s)", "", n_picked), True)
            self.source.setCurrentIndex(1)
        self.source.currentIndexChanged.connect(self._draw)
        self.again = button(
            self.tr("Draw again"), icon_name="refresh-cw", tip=self.tr("The same settings, other chances")
        )
        self.again.setAutoDefault(False)
        self.again.clicked.connect(self._draw_again)
        self._say = label("", "muted", wrap=True)
        self.sheet = AugmentSheet()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 2 * GAP, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(row(self.source, None, self.again))
        box.addWidget(self._say)
        box.addWidget(self.sheet, 1)
        self._describe()

    def said(self) -> str:
        """The sentence above the photos."""
        return self._say.text()

    def show_recipe(self, recipe: Recipe) -> None:
        """The recipe as it is being edited; its augmentation is wanted, if it has one."""
        self._recipe = recipe
        self._describe()
        self._draw()

    @Slot()
    def show_asking(self) -> None:
        """Photos are being drawn; those that are shown stay until then."""
        if not self.sheet.cells():
            self._say.setText(self.tr("Drawing your photos…"))

    @Slot(object)
    def show_photos(self, photos: Sequence[DrawnPhoto]) -> None:
        """These are the photos."""
        self._describe()
        self.sheet.show_photos(photos)

    @Slot(str)
    def show_problem(self, text: str) -> None:
        """There are none, and why."""
        self._say.setText(text)
        self.sheet.show_photos(())

    @Slot()
    def _draw(self) -> None:
        training = self._recipe.training
        if training is not None:
            self.wanted.emit(
                AugmentRequest(
                    input=self._recipe.input,
                    augment=training.augment,
                    seed=self._seed,
                    picked=bool(self.source.currentData()),
                )
            )

    @Slot()
    def _draw_again(self) -> None:
        self._seed += 1
        self._draw()

    def _describe(self) -> None:
        training = self._recipe.training
        for part in (self.source, self.again, self.sheet):
            part.setVisible(training is not None)
        if training is None:
            self._say.setText(self.tr("This recipe trains no network, so no photo is changed."))
        else:
            self._say.setText(self._of(training.augment))

    def _of(self, augment: AugmentCfg) -> str:
        if augment == AugmentCfg():
            return self.tr("Nothing is changed: training sees the photos as they are.")
        texts = [self.tr("Whenever a photo is learned from it is changed anew; photos that score the model never are.")]
        if augment.up_front:
            texts.append(self.tr("Each stands in eight fixed versions: four mirrored, then four scaled and turned."))
        if augment.mixup or augment.cutmix:
            texts.append(self.tr("Photos are mixed in pairs; below is the share of the other one."))
        return " ".join(texts)


class AugmentSheet(QScrollArea):
    """A line for each photo: as it is, then its changes; as large as the width allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(self.tr("Photos as they are and as training sees them"))
        self._shape: tuple[int, ...] = ()
        self._cells: list[list[_Cell]] = []

    def cells(self) -> list[list[_Cell]]:
        """For each photo: as it is, and its changes."""
        return self._cells

    def show_photos(self, photos: Sequence[DrawnPhoto]) -> None:
        """These photos are shown, where the others were."""
        shape = tuple(len(photo.drawn) for photo in photos)
        if shape != self._shape:
            self._build(shape)
        for photo, cells in zip(photos, self._cells, strict=True):
            self._show_photo(photo, cells)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _show_photo(self, photo: DrawnPhoto, cells: list[_Cell]) -> None:
        name = photo.name or self.tr("no label")
        cells[0].show_image(photo.seen, self.tr("{0} as it is").format(name), name)
        for number, (drawn, cell) in enumerate(zip(photo.drawn, cells[1:], strict=True), start=1):
            told = self.tr("{0} as training sees it, {1}").format(name, number)
            self._show_change(drawn, told, cell)

    def _show_change(self, drawn: Drawn, told: str, cell: _Cell) -> None:
        if drawn.mixed is None:
            cell.show_image(drawn.image, told, "")
            return
        name, share = drawn.mixed
        percent = self.tr("{0} %").format(round(100 * share))
        mixed = self.tr("{0}: {1} of it {2}").format(told, percent, name or self.tr("no label"))
        cell.show_image(drawn.image, mixed, f"+ {percent}")

    def _build(self, shape: tuple[int, ...]) -> None:
        """Empty cells in lines of `N_DRAWN` changes."""
        self._shape = shape
        self._cells = []
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.setColumnMinimumWidth(1, _APART - 2 * GAP)
        if shape:
            grid.addWidget(label(self.tr("As it is"), "muted"), 0, 0)
            grid.addWidget(label(self.tr("As training sees it"), "muted"), 0, 2, 1, N_DRAWN)
        line = 1
        for n_drawn in shape:
            cells = [_Cell() for _ in range(1 + n_drawn)]
            grid.addWidget(cells[0], line, 0)
            for at, cell in enumerate(cells[1:]):
                grid.addWidget(cell, line + at // N_DRAWN, 2 + at % N_DRAWN)
            line += -(-n_drawn // N_DRAWN)
            self._cells.append(cells)
        grid.setColumnStretch(2 + N_DRAWN, 1)
        grid.setRowStretch(line, 1)
        self.setWidget(inner)
        self._fit()

    def _fit(self) -> None:
        n = 1 + N_DRAWN
        side = (self.viewport().width() - _APART - n * GAP) // n
        for cells in self._cells:
            for cell in cells:
                cell.set_side(min(_MOST, max(_LEAST, side)))


class _Cell(QWidget):
    """A square picture with a line of text below."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = QLabel()
        self.picture.setScaledContents(True)
        self.caption = ElidedLabel("")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self.picture)
        box.addWidget(self.caption)

    def show_image(self, image: QImage, told: str, caption: str) -> None:
        """`told`: what it is, for those who do not see it."""
        self.picture.setPixmap(QPixmap.fromImage(image))
        self.picture.setAccessibleName(told)
        self.picture.setToolTip(told)
        self.caption.set_text(caption)

    def set_side(self, side: int) -> None:
        """How large the picture is, in pixels."""
        self.picture.setFixedSize(side, side)
        self.setFixedWidth(side)
