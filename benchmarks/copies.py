"""Row P8c: copies among many photos, from files to groups, against hashes of imagehash compared with one another."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from benchmarks.photos import photo_files
from benchmarks.row import Row
from benchmarks.shell import fresh_home, script
from tests.helpers.planted import CHANGES, encoded

# One photo in so many gets a copy, the changes taken in turn; at least this many, so that recall means something.
EACH, AT_LEAST = 100, 190


class Planted(msgspec.Struct, frozen=True):
    """The files searched; `copies`: (row of the original, row of its copy, what was done)."""

    files: list[str]
    copies: list[tuple[int, int, str]]


def near_copies(folder: Path, scratch: Path) -> Row:
    """P8c: time of both, and how many of the planted copies each has found."""
    planted = _plant(photo_files(folder), scratch / "planted")
    listing = scratch / "planted.json"
    listing.write_bytes(msgspec.json.encode(planted))
    home = fresh_home(scratch)
    ours = script(home, "ours.copies", listing, scratch / "search").json()
    rival = script(home, "rivals.hashed_copies", listing).json()
    return Row(
        name="P8c",
        what=f"copies among {len(planted.files)} photos, {len(planted.copies)} of them planted: from files to pairs",
        ours=_told(ours) + f" ({ours['reading']} s reading, {ours['peak_mb']} MB)",
        rival=_told(rival) + f" (imagehash phash, all pairs by numpy; {rival['reading']} s reading)",
        ratio=float(str(rival["seconds"])) / float(str(ours["seconds"])),
        target="recall >= 0.95",
    )


def _plant(files: list[Path], folder: Path) -> Planted:
    folder.mkdir()
    rng = np.random.default_rng(0)
    n_copies = min(len(files), max(AT_LEAST, len(files) // EACH))
    rows = rng.choice(len(files), n_copies, replace=False)
    names, copies, made = list(CHANGES), [], []
    for number, row in enumerate(rows):
        name = names[number % len(names)]
        with Image.open(files[row]) as image:
            changed = CHANGES[name](image.convert("RGB"), rng)
        path = folder / f"{number:05}.jpg"
        path.write_bytes(encoded(changed, quality=int(rng.integers(60, 95))))
        copies.append((int(row), len(files) + number, name))
        made.append(path)
    return Planted(files=[str(path) for path in [*files, *made]], copies=copies)


def found_share(planted: Planted, pairs: set[frozenset[int]]) -> dict[str, float]:
    """Recall over all planted copies, over those that were turned, and over those that were cropped or tilted."""
    kinds = {
        "recall": lambda name: True,
        "recall_stored": lambda name: name in ("re-encoded", "resized", "grey", "brightness", "contrast", "gamma"),
        "recall_cropped": lambda name: "cropped" in name or "tilted" in name,
    }
    shares = {}
    for kind, counts in kinds.items():
        some = [frozenset((a, b)) in pairs for a, b, name in planted.copies if counts(name)]
        shares[kind] = round(sum(some) / max(1, len(some)), 3)
    return shares


def _told(result: dict[str, object]) -> str:
    return (
        f"{result['seconds']} s, recall {result['recall']} (stored or lit otherwise {result['recall_stored']},"
        f" cropped or tilted {result['recall_cropped']}), {result['pairs']} pairs"
    )
