"""Curves of a training with what one does to them: smooth, zoom, read values, export; for one run or several."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QSlider, QStackedWidget, QVBoxLayout, QWidget

from engine.insight.curves import Column, Curves
from gui.core.plot_library import PlotLibrary
from gui.core.score_text import percent
from gui.core.throttle import Throttle
from gui.widgets.cards import GAP, button, label, row, tool_button

if TYPE_CHECKING:
    from gui.widgets.plot_canvas import PlotCanvas

DRAW_MS = 100
HEIGHT = 400
# Slider positions; the weight of the past stays below 1, where the line would never move.
SMOOTHEST, USUAL = 99, 60
ZOOM = 1.5
EXPORTS = ("png", "svg", "csv")


class LivePlot(QWidget):
    """`export_wanted` carries `png`, `svg` or `csv`; `picture`, `svg` and `tables` give what is to be saved.

    With the focus on the plot, left and right read the values epoch by epoch, + and - zoom, 0 shows the whole run.
    """

    export_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[tuple[str, Curves], ...] = ()
        self._pointed = math.nan
        self.canvas: PlotCanvas | None = None
        self._library = PlotLibrary(self)
        self._library.ready.connect(self._make_canvas)
        self._asked = False
        self._draw = Throttle(DRAW_MS, self)
        self._draw.due.connect(self._redraw)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Curves of the training"))
        self._pile = QStackedWidget()
        self._pile.setMinimumHeight(HEIGHT)
        waiting = label(self.tr("Drawing…"), "muted")
        waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pile.addWidget(waiting)
        self.values = label("", "muted", wrap=True, selectable=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addLayout(self._tools())
        box.addWidget(self._pile, 1)
        box.addWidget(self.values)

    # What is shown

    def show_runs(self, runs: Sequence[tuple[str, Curves]]) -> None:
        """These runs are drawn, each with its name; `grown` tells when their curves have."""
        self._runs = tuple(runs)
        self._pointed = math.nan
        self._hand_over()
        self._say_values()

    def grown(self) -> None:
        """The curves have grown; they are drawn anew, soon, and at most ten times a second."""
        self._draw.call()

    def tables(self) -> list[tuple[str, Sequence[object]]]:
        """Name and epochs of each run."""
        return [(name, curves.rows()) for name, curves in self._runs]

    def show_smoothing(self, position: int) -> None:
        """The slider stands there, 0 to `SMOOTHEST`, as if the user had moved it."""
        self.slider.setValue(position)

    def point_at(self, epoch: float) -> None:
        """The values of that epoch are read out; NaN: the newest ones."""
        self._pointed = epoch
        if self.canvas is not None:
            self.canvas.point_at(epoch)
        self._say_values()

    @Slot()
    def show_whole(self) -> None:
        """The whole of the runs is seen."""
        if self.canvas is not None:
            self.canvas.show_all()

    @Slot()
    def zoom_in(self) -> None:
        """Fewer epochs are seen, larger."""
        self._zoom(ZOOM)

    @Slot()
    def zoom_out(self) -> None:
        """More epochs are seen."""
        self._zoom(1 / ZOOM)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.canvas is not None:
            self.grown()
        elif not self._asked:
            self._asked = True
            if PlotLibrary.is_loaded():
                self._make_canvas()
            else:
                self._library.load()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.canvas is not None:
            self.canvas.restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_0:
            self.show_whole()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(1 if key == Qt.Key.Key_Right else -1)
        elif key == Qt.Key.Key_Escape and not math.isnan(self._pointed):
            self.point_at(math.nan)
        else:
            super().keyPressEvent(event)

    # Parts

    def _tools(self):  # noqa: ANN202 - a layout
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, SMOOTHEST)
        self.slider.setValue(USUAL)
        self.slider.setFixedWidth(140)
        self.slider.setAccessibleName(self.tr("Smoothing"))
        self.slider.setToolTip(self.tr("How much the loss of each step is averaged with those before it"))
        self.slider.valueChanged.connect(self._smooth)
        closer = tool_button(self.tr("Zoom in (+)"), "zoom-in")
        closer.clicked.connect(self.zoom_in)
        wider = tool_button(self.tr("Zoom out (-)"), "zoom-out")
        wider.clicked.connect(self.zoom_out)
        whole = tool_button(self.tr("Show the whole run (0)"), "maximize")
        whole.clicked.connect(self.show_whole)
        self.export = button(self.tr("Export"), "quiet", icon_name="download")
        menu = QMenu(self.export)
        names = (self.tr("Picture (PNG)…"), self.tr("Drawing (SVG)…"), self.tr("Table of epochs (CSV)…"))
        for kind, name in zip(EXPORTS, names, strict=True):
            action = QAction(name, menu)
            action.setData(kind)
            action.triggered.connect(self._export)
            menu.addAction(action)
        self.export.setMenu(menu)
        return row(label(self.tr("Smoothing"), "muted"), self.slider, None, closer, wider, whole, self.export)

    @Slot()
    def _make_canvas(self) -> None:
        from gui.widgets.plot_canvas import PlotCanvas, PlotWords

        words = PlotWords(
            loss=self.tr("Loss"),
            accuracy=self.tr("Right, %"),
            rate=self.tr("Learning rate"),
            epoch=self.tr("Epoch"),
            train=self.tr("Training"),
            val=self.tr("Validation"),
        )
        self.canvas = PlotCanvas(words, self)
        self.canvas.hovered.connect(self.point_at)
        self._pile.addWidget(self.canvas)
        self._pile.setCurrentWidget(self.canvas)
        # In a turn of its own: making the scales has taken its time already.
        QTimer.singleShot(0, self, self._hand_over)

    @Slot()
    def _hand_over(self) -> None:
        from gui.widgets.plot_canvas import PlotRun

        canvas = self.canvas
        if canvas is None:
            return
        canvas.set_smoothing(self.slider.value() / 100)
        canvas.show_runs([PlotRun(name, curves) for name, curves in self._runs])
        canvas.point_at(self._pointed)

    @Slot()
    def _redraw(self) -> None:
        # A page that is not on the screen is drawn when it is turned to.
        if self.isVisible() and self.canvas is not None:
            self.canvas.redraw()
        self._say_values()

    @Slot()
    def _smooth(self) -> None:
        if self.canvas is not None:
            self.canvas.set_smoothing(self.slider.value() / 100)

    @Slot()
    def _export(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.export_wanted.emit(action.data())

    def _zoom(self, factor: float) -> None:
        if self.canvas is not None:
            self.canvas.zoom(factor, None if math.isnan(self._pointed) else self._pointed)

    def _walk(self, epochs: int) -> None:
        last = max((_end(curves) for _, curves in self._runs), default=math.nan)
        if math.isnan(last):
            return
        start = last if math.isnan(self._pointed) else self._pointed
        self.point_at(min(last, max(0.0, round(start) + epochs)))

    # Values in words

    def _say_values(self) -> None:
        texts = [self._values_of(name, curves) for name, curves in self._runs]
        text = "\n".join(text for text in texts if text)
        if text != self.values.text():
            self.values.setText(text)
            self.setAccessibleDescription(text)

    def _values_of(self, name: str, curves: Curves) -> str:
        at = _end(curves) if math.isnan(self._pointed) else self._pointed
        if math.isnan(at):
            return ""
        parts = [] if len(self._runs) == 1 else [name]
        parts.append(self.tr("Epoch {0}").format(f"{at:.2f}".rstrip("0").rstrip(".")))
        if (n := _nearest(curves.step_epochs(), at)) is not None:
            parts.append(self.tr("loss {0}").format(_short(curves.step_losses()[n])))
            if len(self._runs) == 1:
                parts.append(self.tr("rate {0}").format(_short(curves.step_rates()[n])))
        if (n := _nearest(curves.epochs("train"), at)) is not None:
            parts.append(self.tr("training {0} right").format(percent(curves.accuracies("train")[n])))
        if (n := _nearest(curves.epochs("val"), at)) is not None:
            text = self.tr("validation {0} right, loss {1}")
            loss = _short(curves.losses("val")[n])
            parts.append(text.format(percent(curves.accuracies("val")[n]), loss))
        return "  ·  ".join(parts)


def _end(curves: Curves) -> float:
    """The last epoch of which anything is known; NaN before there is one."""
    columns = (curves.step_epochs(), curves.epochs("train"), curves.epochs("val"))
    return max((float(column[-1]) for column in columns if len(column)), default=math.nan)


def _nearest(column: Column, at: float) -> int | None:
    """The row whose value is nearest; None in an empty column."""
    if not len(column):
        return None
    n = int(np.searchsorted(column, at))
    return min((k for k in (n - 1, n) if 0 <= k < len(column)), key=lambda k: abs(float(column[k]) - at))


def _short(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.3g}"
