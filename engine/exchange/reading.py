"""What was read of labelled photos from a file: the photos it names, and what of it could not be used."""

from __future__ import annotations

import os
from dataclasses import dataclass

from engine.base.fspath import from_text
from engine.exchange.catalogue import CataloguePhoto
from engine.exchange.forms import Form
from engine.exchange.text_table import RowProblem


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """A photo as a file names it, and on which line (for JSON: as how many-th photo) it does."""

    line: int
    photo: CataloguePhoto


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was read. `folder`: where the file lies; no photo outside it is ever opened for it.

    `notes`: sentences on how it was read that the user should know.
    """

    form: Form
    file: bytes
    folder: bytes
    photos: tuple[ReadPhoto, ...]
    problems: tuple[RowProblem, ...]
    notes: tuple[str, ...] = ()


def place_below(folder: bytes, text: str) -> bytes:
    """The file below `folder` that the text names, absolute and without links on the way; empty if there is none.

    The text counts as `to_text` writes paths, or as it stands. Whatever leads outside the folder, also by a link,
    counts as not there. Nothing is opened.
    """
    for name in dict.fromkeys((from_text(text), text.encode(), text.replace("\\", "/").encode())):
        if b"\0" in name:
            continue
        path = os.path.normpath(os.path.join(folder, name))
        if not _is_below(path, os.path.normpath(folder)) or not os.path.isfile(path):
            continue
        if _is_below(os.path.realpath(path), os.path.realpath(folder)):
            return path
    return b""


def _is_below(path: bytes, folder: bytes) -> bool:
    return path.startswith(folder.rstrip(b"/") + b"/")
