"""Where the window was, as text for the settings file."""

from __future__ import annotations

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

DEFAULT_SIZE = (1200, 780)


def saved(window: QWidget) -> str:
    """The window's place and size."""
    return bytes(window.saveGeometry().toBase64().data()).decode("ascii")


def restore(window: QWidget, text: str) -> None:
    """The window is where it was; at its default size if the text says nothing usable."""
    if not text or not window.restoreGeometry(QByteArray.fromBase64(text.encode("ascii", "ignore"))):
        window.resize(*DEFAULT_SIZE)
