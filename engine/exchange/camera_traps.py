"""COCO Camera Traps: one JSON file of images, annotations and categories, as MegaDetector's tools check and read it.

What the form has no word for (states, reasons, tags, columns, parts) stands in each image under `fieldmark`, where
other programs pass it by. Source: MegaDetector, `megadetector/data_management/README.md`, "COCO Camera Traps format".
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from engine.base.errors import DamagedInput
from engine.base.files import atomic_write
from engine.base.fspath import to_text
from engine.data.manifest import Part
from engine.exchange.catalogue import Catalogue, CataloguePhoto, State
from engine.exchange.layout import Placed, as_they_lie
from engine.exchange.reading import Reading, ReadPhoto, place_below
from engine.exchange.taken import date_of, place_of
from engine.exchange.text_table import RowProblem, decoded, read_bytes

FILE = "camera_traps.json"
# By convention number 0 is a picture without an animal, whether there are such pictures or not.
EMPTY = "empty"
# The tools demand a location of every image.
NO_LOCATION = "unknown"


class _Own(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said of a photo beyond the form."""

    state: State
    former_label: str = ""
    reason: str = ""
    tags: list[str] = []
    columns: dict[str, str] = {}
    split: Part | None = None
    sha256: str = ""
    camera: str = ""
    latitude: float | None = None
    longitude: float | None = None


