"""Saving the curves of a training as a picture, a drawing or a table."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.base.fspath import to_bytes
from engine.insight.curves_csv import epochs_csv
from gui.core.file_saving import FileSaver
from gui.core.notices import Notice
from gui.core.session import Session
from gui.verbs.reveal import reveal
from gui.widgets.live_plot import LivePlot


class SavePlotVerb(QObject):
    """Asks where to, saves there, and tells; a notice says why if it could not be done."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._saver = FileSaver(self)
        self._saver.saved.connect(self._saved)
        self._saver.failed.connect(session.notices.error)

    def choose(self, kind: str, plot: LivePlot) -> None:
        """The user says where the `png`, `svg` or `csv` of the plot goes."""
        picker = QFileDialog(self._window, self.tr("Save the curves"))
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picker.setNameFilter(f"*.{kind}")
        picker.setDefaultSuffix(kind)
        picker.fileSelected.connect(lambda file: self.save(kind, plot, Path(file)))
        picker.open()

    def save(self, kind: str, plot: LivePlot, path: Path) -> None:
        """The plot as it stands now is on its way into the file."""
        if kind == "csv":
            self._saver.save(path, partial(epochs_csv, plot.tables()))
        elif plot.canvas is not None and kind == "png":
            self._saver.save(path, partial(_png, plot.canvas.picture()))
        elif plot.canvas is not None:
            svg = plot.canvas.svg()
            self._saver.save(path, lambda: svg)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self._session.notices.post(
            Notice(
                level="success",
                text=self.tr("The curves were saved as {0}.").format(path.name),
                action_text=self.tr("Show in its folder"),
                action=partial(reveal, to_bytes(path)),
            )
        )


def _png(image: QImage) -> bytes:
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(held)
