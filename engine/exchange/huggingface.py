"""Hugging Face `imagefolder`: a `metadata.csv` a part with `file_name` and `label`, and a card that names the parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from engine.base.files import atomic_write
from engine.exchange.catalogue import Catalogue
from engine.exchange.layout import UNDIVIDED, Placed, arranged, is_divided, part_folder
from engine.exchange.manifest_columns import columns_of, own_cells, path_cell, to_heading, write_rows

FILE = "metadata.csv"


def place(catalogue: Catalogue) -> tuple[Placed, ...]:
    """The labelled photos, in a folder for each part; in none for each class: where there is a `metadata.csv`, the
    label is read from it alone (Hugging Face, "Create an image dataset").
    """
    photos = [photo for photo in catalogue.photos if photo.label]
    divided = is_divided(photos)
    return arranged(photos, lambda photo: part_folder(photo, divided=divided))


def write(folder: Path, placed: Sequence[Placed], *, dataset_sha256: str, version: str) -> None:
    """A `metadata.csv` in each part's folder, and `README.md`, are in the folder.

    Raises:
        StorageError: the disk refused.
    """
    parts: dict[str, list[Placed]] = defaultdict(list)
    divided = is_divided(one.photo for one in placed)
    for one in placed:
        parts[part_folder(one.photo, divided=divided)].append(one)
    own = columns_of([one.photo for one in placed])
    for part, members in parts.items():
        rows = (
            [path_cell(one.path[len(part) :]), one.photo.label, *own_cells(one.photo, own)] for one in members
        )  # fmt: skip
        write_rows(folder / part / FILE, ("file_name", "label", *map(to_heading, own)), rows)
    atomic_write(folder / "README.md", _card(sorted(parts), dataset_sha256, version).encode())


def _card(parts: Sequence[str], dataset_sha256: str, version: str) -> str:
    """The card says which folder is which part, so that no name of a file or folder is taken for one."""
    lines = ["---", "configs:", "- config_name: default", "  data_files:"]
    for part in parts:
        split = {"": "train", f"{UNDIVIDED}/": "undivided", "val/": "validation"}.get(part, part.rstrip("/"))
        lines += [f"  - split: {split}", f'    path: "{part}**"']
    told = f"Exported by Fieldmark {version}. SHA-256 of photos and labels: `{dataset_sha256}`."
    return "\n".join([*lines, "task_categories:", "- image-classification", "---", told, ""])
