"""ImageFolder: `part/class/file`, as torchvision, timm, FiftyOne and the import of this program read it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from engine.base.files import atomic_write
from engine.exchange.catalogue import Catalogue
from engine.exchange.layout import Placed, arranged, class_folders

CLASSES = "classes.txt"


def place(catalogue: Catalogue) -> tuple[Placed, ...]:
    """The labelled photos, in the folder of their part (if they have one) and class."""
    photos = [photo for photo in catalogue.photos if photo.label]
    folders = class_folders(catalogue.classes)
    return arranged(photos, lambda one: f"{one.part}/{folders[one.label]}/" if one.part else f"{folders[one.label]}/")


def write(folder: Path, placed: Sequence[Placed]) -> None:
    """`classes.txt` is in the folder: the classes, a line each, as torchvision numbers their folders.

    Raises:
        StorageError: the disk refused.
    """
    names = {os.path.basename(os.path.dirname(one.path)): one.photo.label for one in placed}
    lines = (f"{name}\n" for _, name in sorted(names.items(), key=lambda pair: os.fsdecode(pair[0])))
    atomic_write(folder / CLASSES, "".join(lines).encode())
