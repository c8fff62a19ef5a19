"""Loss, accuracy and learning rate of one or several runs over their epochs, drawn with pyqtgraph.

Imported only once pyqtgraph has been loaded on another thread: see `gui.widgets.live_plot`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QImage, QPainter, QPen, QWheelEvent
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from engine.insight.curves import Curves, smoothed, thinned
from gui.core import theme
from gui.widgets.plot_panel import PlotPanel

MAX_POINTS = 1000
LINES = ("plot_line", "plot_line_2", "plot_line_3", "plot_line_4", "plot_line_5", "plot_line_6")
_TICK_PX = 11
_ZOOM = 1.5
# Room on either side of the epochs, as a share of them.
_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class PlotRun:
    """A run to draw."""

    name: str
    curves: Curves


@dataclass(frozen=True, slots=True)
class PlotWords:
    """The words in the picture, already in the user's language."""

    loss: str
    accuracy: str
    rate: str
    epoch: str
    train: str
    val: str


class RunLines:
    """The drawn things of one run."""

    def __init__(self, canvas: PlotCanvas) -> None:
        self._items: list[tuple[pg.ViewBox, pg.GraphicsObject]] = []

        def line(panel: PlotPanel, *, symbol: str | None = None) -> pg.PlotDataItem:
            made = pg.PlotDataItem(connect="finite", symbol=symbol, symbolSize=6, antialias=True)
            self._add(panel, made)
            return made

        self.raw = line(canvas.loss)
        self.steps = line(canvas.loss)
        self.train_loss = line(canvas.loss)
        self.val_loss = line(canvas.loss, symbol="o")
        self.train_right = line(canvas.right)
        self.val_right = line(canvas.right, symbol="o")
        self.rate = line(canvas.rate)
        self.best = [pg.InfiniteLine(angle=90, movable=False) for _ in range(2)]
        self.stars = [pg.ScatterPlotItem(symbol="star", size=15) for _ in range(2)]
        for panel, mark, star in zip((canvas.loss, canvas.right), self.best, self.stars, strict=True):
            self._add(panel, mark, bounds=False)
            self._add(panel, star, bounds=False)

    def remove(self) -> None:
        """Nothing of the run is drawn any more."""
        for box, item in self._items:
            box.removeItem(item)

    def _add(self, panel: PlotPanel, item: pg.GraphicsObject, *, bounds: bool = True) -> None:
        panel.box.addItem(item, ignoreBounds=not bounds)
        self._items.append((panel.box, item))


