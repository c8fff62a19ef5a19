"""The forms in which labelled photos can be written: their names, and how much each of them holds."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Form = Literal["imagefolder", "csv", "fiftyone", "fiftyone-json", "huggingface", "coco-camera-traps"]
FORMS: tuple[Form, ...] = get_args(Form)
# The others hold what photos show, and nothing else: only labelled photos go there.
COMPLETE: tuple[Form, ...] = ("csv", "coco-camera-traps")
TITLES: dict[Form, str] = {
    "imagefolder": "ImageFolder",
    "csv": "CSV manifest",
    "fiftyone": "FiftyOne, folders",
    "fiftyone-json": "FiftyOne, labels.json",
    "huggingface": "Hugging Face imagefolder",
    "coco-camera-traps": "COCO Camera Traps",
}
# `none`: tables alone, which name the photos where they are.
Photos = Literal["copy", "link", "none"]
RECORD = "fieldmark-export.json"


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A photo that is not in the export. `why`: `missing`, `changed` since it was imported, or `unreadable`."""

    path: str
    why: Literal["missing", "changed", "unreadable"]


class ExportRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What an export says of itself, in the file `RECORD`.

    `n_without_label`: photos that this form has no place for, because they have no label that counts.
    `n_copied_instead`: photos that were to be linked and had to be copied.
    """

    app: str
    version: str
    form: Form
    dataset_sha256: str
    classes: tuple[str, ...]
    n_photos: int
    n_without_label: int
    n_copied_instead: int
    left_out: tuple[LeftOut, ...]
