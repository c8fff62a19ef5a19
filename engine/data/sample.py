"""The sample collection: six invented species of fish, drawn on the spot, so that a first start needs no download."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.base.errors import StorageError
from engine.data.fish import Species, draw_photo

SIZE = (400, 300)
N_PER_CLASS, N_NEW, N_UNLABELLED = 40, 25, 20
SEED = 14

# The last two are hard to tell apart on purpose: a spot at the tail root and a little yellow.
SPECIES: tuple[Species, ...] = (
    Species(
        name="Sunset bandfish", back=(0.98, 0.42, 0.08), belly=(1.0, 0.66, 0.22), fin=(0.96, 0.46, 0.12),
        mark=(0.97, 0.96, 0.92), height=0.23, deepest=0.40, bars=3, bar_width=0.17, fork=0.0, dorsal=0.09,
    ),
    Species(
        name="Lemon disc", back=(0.98, 0.84, 0.12), belly=(1.0, 0.95, 0.55), fin=(0.97, 0.80, 0.16),
        mark=(0.08, 0.08, 0.10), height=0.36, deepest=0.50, eye_bar=True, fork=0.02, dorsal=0.12, snout=1.5,
    ),
    Species(
        name="Blue dart", back=(0.07, 0.20, 0.62), belly=(0.62, 0.80, 0.95), fin=(0.16, 0.34, 0.70),
        mark=(0.99, 0.84, 0.22), height=0.115, deepest=0.36, stripe=0.95, fork=0.2, dorsal=0.07,
    ),
    Species(
        name="Speckled rockfish", back=(0.36, 0.25, 0.17), belly=(0.74, 0.60, 0.44), fin=(0.42, 0.30, 0.20),
        mark=(0.20, 0.12, 0.09), height=0.20, deepest=0.33, spots=0.022, fork=0.0, dorsal=0.13, snout=0.8,
    ),
    Species(
        name="Barred sailor", back=(0.56, 0.62, 0.58), belly=(0.86, 0.90, 0.88), fin=(0.46, 0.52, 0.52),
        mark=(0.15, 0.18, 0.22), height=0.225, deepest=0.44, bars=5, bar_width=0.24, fork=0.12, dorsal=0.11,
    ),
    Species(
        name="Harbour sailor", back=(0.66, 0.65, 0.45), belly=(0.88, 0.90, 0.84), fin=(0.48, 0.52, 0.48),
        mark=(0.15, 0.18, 0.22), height=0.22, deepest=0.44, bars=5, bar_width=0.24, tail_mark=True, fork=0.12,
        dorsal=0.11,
    ),
)  # fmt: skip
NEW_SPECIES = Species(
    name="Violet crown", back=(0.44, 0.16, 0.62), belly=(0.70, 0.44, 0.82), fin=(0.98, 0.76, 0.20),
    mark=(0.98, 0.76, 0.20), height=0.27, deepest=0.45, stripe=0.0, tail_mark=True, fork=0.06, dorsal=0.16,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """Folders of the sample collection.

    `photos`: one folder a class, to begin with. `new_species`: photos of a seventh kind, to try adding a class.
    `unlabelled`: photos of all seven kinds in one folder, to try classifying.
    """

    photos: Path
    new_species: Path
    unlabelled: Path


def make_sample(folder: Path, *, n_per_class: int = N_PER_CLASS, seed: int = SEED) -> Sample:
    """The sample collection lies below `folder` as JPEG files; the same seed draws the same photos.

    Photos that are there already are kept as they are, so an interrupted drawing can be taken up again.

    Raises:
        StorageError: the photos could not be written.
    """
    sample = Sample(folder / "Reef fish", folder / "To try" / NEW_SPECIES.name, folder / "To try" / "Unlabelled photos")
    kinds = (*SPECIES, NEW_SPECIES)
    try:
        for number, species in enumerate(SPECIES):
            _draw_many(sample.photos / species.name, [species] * n_per_class, (seed, number))
        _draw_many(sample.new_species, [NEW_SPECIES] * N_NEW, (seed, len(SPECIES)))
        mixed = [kinds[i % len(kinds)] for i in range(N_UNLABELLED)]
        _draw_many(sample.unlabelled, mixed, (seed, len(kinds)))
    except OSError as error:
        raise StorageError(
            f"The sample photos could not be written to {folder}.",
            advice="Check that the disk has 10 MB of free space and that you may write there.",
            details=repr(error),
        ) from error
    return sample


def _draw_many(folder: Path, species: list[Species], seed: tuple[int, int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)

    def draw(number: int) -> None:
        path = folder / f"IMG_{1000 * (seed[1] + 1) + number * 7 + 3:04d}.jpg"
        if path.exists():
            return
        rng = np.random.default_rng((*seed, number))
        part = path.with_suffix(".part")
        draw_photo(species[number], rng, *SIZE).save(part, "JPEG", quality=int(rng.integers(80, 93)))
        part.replace(path)

    # numpy and Pillow let go of the interpreter while they count: half the time on two cores.
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        list(pool.map(draw, range(len(species))))