class PlotCanvas(pg.GraphicsLayoutWidget):
    """`hovered` carries the epoch under the pointer, NaN when it leaves. Ctrl and the wheel zoom, dragging moves.

    `lines` are what is drawn of each run. `show_runs` once, then `redraw` when the curves have grown (at most ten times
    a second: that is the caller's to see to).
    """

    hovered = Signal(float)

    def __init__(self, words: PlotWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._runs: tuple[PlotRun, ...] = ()
        self.lines: list[RunLines] = []
        self._weight = 0.6
        self._follows = True
        self._moving = False
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ci.setContentsMargins(0, 8, 0, 0)
        self.ci.setSpacing(12)
        self.ci.layout.setHorizontalSpacing(0)
        self._across = pg.AxisItem("bottom")
        self._across.setLabel(words.epoch)
        titles = (words.loss, words.accuracy, words.rate)
        self.loss, self.right, self.rate = (PlotPanel(self, n, title, self._across) for n, title in enumerate(titles))
        self._panels = (self.loss, self.right, self.rate)
        self._across.linkToView(self.rate.box)
        self.addItem(self._across, row=3, col=1)
        for row, share in enumerate((5, 5, 2)):
            self.ci.layout.setRowStretchFactor(row, share)
        for panel in self._panels[1:]:
            panel.box.setXLink(self.loss.box)
        self._legend = pg.LegendItem(offset=(-8, 4), verSpacing=-6)
        self._legend.setParentItem(self.loss.box)
        self._legend.anchor(itemPos=(1, 0), parentPos=(1, 0), offset=(-8, 4))
        self.loss.box.sigXRangeChanged.connect(self._range_changed)
        self.scene().sigMouseMoved.connect(self._moved)
        self.restyle()

    # What is shown

    def show_runs(self, runs: Sequence[PlotRun]) -> None:
        """These runs are drawn; the whole of them is seen."""
        self._runs = tuple(runs)
        for lines in self.lines:
            lines.remove()
        self.lines = [RunLines(self) for _ in self._runs]
        self.restyle()
        self.show_all()

    def set_smoothing(self, weight: float) -> None:
        """`weight` 0 (none) to below 1, of the curves that have a value a step."""
        self._weight = weight
        self.redraw()

    def redraw(self) -> None:
        """The lines show the curves as they are now."""
        if self._follows:
            self._see_all()
        low, high = self.shown_range()
        single = len(self._runs) == 1
        for run, lines in zip(self._runs, self.lines, strict=True):
            curves = run.curves
            x, y = curves.step_epochs(), curves.step_losses()
            lines.raw.setData(*(thinned(x, y, low, high, MAX_POINTS) if single and self._weight > 0 else ([], [])))
            lines.steps.setData(*thinned(x, smoothed(y, self._weight), low, high, MAX_POINTS))
            # The mean over an epoch says no more than the steps, where there are any.
            lines.train_loss.setData(*_points(curves, "train") if not len(x) else ([], []))
            lines.val_loss.setData(*_points(curves, "val"))
            lines.train_right.setData(curves.epochs("train"), 100.0 * curves.accuracies("train"))
            lines.val_right.setData(curves.epochs("val"), 100.0 * curves.accuracies("val"))
            if len(x):
                lines.rate.setData(*thinned(x, curves.step_rates(), low, high, MAX_POINTS))
            else:
                lines.rate.setData(curves.epochs("train"), curves.epoch_rates())
            self._mark_best(curves, lines, single=single)
        self._show_rates_from_zero()
        # Now, not while painting: that would paint a second time.
        for panel in (self.loss, self.right):
            panel.box.updateAutoRange()

    def _show_rates_from_zero(self) -> None:
        """A rate that never changes has no range of its own to be scaled by."""
        drawn = (lines.rate.yData for lines in self.lines)
        tops = [float(np.nanmax(rates)) for rates in drawn if rates is not None and len(rates)]
        self.rate.box.setYRange(0.0, 1.1 * max(tops, default=1.0) or 1.0, padding=0)

    def shown_range(self) -> tuple[float, float]:
        """The first and the last epoch that are seen."""
        low, high = self.loss.box.viewRange()[0]
        return float(low), float(high)

    def show_all(self) -> None:
        """The whole of the runs is seen, also as they grow."""
        self._follows = True
        self.redraw()

    def _see_all(self) -> None:
        """Up to the end of the epoch under way: the scale stands still while one lasts."""
        ends = [
            float(column[-1])
            for run in self._runs
            for column in (run.curves.step_epochs(), run.curves.epochs("train"), run.curves.epochs("val"))
            if len(column)
        ]
        end = float(math.ceil(max(ends, default=1.0)))
        low, high = self.loss.box.viewRange()[0]
        if (low, high) != (0.0 - _MARGIN * end, end + _MARGIN * end):
            self._moving = True
            self.loss.box.setXRange(0.0 - _MARGIN * end, end + _MARGIN * end, padding=0)
            self._moving = False

    def zoom(self, factor: float, centre: float | None = None) -> None:
        """`factor` above 1: fewer epochs are seen, larger; around `centre` or the middle."""
        low, high = self.loss.box.viewRange()[0]
        centre = (low + high) / 2 if centre is None else centre
        self.loss.box.setXRange(centre - (centre - low) / factor, centre + (high - centre) / factor, padding=0)

    def point_at(self, epoch: float) -> None:
        """A vertical line stands at that epoch; NaN takes it away."""
        for panel in self._panels:
            panel.pointer.setVisible(not math.isnan(epoch))
            if not math.isnan(epoch):
                panel.pointer.setValue(epoch)

    # How it looks

    def restyle(self) -> None:
        """Colours are those of the scheme in use."""
        self.setBackground(theme.colour("plot_ground"))
        font = QFont(self.font())
        font.setPixelSize(_TICK_PX)
        for axis in (self._across, *(panel.left for panel in self._panels)):
            axis.setPen(QPen(theme.colour("border_strong")))
            axis.setTextPen(theme.colour("text_muted"))
            axis.setTickFont(font)
            axis.label.setFont(font)
        for panel in self._panels:
            panel.pointer.setPen(pg.mkPen(theme.colour("text_muted"), style=Qt.PenStyle.DotLine))
        for number, lines in enumerate(self.lines):
            self._style(number, lines)
        self._fill_legend()

    def _style(self, number: int, lines: RunLines) -> None:
        single = len(self._runs) == 1
        val = theme.colour(LINES[1 if single else number % len(LINES)])
        train = theme.colour(LINES[0]) if single else val
        dashed = Qt.PenStyle.SolidLine if single else Qt.PenStyle.DashLine
        lines.raw.setPen(pg.mkPen(theme.colour(LINES[0], 70)))
        for line in (lines.steps, lines.train_loss, lines.train_right, lines.rate):
            # Wider lines than one pixel are drawn many times slower; a second of training must not cost a frame.
            line.setPen(pg.mkPen(train, width=1, style=dashed))
        lines.rate.setPen(pg.mkPen(train, width=1))
        for line in (lines.val_loss, lines.val_right):
            line.setPen(pg.mkPen(val, width=1))
            line.setSymbolPen(None)
            line.setSymbolBrush(val)
        for mark in lines.best:
            mark.setPen(pg.mkPen(theme.colour("text_muted", 140), style=Qt.PenStyle.DashLine))
        for star in lines.stars:
            star.setBrush(val)
            star.setPen(pg.mkPen(theme.colour("plot_ground")))

    def _fill_legend(self) -> None:
        self._legend.clear()
        self._legend.setLabelTextColor(theme.colour("text"))
        self._legend.setLabelTextSize(f"{_TICK_PX}px")
        self._legend.setBrush(pg.mkBrush(theme.colour("plot_ground", 200)))
        words = self._words
        if len(self._runs) == 1:
            (lines,) = self.lines
            self._legend.addItem(lines.steps, words.train)
            self._legend.addItem(lines.val_loss, words.val)
            return
        for run, lines in zip(self._runs, self.lines, strict=True):
            self._legend.addItem(lines.val_loss, run.name)

    def _mark_best(self, curves: Curves, lines: RunLines, *, single: bool) -> None:
        best = curves.best_epoch()
        for mark, star, (x, y) in zip(lines.best, lines.stars, _val_points(curves), strict=True):
            at = np.flatnonzero(x == best) if best is not None else []
            mark.setVisible(best is not None and single)
            star.setData(x[at], y[at]) if len(at) else star.clear()
            if best is not None:
                mark.setValue(best)

    # Pictures of it

    def picture(self, ratio: float = 2.0) -> QImage:
        """The plot as it is seen, `ratio` times as many pixels as on the screen."""
        size = self.viewport().size()
        image = QImage(size * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(theme.colour("plot_ground"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.render(painter, QRectF(QPointF(0, 0), size), QRect(QPointF(0, 0).toPoint(), size))
        painter.end()
        return image

    def svg(self) -> bytes:
        """The plot as it is seen, as a drawing."""
        held = QByteArray()
        buffer = QBuffer(held)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        maker = QSvgGenerator()
        maker.setOutputDevice(buffer)
        size: QSize = self.viewport().size()
        maker.setSize(size)
        maker.setViewBox(QRect(QPointF(0, 0).toPoint(), size))
        maker.setTitle(" / ".join(run.name for run in self._runs))
        painter = QPainter(maker)
        painter.fillRect(QRect(QPointF(0, 0).toPoint(), size), theme.colour("plot_ground"))
        self.render(painter, QRectF(QPointF(0, 0), size), QRect(QPointF(0, 0).toPoint(), size))
        painter.end()
        buffer.close()
        return bytes(held)

    # Pointer and wheel

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A plain wheel scrolls the page the plot stands on.
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        self.zoom(_ZOOM if event.angleDelta().y() > 0 else 1 / _ZOOM, self._epoch_at(event.position()))
        event.accept()

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self.hovered.emit(math.nan)

    @Slot(object)
    def _moved(self, at: QPointF) -> None:
        self.hovered.emit(self._epoch_at(at))

    def _epoch_at(self, at: QPointF) -> float:
        return float(self.loss.box.mapSceneToView(at).x())

    @Slot()
    def _range_changed(self) -> None:
        """The user has zoomed or moved; then what is seen stays, whatever is added."""
        if not self._moving:
            self._follows = False
            self.redraw()


def _points(curves: Curves, part: str) -> tuple[np.ndarray, np.ndarray]:
    return curves.epochs(part), curves.losses(part)


def _val_points(curves: Curves) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    x = curves.epochs("val")
    return (x, curves.losses("val")), (x, 100.0 * curves.accuracies("val"))
