"""FiftyOne's `FiftyOneImageClassification`: `data/` and a `labels.json` that names the files without their endings.

Its other form for labelled photos, `ImageClassificationDirectoryTree`, is ImageFolder.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from engine.base.errors import DamagedInput
from engine.base.files import atomic_write
from engine.base.fspath import to_text
from engine.data.manifest import Part
from engine.data.scan import part_named
from engine.exchange.catalogue import Catalogue, CataloguePhoto
from engine.exchange.layout import Placed, arranged, is_divided, part_folder
from engine.exchange.reading import Reading, ReadPhoto, place_below
from engine.exchange.text_table import RowProblem, decoded, read_bytes

FILE = "labels.json"
DATA = "data/"


class _Labels(msgspec.Struct, frozen=True):
    classes: list[str] | None
    labels: dict[str, int | str | None]


class _LooseLabels(msgspec.Struct, frozen=True):
    """The same as others may have written it: a label of another kind must not make the rest unreadable."""

    labels: dict[str, msgspec.Raw]
    classes: list[str] | None = None


def place(catalogue: Catalogue) -> tuple[Placed, ...]:
    """The labelled photos in `data/` of their part; file names are unique without their endings."""
    photos = [photo for photo in catalogue.photos if photo.label]
    divided = is_divided(photos)
    return arranged(photos, lambda photo: part_folder(photo, divided=divided) + DATA, by_stem=True)


def write(folder: Path, classes: Sequence[str], placed: Sequence[Placed]) -> None:
    """A `labels.json` beside each `data/` is in the folder.

    Raises:
        StorageError: the disk refused.
    """
    numbers = {name: number for number, name in enumerate(classes)}
    divided = is_divided(one.photo for one in placed)
    parts: dict[str, dict[str, int | str | None]] = defaultdict(dict)
    for one in placed:
        part = part_folder(one.photo, divided=divided)
        stem = os.path.splitext(to_text(one.path)[len(part + DATA) :])[0]
        parts[part][stem] = numbers[one.photo.label]
    for part, labels in parts.items():
        atomic_write(folder / part / FILE, msgspec.json.encode(_Labels(list(classes), labels)))


def read(file: bytes) -> Reading:
    """The photos below `data/` beside a `labels.json`, labelled as it says; its folder may be called like a part.

    Raises:
        DamagedInput: no such file, or of another form.
    """
    text, _, notes = decoded(read_bytes(file))
    try:
        told = msgspec.json.decode(text, type=_LooseLabels)
    except (msgspec.DecodeError, RecursionError) as error:
        what = "This file is not in the form of FiftyOne's labels.json."
        raise DamagedInput("damaged", what, safe="Nothing was changed.", details=str(error)) from error
    folder = os.path.dirname(file)
    files = dict(_files(os.path.join(folder, DATA.encode())))
    part = part_named(os.path.basename(folder))
    photos: list[ReadPhoto] = []
    problems: list[RowProblem] = []
    for number, (stem, raw) in enumerate(told.labels.items(), start=1):
        try:
            label = _label(raw, told.classes)
            photos.append(ReadPhoto(number, _photo(folder, files.get(stem, stem), label, part)))
        except (msgspec.DecodeError, RecursionError, IndexError):
            problems.append(RowProblem(number, f"What it says of “{stem[:80]}” is none of its classes."))
    return Reading(
        form="fiftyone-json", file=file, folder=folder, photos=tuple(photos), problems=tuple(problems), notes=notes
    )


def _label(raw: msgspec.Raw, classes: list[str] | None) -> str:
    """The name of the class; empty for none."""
    label = msgspec.json.decode(raw, type=int | str | None)
    if isinstance(label, int):
        if label < 0:
            raise IndexError(label)
        return (classes or [])[label]
    return label or ""


def _photo(folder: bytes, name: str, label: str, part: Part | None) -> CataloguePhoto:
    path = DATA + name
    return CataloguePhoto(
        path=place_below(folder, path),
        rel_path=path,
        class_name=label,
        state="labelled" if label else "unlabelled",
        part=part,
    )


def _files(folder: bytes) -> Iterator[tuple[str, str]]:
    """(path without ending, path) of each file below the folder, relative to it; links are not followed."""
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            path = to_text(os.path.relpath(os.path.join(place, name), folder))
            yield os.path.splitext(path)[0], path
