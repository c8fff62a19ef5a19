"""Showing a file in the desktop's file manager."""

from __future__ import annotations

import os

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def reveal(path: bytes) -> None:
    """The folder that holds the file is open in the file manager."""
    reveal_folder(os.path.dirname(path))


def reveal_folder(path: bytes) -> None:
    """The folder is open in the file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(os.fsdecode(path)))