class _Image(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str | int
    file_name: str
    width: float | None = None
    height: float | None = None
    datetime: str | None = None
    location: str | int | None = None
    seq_id: str | int | None = None
    corrupt: bool = False
    fieldmark: _Own | None = None


class _Annotation(msgspec.Struct, frozen=True):
    id: str | int
    image_id: str | int
    category_id: str | int


_Row = TypeVar("_Row", _Image, _Annotation)


class _Category(msgspec.Struct, frozen=True):
    id: int | str
    name: str


class _Info(msgspec.Struct, frozen=True):
    version: str
    description: str
    dataset_sha256: str


class _Written(msgspec.Struct, frozen=True):
    info: _Info
    images: list[_Image]
    annotations: list[_Annotation]
    categories: list[_Category]


class _Found(msgspec.Struct, frozen=True):
    """A file as others may have written it: one row that is wrong must not make the rest unreadable."""

    images: list[msgspec.Raw]
    annotations: list[msgspec.Raw]
    categories: list[_Category]


def place(catalogue: Catalogue) -> tuple[Placed, ...]:
    """The photos lie beside the file as they lie in their set."""
    return as_they_lie(catalogue.photos, besides=(FILE,))


def write(folder: Path, classes: Sequence[str], placed: Sequence[Placed], *, dataset_sha256: str, version: str) -> None:
    """`camera_traps.json` is in the folder.

    Raises:
        StorageError: the disk refused.
    """
    others = [name for name in classes if name != EMPTY]
    numbers = {name: number for number, name in enumerate(others, start=1)} | {EMPTY: 0}
    told = _Written(
        info=_Info(version, "Labelled photos, exported by Fieldmark", dataset_sha256),
        images=[_image(number, one) for number, one in enumerate(placed, start=1)],
        annotations=[
            _Annotation(str(number), str(number), numbers[one.photo.label])
            for number, one in enumerate(placed, start=1)
            if one.photo.label
        ],
        categories=[_Category(numbers[name], name) for name in classes],
    )
    atomic_write(folder / FILE, msgspec.json.format(msgspec.json.encode(told), indent=1))


def _image(number: int, one: Placed) -> _Image:
    photo = one.photo
    said = dict(photo.columns)
    own = _Own(
        state=photo.state,
        former_label=photo.former_label,
        reason=photo.reason,
        tags=list(photo.tags),
        columns=said,
        split=photo.part,
        sha256=photo.sha256.hex(),
        camera=photo.camera,
        latitude=photo.latitude,
        longitude=photo.longitude,
    )
    return _Image(
        id=str(number),
        file_name=to_text(one.path),
        width=photo.width or None,
        height=photo.height or None,
        datetime=photo.taken.replace("T", " ") or None,
        location=said.get("location") or said.get("site") or NO_LOCATION,
        seq_id=said.get("seq_id"),
        fieldmark=own,
    )


def read(file: bytes) -> Reading:
    """The photos that the file names; of one that others wrote `location` and `seq_id` become columns.

    Raises:
        DamagedInput: no such file, or of another form.
    """
    text, _, notes = decoded(read_bytes(file))
    try:
        found = msgspec.json.decode(text, type=_Found)
    except (msgspec.DecodeError, RecursionError) as error:
        what = "This file is not in the form of COCO Camera Traps: images, annotations and categories."
        raise DamagedInput("damaged", what, safe="Nothing was changed.", details=str(error)) from error
    problems: list[RowProblem] = []
    labels = _labels(found, problems)
    folder = os.path.dirname(file)
    photos = []
    seen: set[str] = set()
    for number, image in _each(found.images, _Image, "An image", problems):
        if image.corrupt or str(image.id) in seen:
            why = "is marked as corrupt" if image.corrupt else "has an id that another one has"
            problems.append(RowProblem(number, f"The image “{image.file_name[:80]}” {why}."))
            continue
        seen.add(str(image.id))
        names = labels.get(str(image.id), set())
        if len(names) > 1:
            told = f"several classes ({', '.join(sorted(names))[:80]})"
            problems.append(RowProblem(number, f"“{image.file_name[:80]}” shows {told}; it gets no label."))
        label = names.pop() if len(names) == 1 else ""
        photos.append(ReadPhoto(number, _photo(folder, image, label)))
    return Reading(
        form="coco-camera-traps", file=file, folder=folder, photos=tuple(photos), problems=tuple(problems), notes=notes
    )


def _labels(found: _Found, problems: list[RowProblem]) -> dict[str, set[str]]:
    """The names of the classes that each image is said to show, by the image's id."""
    names = {str(category.id): category.name for category in found.categories}
    labels: dict[str, set[str]] = defaultdict(set)
    for number, one in _each(found.annotations, _Annotation, "An annotation", problems):
        name = names.get(str(one.category_id))
        if name is None:
            text = f"An annotation is of the category {one.category_id}, which is not there."
            problems.append(RowProblem(number, text))
        else:
            labels[str(one.image_id)].add(name)
    return labels


def _each(
    raws: Iterable[msgspec.Raw], kind: type[_Row], what: str, problems: list[RowProblem]
) -> Iterator[tuple[int, _Row]]:
    for number, raw in enumerate(raws, start=1):
        try:
            yield number, msgspec.json.decode(raw, type=kind)
        except (msgspec.DecodeError, RecursionError) as error:
            problems.append(RowProblem(number, f"{what} cannot be read: {error}"))


def _photo(folder: bytes, image: _Image, label: str) -> CataloguePhoto:
    own = image.fieldmark or _Own(state="unlabelled", columns=_columns(image))
    state: State = "labelled" if label else "unlabelled"
    if own.state in ("unsure", "excluded"):
        state = own.state
    where = None
    if own.latitude is not None and own.longitude is not None:
        where = place_of(repr(own.latitude), repr(own.longitude))
    return CataloguePhoto(
        path=place_below(folder, image.file_name),
        rel_path=image.file_name,
        sha256=_digest(own.sha256),
        class_name=label if state == "labelled" else own.former_label or label,
        state=state,
        reason=own.reason if state == "excluded" else "",
        tags=tuple(sorted(set(own.tags))),
        columns=tuple(sorted((name, value) for name, value in own.columns.items() if value)),
        part=own.split,
        taken=date_of(image.datetime or ""),
        camera=own.camera,
        latitude=None if where is None else where[0],
        longitude=None if where is None else where[1],
        width=_pixels(image.width),
        height=_pixels(image.height),
    )


def _columns(image: _Image) -> dict[str, str]:
    told = {"location": image.location, "seq_id": image.seq_id}
    return {name: str(value) for name, value in told.items() if value not in (None, NO_LOCATION)}


def _pixels(size: float | None) -> int:
    return int(size) if size is not None and 0 < size < 1e6 else 0


def _digest(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        return b""
    return digest if len(digest) == 32 else b""
