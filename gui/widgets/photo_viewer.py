"""The detail view: one large photo with its facts, its label and what the model thinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.base import fspath
from engine.base.ids import PhotoId
from engine.store.rows import ClassRow, PhotoRow
from gui.core import theme
from gui.core.places import friendly
from gui.core.sizes import file_size
from gui.widgets.cards import GAP, label, line, row, tool_button
from gui.widgets.photo_canvas import STEP, PhotoCanvas

INFO_WIDTH = 264


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model says of a photo: (class name, probability), likeliest first; empty if it has not seen it."""

    model_name: str
    shares: tuple[tuple[str, float], ...]


class PhotoViewer(QWidget):
    """Knows no project. `step_wanted` carries -1 or 1; `closed` is emitted by Escape, Enter and the back button."""

    step_wanted = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photo_id: PhotoId | None = None
        self.canvas = PhotoCanvas()
        self._place = label("", "muted")
        self._facts: dict[str, QLabel] = {}
        self._captions: dict[str, QLabel] = {}
        self._label_dot = label()
        self._label = label("", "section", wrap=True)
        self._opinion_box = QVBoxLayout()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._bar())
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(line(vertical=True))
        middle.addWidget(self._info())
        outer.addLayout(middle, 1)
        self.setFocusProxy(self.canvas)

    def photo_id(self) -> PhotoId | None:
        """The photo being shown."""
        return self._photo_id

    def show_photo(self, photo: PhotoRow, label_text: str, found: ClassRow | None, position: int, n: int) -> None:
        """The facts of the photo are shown; its picture follows with `show_image`."""
        other = photo.id != self._photo_id
        self._photo_id = photo.id
        self._place.setText(self.tr("{0} of {1}").format(f"{position + 1:,}", f"{n:,}"))
        self._label.setText(label_text)
        self._label_dot.setPixmap(colour_dot(found.colour) if found is not None else QPixmap())
        self._label_dot.setVisible(found is not None)
        folder, _, name = fspath.shown(photo.path).rpartition("/")
        self._set_fact("name", name)
        self._set_fact("folder", friendly(folder) or "/")
        self._set_fact("size", self.tr("{0} x {1} px, {2}").format(photo.width, photo.height, file_size(photo.n_bytes)))
        self._set_fact("problem", photo.problem)
        if other:
            self.canvas.set_text(self.tr("Opening the photo…"))
            self.show_opinion(None)
            self.show_said((), ())

    def show_preview(self, pixmap: QPixmap) -> None:
        """A thumbnail stands in until the photo has been read."""
        self.canvas.set_preview(pixmap)

    def show_image(self, photo_id: PhotoId, found: QImage | str) -> None:
        """The picture, or why there is none; ignored if another photo is being shown by now."""
        if photo_id != self._photo_id:
            return
        if isinstance(found, QImage):
            self.canvas.set_image(found)
        else:
            self.canvas.set_text(found)

    def show_opinion(self, opinion: Opinion | None) -> None:
        """What the model in use says of the photo."""
        while self._opinion_box.count():
            item = self._opinion_box.takeAt(0).widget()
            if item is not None:
                item.deleteLater()
        if opinion is None:
            self._opinion_box.addWidget(label(self.tr("No model has judged this photo yet."), "muted", wrap=True))
            return
        for name, share in opinion.shares[:5]:
            self._opinion_box.addWidget(ShareBar(name, share))
        self._opinion_box.addWidget(label(opinion.model_name, "muted", wrap=True))

    def show_said(self, tags: Sequence[str], values: Sequence[tuple[str, str]]) -> None:
        """What is said of the photo beside its class: tags, and (heading, value) of tables."""
        self._set_fact("tags", ", ".join(tags))
        self._set_fact("values", "\n".join(f"{heading}: {value}" for heading, value in values))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Backspace: -1, Qt.Key.Key_Space: 1}
        key = Qt.Key(event.key())
        if key in steps:
            self.step_wanted.emit(steps[key])
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.closed.emit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.canvas.zoom(STEP)
        elif key == Qt.Key.Key_Minus:
            self.canvas.zoom(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.canvas.fit()
        else:
            event.ignore()

    def _bar(self) -> QWidget:
        back = tool_button(self.tr("Back to the grid (Esc)"), "arrow-left")
        back.clicked.connect(self.closed)
        before = tool_button(self.tr("Previous photo (Left)"), "chevron-left")
        before.clicked.connect(self._previous)
        after = tool_button(self.tr("Next photo (Right)"), "chevron-right")
        after.clicked.connect(self._next)
        fit = tool_button(self.tr("Whole photo (0)"), "maximize")
        fit.clicked.connect(self.canvas.fit)
        pixels = tool_button(self.tr("Actual size"), "zoom-in")
        pixels.clicked.connect(self.canvas.zoom_to_pixels)
        bar = QFrame()
        bar.setProperty("role", "bar")
        bar.setLayout(row(back, before, self._place, after, None, fit, pixels, spacing=4))
        bar.layout().setContentsMargins(GAP, 4, GAP, 4)
        return bar

    def _info(self) -> QWidget:
        panel = QFrame()
        panel.setProperty("role", "bar")
        box = QVBoxLayout(panel)
        box.setContentsMargins(2 * GAP, 2 * GAP, 2 * GAP, 2 * GAP)
        box.setSpacing(4)
        box.addWidget(label(self.tr("Label"), "muted"))
        box.addLayout(row(self._label_dot, self._label, None))
        box.addSpacing(2 * GAP)
        box.addWidget(label(self.tr("The model says"), "muted"))
        box.addLayout(self._opinion_box)
        box.addSpacing(2 * GAP)
        for key, title in (
            ("name", self.tr("File")),
            ("folder", self.tr("Folder")),
            ("size", self.tr("Size")),
            ("tags", self.tr("Tags")),
            ("values", self.tr("From tables")),
            ("problem", self.tr("Problem")),
        ):
            self._captions[key] = label(title, "muted")
            self._facts[key] = label("", wrap=True, selectable=True)
            self._facts[key].setAccessibleName(title)
            box.addWidget(self._captions[key])
            box.addWidget(self._facts[key])
            box.addSpacing(GAP)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFixedWidth(INFO_WIDTH)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(panel)
        return area

    def _set_fact(self, key: str, text: str) -> None:
        # A long path has nowhere to break; a zero-width space after each slash gives it one.
        self._facts[key].setText(breakable(text))
        self._facts[key].setVisible(bool(text))
        self._captions[key].setVisible(bool(text))

    def _previous(self) -> None:
        self.step_wanted.emit(-1)

    def _next(self) -> None:
        self.step_wanted.emit(1)


class ShareBar(QWidget):
    """A class and its share as a bar with the figure."""

    def __init__(self, name: str, share: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = share
        self.setAccessibleName(f"{name} {share:.0%}")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 2, 0, 8)
        box.setSpacing(0)
        box.addLayout(row(label(name, wrap=True), None, label(f"{share:.0%}", "muted")))

    def paintEvent(self, event: object) -> None:
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        painter.fillRect(0, self.height() - 6, self.width(), 4, theme.colour("sunken"))
        painter.fillRect(0, self.height() - 6, round(self.width() * self._share), 4, theme.colour("accent"))


def breakable(text: str) -> str:
    """The text with places where a line may break, for paths; they are not visible."""
    return text.replace("/", "/\u200b").replace("_", "_\u200b")


def top_shares(names: Sequence[str], probs: Sequence[float]) -> tuple[tuple[str, float], ...]:
    """Names with their probabilities, likeliest first."""
    return tuple(sorted(zip(names, probs, strict=True), key=lambda pair: -pair[1]))


def colour_dot(colour: str) -> QPixmap:
    """A class's colour as a disc of 12 px, for labels and menus."""
    from PySide6.QtGui import QPainter

    made = QPixmap(24, 24)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.class_colour(colour))
    painter.drawEllipse(1, 1, 22, 22)
    painter.end()
    made.setDevicePixelRatio(2.0)
    return made
