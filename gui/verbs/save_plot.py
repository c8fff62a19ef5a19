"""Saving the curves of a training as a picture, a drawing or a table."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from engine.insight.curves_csv import epochs_csv
from gui.core.session import Session
from gui.verbs.save_file import SaveFileVerb
from gui.widgets.live_plot import LivePlot

translate = QCoreApplication.translate


class SavePlotVerb(SaveFileVerb):
    """Saves the plot as it stands."""

    def __init__(self, session: Session, window: QWidget) -> None:
        title, told = translate("SavePlot", "Save the curves"), translate("SavePlot", "The curves were saved as {0}.")
        super().__init__(session, window, title=title, told=told)

    def choose(self, kind: str, plot: LivePlot) -> None:
        """The user says where the `png`, `svg` or `csv` of the plot goes."""
        self._ask(kind, lambda path: self.save(kind, plot, path))

    def save(self, kind: str, plot: LivePlot, path: Path) -> None:
        """The plot as it stands now is on its way into the file."""
        if kind == "csv":
            self._saver.save(path, partial(epochs_csv, plot.tables()))
        elif plot.canvas is not None and kind == "png":
            self._saver.save(path, partial(_png, plot.canvas.picture()))
        elif plot.canvas is not None:
            svg = plot.canvas.svg()
            self._saver.save(path, lambda: svg)


def _png(image: QImage) -> bytes:
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(held)
